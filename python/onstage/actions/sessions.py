"""Sessions: one opens with the first who joins, and is over when the room is ended or the last has left."""

from dataclasses import replace

from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.events import SessionEnded, SessionStarted
from onstage.model.ids import Prefix, SessionId, new_id
from onstage.model.records import Room, Session
from onstage.model.views import SessionView
from onstage.store import participants, sessions
from onstage.store.database import Tx


async def open_session(ctx: Context, tx: Tx, room: Room) -> Session:
    """A new session of the room, which must have none."""
    session = Session(id=SessionId(new_id(Prefix.SESSION)), room_id=room.id, started_at=ctx.clock.now())
    await sessions.add(tx, session)
    await emit(ctx, tx, room, SessionStarted(session=SessionView.of(session)))
    return session


async def close_session(ctx: Context, tx: Tx, room: Room, session: Session, *, reason: str) -> None:
    """Write the session's end and tell of it."""
    over = replace(session, ended_at=ctx.clock.now(), end_reason=reason)
    await sessions.save(tx, over)
    await emit(ctx, tx, room, SessionEnded(session=SessionView.of(over)))


async def close_if_empty(ctx: Context, tx: Tx, room: Room, session_id: str) -> None:
    """Close the session when nobody is present any more."""
    session = await sessions.get(tx, session_id)
    if session is None or session.ended_at is not None:
        return
    if not any((await participants.count_levels(tx, session.id)).values()):
        await close_session(ctx, tx, room, session, reason="empty")
