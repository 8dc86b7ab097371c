"""How a broadcast is stopped: by a call, because nobody is on stage any more, or because its time is over."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from onstage.actions.access import Caller
from onstage.actions.broadcast_life import move
from onstage.actions.broadcasts import access_broadcast
from onstage.actions.context import Context
from onstage.actions.due import do_due
from onstage.actions.servers import is_gone
from onstage.errors import ErrorCode, OnstageError
from onstage.model.broadcast_reasons import BroadcastReason
from onstage.model.permission import Permission
from onstage.model.records import Broadcast, BroadcastStatus, Room
from onstage.store import broadcasts, rooms, stretches
from onstage.store.database import Tx

_IsDue = Callable[[Tx, Broadcast], Awaitable[bool]]


async def stop_broadcast(ctx: Context, caller: Caller, broadcast_id: str) -> Broadcast:
    """Ask a broadcast to end. Stopping already is fine; of a server that is gone, it ends at once.

    Raises:
        OnstageError: as `access_broadcast` with `broadcast.stop`; `broadcast_over`.
    """
    async with ctx.database.begin() as tx:
        room, broadcast = await access_broadcast(tx, caller, broadcast_id, Permission.BROADCAST_STOP)
        if not broadcast.status.is_active:
            raise OnstageError(ErrorCode.BROADCAST_OVER)
        return await _stop(ctx, tx, room, broadcast, reason=BroadcastReason.STOPPED)


async def stop_in(ctx: Context, tx: Tx, room: Room, *, reason: BroadcastReason) -> None:
    """Stop the room's broadcasts, as many as run."""
    for broadcast in await broadcasts.active_in(tx, room.id):
        await _stop(ctx, tx, room, broadcast, reason=reason)


async def stop_for_lack_of_people(ctx: Context, default_stop_s: float) -> int:
    """Stop the broadcasts on whose stage nobody has been for long enough, once somebody was; how many.

    `default_stop_s` is for rooms that don't say; 0 is never. Of several servers that look, one stops each.
    """
    return await _stop_due(ctx, BroadcastReason.STAGE_EMPTY, partial(_is_deserted, ctx, default_stop_s))


async def stop_overlong(ctx: Context) -> int:
    """Stop the broadcasts that have been live for as long as they may; how many. Servers share this as above."""

    async def is_overlong(_: Tx, show: Broadcast) -> bool:
        return show.stops_at is not None and show.stops_at <= ctx.clock.now()

    return await _stop_due(ctx, BroadcastReason.MAX_DURATION, is_overlong)


async def _stop_due(ctx: Context, reason: BroadcastReason, is_due: _IsDue) -> int:
    async with ctx.database.read() as tx:
        running = [one for one in await broadcasts.all_active(tx) if _is_running(one)]
        due = [(one.room_id, one) for one in running if await is_due(tx, one)]

    async def stop_if_due(tx: Tx, room: Room, found: Broadcast) -> bool:
        show = await broadcasts.get(tx, found.id)
        if show is None or not _is_running(show) or not await is_due(tx, show):
            return False
        await _stop(ctx, tx, room, show, reason=reason)
        return True

    return await do_due(ctx, "stop shows", due, stop_if_due)


async def _is_deserted(ctx: Context, default_stop_s: float, tx: Tx, show: Broadcast) -> bool:
    room = await rooms.get(tx, show.room_id)
    assert room is not None, "a broadcast belongs to a room"
    own_stop_s = room.settings.broadcast.auto_stop_s
    stop_s = default_stop_s if own_stop_s is None else own_stop_s
    if stop_s <= 0:
        return False
    emptied_at = await stretches.room_stage_emptied_at(tx, room.id, since=show.started_at)
    return emptied_at is not None and emptied_at + timedelta(seconds=stop_s) <= ctx.clock.now()


def _is_running(show: Broadcast) -> bool:
    return show.status in (BroadcastStatus.STARTING, BroadcastStatus.LIVE)


async def _stop(ctx: Context, tx: Tx, room: Room, broadcast: Broadcast, *, reason: BroadcastReason) -> Broadcast:
    """Have its server stop it. Where there is none any more, nothing is left to be composed or listed."""
    is_lost = broadcast.server_id not in (None, ctx.server_id) and await is_gone(ctx, tx, str(broadcast.server_id))
    if broadcast.status is BroadcastStatus.STOPPING and not is_lost:
        return broadcast
    status = BroadcastStatus.ENDED if is_lost else BroadcastStatus.STOPPING
    stopped = await move(ctx, tx, room, broadcast, status, reason=reason)
    # Also when it is lost: a server that was only frozen hears of it when it is back.
    tx.after_commit.append(lambda: ctx.after_change.broadcast_changed(stopped))
    return stopped
