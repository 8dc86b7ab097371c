"""How a session ends: by a call, or because its time is over."""

from functools import partial

from onstage.actions.broadcast_stop import stop_in
from onstage.actions.context import Context
from onstage.actions.due import do_due
from onstage.actions.emit import emit
from onstage.actions.presence import everybody_leaves
from onstage.actions.sessions import close_session
from onstage.events import RoomEnded
from onstage.model.records import BroadcastReason, EndReason, Room, Session
from onstage.model.views import RoomView
from onstage.store import sessions
from onstage.store.database import Tx


async def end_session(ctx: Context, tx: Tx, room: Room, session: Session, *, reason: str) -> None:
    """The broadcast stops, everybody leaves, and it is told."""
    await stop_in(ctx, tx, room, reason=BroadcastReason.ROOM_ENDED)
    await emit(ctx, tx, room, RoomEnded(room=RoomView.of(room), reason=reason))
    await everybody_leaves(ctx, tx, room, session)
    await close_session(ctx, tx, room, session, reason=reason)
    tx.after_commit.append(lambda: ctx.after_change.room_ended(room.id))


async def end_due(ctx: Context) -> int:
    """End the sessions whose time is over; how many. Of several servers that look, one ends each."""
    async with ctx.database.read() as tx:
        due = await sessions.due(tx, ctx.clock.now())
    return await do_due(ctx, "end sessions", ((one.room_id, one) for one in due), partial(_end_if_due, ctx))


async def _end_if_due(ctx: Context, tx: Tx, room: Room, found: Session) -> bool:
    session = await sessions.get(tx, found.id)
    assert session is not None, "sessions are never taken out of the store"
    reason = _due(ctx, room, session)
    if reason is not None:
        await end_session(ctx, tx, room, session, reason=reason)
    return reason is not None


def _due(ctx: Context, room: Room, session: Session) -> EndReason | None:
    """Why the session is to end now, if it is: what was read before the lock may have changed."""
    now = ctx.clock.now()
    if session.ended_at is not None:
        return None
    if session.ends_at is not None and session.ends_at <= now:
        is_scheduled = session.ends_at == room.settings.ends_at
        return EndReason.SCHEDULED_END if is_scheduled else EndReason.MAX_DURATION
    if session.idle_ends_at is not None and session.idle_ends_at <= now:
        return EndReason.IDLE
    return None
