"""Keeping order: silence, removal, bans."""

from typing import Annotated

from fastapi import APIRouter

from onstage.actions import bans, moderation, muting, presence
from onstage.actions.answers import BanAnswer, MutedAnswer, ParticipantAnswer, ban_answer, participant_answer
from onstage.actions.bodies.participants import (
    Ban,
    BanIdentity,
    Mute,
    MuteChat,
    MuteMany,
    Remove,
    RequestUnmute,
    SetBackstage,
)
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Limit, Page, cursor_like, page_of
from onstage.api.problems import answers
from onstage.api.refusals import FROM_STAGE, ON_OTHERS
from onstage.errors import ErrorCode as E
from onstage.model.views import BanView

router = APIRouter(prefix="/v1/rooms/{room}", tags=["moderation"], route_class=IdempotentRoute)
_Cursor = Annotated[str | None, cursor_like(r"^[A-Za-z0-9][A-Za-z0-9@._+-]{0,119}$")]


@router.post("/mute", responses=answers(*FROM_STAGE, E.UNKNOWN_ROLE, E.ENGINE_UNAVAILABLE))
async def mute_many(room: str, ctx: ContextDep, caller: CallerDep, body: MuteMany | None = None) -> MutedAnswer:
    """Silence all on stage, or all of a role (`participant.mute`), but for the caller and whoever ranks higher."""
    asked = (body or MuteMany()).asked()
    return MutedAnswer(muted=await muting.mute_everybody(ctx, caller, room, asked))


@router.post(
    "/participants/{participant}/mute",
    responses=answers(*ON_OTHERS, E.PARTICIPANT_NOT_ON_STAGE, E.TRACK_NOT_FOUND, E.ENGINE_UNAVAILABLE),
)
async def mute(
    room: str, participant: str, ctx: ContextDep, caller: CallerDep, body: Mute | None = None
) -> ParticipantAnswer:
    """Silence somebody (`participant.mute`), or oneself. Only they can unmute."""
    found = await muting.mute(ctx, caller, room, participant, body.source if body else None)
    return participant_answer(found)


@router.post(
    "/participants/{participant}/request-unmute",
    status_code=202,
    responses=answers(*ON_OTHERS, E.PARTICIPANT_NOT_ON_STAGE, E.SOURCE_NOT_ALLOWED),
)
async def request_unmute(
    room: str, participant: str, body: RequestUnmute, ctx: ContextDep, caller: CallerDep
) -> ParticipantAnswer:
    """Ask somebody on stage to send a source (`participant.request_unmute`); they are told, and decide."""
    return participant_answer(await muting.request_unmute(ctx, caller, room, participant, body.source))


@router.post("/participants/{participant}/mute-chat", responses=answers(*ON_OTHERS))
async def mute_chat(
    room: str, participant: str, ctx: ContextDep, caller: CallerDep, body: MuteChat | None = None
) -> ParticipantAnswer:
    """Take somebody's right to chat, or give it back with `muted: false` (`participant.mute_chat`)."""
    is_muted = (body or MuteChat()).muted
    return participant_answer(await moderation.mute_chat(ctx, caller, room, participant, is_muted=is_muted))


@router.post("/participants/{participant}/backstage", responses=answers(*ON_OTHERS, E.PARTICIPANT_NOT_ON_STAGE))
async def set_backstage(
    room: str, participant: str, body: SetBackstage, ctx: ContextDep, caller: CallerDep
) -> ParticipantAnswer:
    """Leave somebody on stage out of the show, or call them into it (`participant.set_backstage`)."""
    found = await moderation.set_backstage(ctx, caller, room, participant, is_backstage=body.backstage)
    return participant_answer(found)


@router.post("/participants/{participant}/remove", responses=answers(*ON_OTHERS))
async def remove(
    room: str, participant: str, ctx: ContextDep, caller: CallerDep, body: Remove | None = None
) -> ParticipantAnswer:
    """Put somebody out for the rest of the session (`participant.remove`)."""
    found = await presence.remove(ctx, caller, room, participant, reason=body.reason if body else None)
    return participant_answer(found)


@router.post("/participants/{participant}/ban", responses=answers(*ON_OTHERS))
async def ban(room: str, participant: str, ctx: ContextDep, caller: CallerDep, body: Ban | None = None) -> BanAnswer:
    """Put somebody out, and keep their identity out of the room (`participant.ban`)."""
    return ban_answer(*await moderation.ban(ctx, caller, room, participant, (body or Ban()).asked()))


@router.get("/bans", responses=answers(*FROM_STAGE))
async def list_bans(
    room: str, ctx: ContextDep, caller: CallerDep, limit: Limit = 50, cursor: _Cursor = None
) -> Page[BanView]:
    """Who may not come in, in the order of identities (`participant.ban`)."""
    found = await bans.read_bans(ctx, caller, room, after=cursor, limit=limit + 1)
    return page_of(found, BanView.of, limit=limit, id_of=lambda one: one.identity)


@router.post("/bans", status_code=201, responses=answers(*FROM_STAGE, E.OUTRANKED))
async def ban_identity(room: str, body: BanIdentity, ctx: ContextDep, caller: CallerDep) -> BanAnswer:
    """Keep an identity out, whether it is there or not (`participant.ban`); again: in place of its ban."""
    return ban_answer(*await moderation.ban_identity(ctx, caller, room, body.identity, body.asked()))


@router.delete("/bans/{identity}", status_code=204, responses=answers(*FROM_STAGE, E.BAN_NOT_FOUND))
async def unban(room: str, identity: str, ctx: ContextDep, caller: CallerDep) -> None:
    """Let the identity in again (`participant.ban`): takes back its ban, and its removal from this session."""
    await bans.unban(ctx, caller, room, identity)
