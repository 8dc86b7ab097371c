"""The history of sessions."""

from typing import Annotated

from fastapi import APIRouter, Query

from onstage.actions import history
from onstage.actions.history import SessionHistory
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.paging import Limit, Page, cursor_of, page_of
from onstage.api.problems import answers
from onstage.api.refusals import OF_PROJECT
from onstage.errors import ErrorCode as E
from onstage.model.filters import SessionFilter
from onstage.model.ids import Prefix
from onstage.model.view import Moment
from onstage.model.views import SessionDetailsView, SessionParticipantView, SessionSummaryView

router = APIRouter(prefix="/v1/sessions", tags=["sessions"])

_Cursor = Annotated[str | None, cursor_of(Prefix.SESSION)]
_ParticipantCursor = Annotated[str | None, cursor_of(Prefix.PARTICIPANT)]
_Room = Annotated[str | None, Query(max_length=200, description="Of this room only, by id or name.")]
_Active = Annotated[bool | None, Query(description="Only those that are open, or only those that are over.")]
_After = Annotated[Moment | None, Query(description="Only those that began at this moment or later.")]
_Before = Annotated[Moment | None, Query(description="Only those that began earlier.")]


@router.get("", responses=answers(*OF_PROJECT))
async def list_sessions(
    ctx: ContextDep,
    caller: CallerDep,
    *,
    room: _Room = None,
    active: _Active = None,
    after: _After = None,
    before: _Before = None,
    limit: Limit = 50,
    cursor: _Cursor = None,
) -> Page[SessionSummaryView]:
    """The project's sessions, newest first: also those of rooms that were deleted."""
    which = SessionFilter(room, active, after, before)
    found = await history.read_sessions(ctx, caller, which, after=cursor, limit=limit + 1)
    now = ctx.clock.now()
    return page_of(found, lambda one: SessionSummaryView.at(one, now), limit=limit, id_of=lambda one: one.id)


@router.get("/{session}", responses=answers(*OF_PROJECT, E.SESSION_NOT_FOUND))
async def get_session(session: str, ctx: ContextDep, caller: CallerDep) -> SessionDetailsView:
    """One session: how long, how many, and how many minutes they were there."""
    return _details(await history.read_session(ctx, caller, session))


def _details(found: SessionHistory) -> SessionDetailsView:
    return SessionDetailsView.counted(
        found.session, found.at, participants=found.participants, ms=found.ms, messages=found.messages
    )


@router.get("/{session}/participants", responses=answers(*OF_PROJECT, E.SESSION_NOT_FOUND))
async def list_session_participants(
    session: str, ctx: ContextDep, caller: CallerDep, limit: Limit = 50, cursor: _ParticipantCursor = None
) -> Page[SessionParticipantView]:
    """Everybody who has been in the session, and for how long at which level; in the order of ids."""
    found = await history.read_session_participants(ctx, caller, session, after=cursor, limit=limit + 1)
    return page_of(
        found,
        lambda one: SessionParticipantView.of(one[0], one[1].first_joined_at, one[1].ms),
        limit=limit,
        id_of=lambda one: one[0].id,
    )
