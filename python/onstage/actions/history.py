"""What became of sessions: for servers only, and also of rooms that are no more."""

from dataclasses import dataclass
from datetime import datetime

from onstage.actions.access import Caller, access_project
from onstage.actions.context import Context
from onstage.actions.cursors import wrong_cursor
from onstage.errors import ErrorCode, OnstageError
from onstage.model.filters import SessionFilter
from onstage.model.records import Participant, Session
from onstage.model.role import Level
from onstage.store import messages, participants, sessions, stretches
from onstage.store.database import Tx
from onstage.store.stretches import Stay


@dataclass(frozen=True, slots=True)
class SessionHistory:
    """A session with all that is counted of it, as of `at`; `ms` is what everybody spent at each level together."""

    session: Session
    at: datetime
    participants: int
    ms: dict[Level, int]
    messages: int


async def read_sessions(
    ctx: Context, caller: Caller, which: SessionFilter, *, after: str | None, limit: int
) -> list[Session]:
    """A page of the project's sessions, newest first.

    Raises:
        OnstageError: `permission_denied` for a participant; `malformed` for a cursor that is none.
    """
    async with ctx.database.read() as tx:
        project = await access_project(tx, caller)
        last = None if after is None else await sessions.get(tx, after)
        if after is not None and (last is None or last.project_id != project.id):
            raise wrong_cursor()
        return await sessions.page(tx, project.id, which, after=after, limit=limit)


async def read_session(ctx: Context, caller: Caller, session_id: str) -> SessionHistory:
    """One session, open or over.

    Raises:
        OnstageError: `permission_denied` for a participant, `session_not_found`.
    """
    async with ctx.database.read() as tx:
        session = await access_history(tx, caller, session_id)
        now = ctx.clock.now()
        return SessionHistory(
            session=session,
            at=now,
            participants=await participants.count_of(tx, session.id),
            ms=await stretches.ms_per_level(tx, session.id, until=now),
            messages=await messages.count_of(tx, session.id),
        )


async def read_session_participants(
    ctx: Context, caller: Caller, session_id: str, *, after: str | None, limit: int
) -> list[tuple[Participant, Stay]]:
    """A page of all who have been in the session, by id, each with when they first came and how long they stayed.

    Raises:
        OnstageError: as `read_session`.
    """
    async with ctx.database.read() as tx:
        session = await access_history(tx, caller, session_id)
        people = await participants.page_of_all(tx, session.id, after=after, limit=limit)
        stays = await stretches.stays(tx, [one.id for one in people], until=ctx.clock.now())
    return [(one, stays[one.id]) for one in people]


async def access_history(tx: Tx, caller: Caller, session_id: str) -> Session:
    """One of the project's sessions, open or over, for its server.

    Raises:
        OnstageError: `permission_denied` for a participant, `session_not_found`.
    """
    project = await access_project(tx, caller)
    session = await sessions.get(tx, session_id)
    if session is None or session.project_id != project.id:
        raise OnstageError(ErrorCode.SESSION_NOT_FOUND)
    return session
