"""Participants."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from onstage.actions import presence, promotion, reading, tracks
from onstage.actions.answers import (
    InviteAnswer,
    ParticipantAnswer,
    invite_answer,
    participant_answer,
)
from onstage.actions.bodies.participants import Demote, Mute, Promote
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Cursor, Limit, Page, page_of
from onstage.api.problems import answers
from onstage.api.refusals import IN_ROOM, ON_PARTICIPANT
from onstage.errors import ErrorCode as E
from onstage.model.records import Invite
from onstage.model.role import Level
from onstage.model.views import ParticipantView

router = APIRouter(prefix="/v1/rooms/{room}", tags=["participants"], route_class=IdempotentRoute)
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
