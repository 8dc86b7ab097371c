"""Participants, hands and messages."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from onstage.actions import hands, invites, messages, presence, promotion, reading, tracks
from onstage.actions.accepting import accept
from onstage.actions.answers import (
    AcceptedAnswer,
    InviteAnswer,
    MessageAnswer,
    ParticipantAnswer,
    accepted_answer,
    invite_answer,
    message_answer,
    participant_answer,
)
from onstage.actions.bodies import Demote, Mute, Promote, SendMessage
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Cursor, Limit, Page, page_of, whole
from onstage.api.problems import answers
from onstage.api.rooms import IN_ROOM
from onstage.errors import ErrorCode as E
from onstage.model.records import Invite
from onstage.model.role import Level
from onstage.model.views import InviteView, MessageView, ParticipantView

router = APIRouter(prefix="/v1/rooms/{room}", tags=["participants"], route_class=IdempotentRoute)
ON_PARTICIPANT = (*IN_ROOM, E.PARTICIPANT_NOT_FOUND)
ON_INVITE = (*IN_ROOM, E.INVITE_NOT_FOUND, E.INVITE_CLOSED)
LevelFilter = Annotated[Level | None, Query(description="Only those of this level.")]


@router.get("/participants", responses=answers(*IN_ROOM))
async def list_participants(
    room: str, ctx: ContextDep, caller: CallerDep, level: LevelFilter = None, limit: Limit = 50, cursor: Cursor = None
) -> Page[ParticipantView]:
    """Who is present (`participant.list`)."""
    found = await reading.read_participants(ctx, caller, room, level=level, after=cursor, limit=limit + 1)
    return page_of(found, ParticipantView.of, limit=limit, id_of=lambda one: one.id)


@router.get("/participants/{participant}", responses=answers(*ON_PARTICIPANT))
async def get_participant(room: str, participant: str, ctx: ContextDep, caller: CallerDep) -> ParticipantView:
    """Somebody present, by id or identity (`participant.list`)."""
    return ParticipantView.of(await reading.read_participant(ctx, caller, room, participant))


@router.post(
    "/participants/{participant}/promote",
    response_model=ParticipantAnswer,
    responses={
        **answers(*ON_PARTICIPANT, E.ALREADY_ON_STAGE, E.UNKNOWN_ROLE, E.ROLE_NOT_ON_STAGE, E.STAGE_FULL),
        202: {"description": "Asked; the invite is open.", "model": InviteAnswer},
    },
)
async def promote(
    room: str, participant: str, ctx: ContextDep, caller: CallerDep, body: Promote | None = None
) -> JSONResponse:
    """Bring somebody on stage (`participant.promote`): 200 at once with `force`, else 202 and an invite."""
    result = await promotion.promote(ctx, caller, room, participant, (body or Promote()).asked())
    if isinstance(result, Invite):
        return JSONResponse(invite_answer(result).model_dump(mode="json"), 202)
    return JSONResponse(participant_answer(result).model_dump(mode="json"))


@router.post(
    "/participants/{participant}/demote",
    responses=answers(*ON_PARTICIPANT, E.NOT_PROMOTED, E.UNKNOWN_ROLE, E.ROLE_NOT_ON_STAGE),
)
async def demote(
    room: str, participant: str, ctx: ContextDep, caller: CallerDep, body: Demote | None = None
) -> ParticipantAnswer:
    """Send somebody back to the seats (`participant.demote`); oneself without any permission."""
    found = await promotion.demote(ctx, caller, room, participant, body.role if body else None)
    return participant_answer(found)


@router.post(
    "/participants/{participant}/mute", responses=answers(*ON_PARTICIPANT, E.TRACK_NOT_FOUND, E.ENGINE_UNAVAILABLE)
)
async def mute(
    room: str, participant: str, ctx: ContextDep, caller: CallerDep, body: Mute | None = None
) -> ParticipantAnswer:
    """Silence somebody (`participant.mute`). Only they can unmute."""
    found = await tracks.mute(ctx, caller, room, participant, body.source if body else None)
    return participant_answer(found)


@router.post("/participants/{participant}/remove", responses=answers(*ON_PARTICIPANT))
async def remove(room: str, participant: str, ctx: ContextDep, caller: CallerDep) -> ParticipantAnswer:
    """Put somebody out for the rest of the session (`participant.remove`)."""
    found = await presence.remove(ctx, caller, room, participant)
    return participant_answer(found)


@router.get("/hands", responses=answers(*IN_ROOM))
async def list_hands(room: str, ctx: ContextDep, caller: CallerDep) -> Page[ParticipantView]:
    """Raised hands, first raised first."""
    return whole(await reading.read_hands(ctx, caller, room), ParticipantView.of)


@router.post("/hands", status_code=201, responses=answers(*IN_ROOM, E.HAND_NOT_RAISABLE))
async def raise_hand(room: str, ctx: ContextDep, caller: CallerDep) -> ParticipantAnswer:
    """Put the caller's own hand up (`hand.raise`)."""
    return participant_answer(await hands.raise_hand(ctx, caller, room))


@router.delete("/hands/{participant}", responses=answers(*ON_PARTICIPANT))
async def lower_hand(room: str, participant: str, ctx: ContextDep, caller: CallerDep) -> ParticipantAnswer:
    """Take a hand down: one's own, or another's (`hand.lower`)."""
    found = await hands.lower_hand(ctx, caller, room, participant)
    return participant_answer(found)


@router.get("/invites", responses=answers(*IN_ROOM))
async def list_invites(room: str, ctx: ContextDep, caller: CallerDep) -> Page[InviteView]:
    """Open invites: all for a server, else those for or by the caller."""
    return whole(await reading.read_invites(ctx, caller, room), InviteView.of)


@router.post("/invites/{invite}/accept", responses=answers(*ON_INVITE, E.STAGE_FULL))
async def accept_invite(room: str, invite: str, ctx: ContextDep, caller: CallerDep) -> AcceptedAnswer:
    """The invited comes on stage."""
    accepted, promoted = await accept(ctx, caller, room, invite)
    return accepted_answer(accepted, promoted)


@router.post("/invites/{invite}/decline", responses=answers(*ON_INVITE))
async def decline_invite(room: str, invite: str, ctx: ContextDep, caller: CallerDep) -> InviteAnswer:
    """The invited stays seated."""
    return invite_answer(await invites.decline(ctx, caller, room, invite))


@router.post("/invites/{invite}/cancel", responses=answers(*ON_INVITE))
async def cancel_invite(room: str, invite: str, ctx: ContextDep, caller: CallerDep) -> InviteAnswer:
    """Take the invite back: whoever invited, or `invite.cancel`."""
    return invite_answer(await invites.cancel(ctx, caller, room, invite))


@router.get("/messages", responses=answers(*IN_ROOM))
async def list_messages(room: str, ctx: ContextDep, caller: CallerDep, limit: Limit = 50) -> Page[MessageView]:
    """The session's newest messages, oldest of them first."""
    return whole(await reading.read_messages(ctx, caller, room, limit=limit), MessageView.of)


@router.post("/messages", status_code=201, responses=answers(*IN_ROOM))
async def send_message(room: str, body: SendMessage, ctx: ContextDep, caller: CallerDep) -> MessageAnswer:
    """Say something to everybody (`message.send`)."""
    return message_answer(await messages.send_message(ctx, caller, room, body.text))
