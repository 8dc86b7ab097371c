"""Participants: who is there, what is known of them, and which role they have."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from onstage.actions import moderation, promotion, reading
from onstage.actions.answers import (
    InviteAnswer,
    ParticipantAnswer,
    invite_answer,
    participant_answer,
)
from onstage.actions.bodies.participants import Demote, Promote, SetRole, UpdateParticipant
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Limit, Page, cursor_of, page_of
from onstage.api.problems import answers
from onstage.api.refusals import FROM_SEATS, IN_ROOM, ON_OTHERS
from onstage.errors import ErrorCode as E
from onstage.model.filters import ParticipantFilter
from onstage.model.ids import Prefix
from onstage.model.records import Invite, Participant, Presence
from onstage.model.role import Level
from onstage.model.views import ParticipantView, RoomCountsView

router = APIRouter(prefix="/v1/rooms/{room}", tags=["participants"], route_class=IdempotentRoute)


class PresenceFilter(StrEnum):
    """Who of the session's people is meant."""

    JOINED = "joined"
    LEFT = "left"
    REMOVED = "removed"
    ALL = "all"

    def presence(self) -> Presence | None:
        """As the filter has it."""
        return None if self is PresenceFilter.ALL else Presence(self.value)


_Level = Annotated[Level | None, Query(description="Only those of this level.")]
_Role = Annotated[str | None, Query(max_length=100, description="Only those in this role.")]
_Prefix = Annotated[str | None, Query(max_length=120, description="Only those whose name begins so, in any case.")]
_Contains = Annotated[str | None, Query(max_length=120, description="Only those with this in their name, in any case.")]
_HandRaised = Annotated[bool | None, Query(description="Only those with a hand up, or only those without.")]
_Presence = Annotated[PresenceFilter, Query(description="Those who are there, who are gone, or all of the session.")]
_Cursor = Annotated[str | None, cursor_of(Prefix.PARTICIPANT)]
_IN_ROLE = (E.UNKNOWN_ROLE, E.STAGE_FULL, E.ROOM_FULL)
_ASKED = {"description": "Asked; the invite is open.", "model": InviteAnswer}


@router.get("/participants", responses=answers(*FROM_SEATS))
async def list_participants(
    room: str,
    ctx: ContextDep,
    caller: CallerDep,
    *,
    level: _Level = None,
    role: _Role = None,
    name_prefix: _Prefix = None,
    name_contains: _Contains = None,
    hand_raised: _HandRaised = None,
    presence: _Presence = PresenceFilter.JOINED,
    limit: Limit = 50,
    cursor: _Cursor = None,
) -> Page[ParticipantView]:
    """Who is in the open session, in the order of ids (`participant.list`)."""
    which = ParticipantFilter(level, role, name_prefix, name_contains, hand_raised, presence.presence())
    found = await reading.read_participants(ctx, caller, room, which=which, after=cursor, limit=limit + 1)
    return page_of(found, ParticipantView.of, limit=limit, id_of=lambda one: one.id)


@router.get("/counts", responses=answers(*IN_ROOM))
async def get_counts(room: str, ctx: ContextDep, caller: CallerDep) -> RoomCountsView:
    """How many are present."""
    return RoomCountsView.of_room(await reading.read_counts(ctx, caller, room))


@router.get("/participants/{participant}", responses=answers(*FROM_SEATS, E.PARTICIPANT_NOT_FOUND))
async def get_participant(room: str, participant: str, ctx: ContextDep, caller: CallerDep) -> ParticipantView:
    """Somebody present, by id or identity (`participant.list`); oneself without it."""
    return ParticipantView.of(await reading.read_participant(ctx, caller, room, participant))


@router.patch("/participants/{participant}", responses=answers(*ON_OTHERS))
async def update_participant(
    room: str, participant: str, body: UpdateParticipant, ctx: ContextDep, caller: CallerDep
) -> ParticipantAnswer:
    """Change name, metadata or attributes (`participant.update`; one's own from the seats, too)."""
    return participant_answer(await moderation.update_participant(ctx, caller, room, participant, body.change()))


@router.post(
    "/participants/{participant}/promote",
    response_model=ParticipantAnswer,
    responses={**answers(*ON_OTHERS, E.ALREADY_ON_STAGE, E.ROLE_NOT_ON_STAGE, *_IN_ROLE), 202: _ASKED},
)
async def promote(
    room: str, participant: str, ctx: ContextDep, caller: CallerDep, body: Promote | None = None
) -> JSONResponse:
    """Bring somebody on stage (`participant.promote`): 200 at once with `force`, else 202 and an invite."""
    asked = (body or Promote()).asked()
    return _done_or_asked(await promotion.promote(ctx, caller, room, participant, asked))


@router.post(
    "/participants/{participant}/role",
    response_model=ParticipantAnswer,
    responses={**answers(*ON_OTHERS, *_IN_ROLE), 202: _ASKED},
)
async def set_role(room: str, participant: str, body: SetRole, ctx: ContextDep, caller: CallerDep) -> JSONResponse:
    """Give anybody any role (`participant.set_role`): 200 with `force` or to oneself, else 202 and an invite."""
    return _done_or_asked(await promotion.set_role(ctx, caller, room, participant, body.role, body.asked()))


def _done_or_asked(result: Participant | Invite) -> JSONResponse:
    if isinstance(result, Invite):
        return JSONResponse(invite_answer(result).model_dump(mode="json"), 202)
    return JSONResponse(participant_answer(result).model_dump(mode="json"))


@router.post(
    "/participants/{participant}/demote",
    responses=answers(*ON_OTHERS, E.NOT_PROMOTED, E.UNKNOWN_ROLE, E.ROLE_NOT_ON_STAGE),
)
async def demote(
    room: str, participant: str, ctx: ContextDep, caller: CallerDep, body: Demote | None = None
) -> ParticipantAnswer:
    """Send somebody back to the seats (`participant.demote`); oneself without any permission."""
    found = await promotion.demote(ctx, caller, room, participant, body.role if body else None)
    return participant_answer(found)
