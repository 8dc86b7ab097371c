"""How far a broadcast is: each step is written and told in one transaction."""

from collections.abc import Collection
from dataclasses import replace

from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.media_state import end_all
from onstage.actions.recording_life import end_recording
from onstage.events import (
    BroadcastDegraded,
    BroadcastEnded,
    BroadcastEvent,
    BroadcastFailed,
    BroadcastLive,
    BroadcastStarting,
    BroadcastStopping,
    OutputEnded,
)
from onstage.model.broadcast_reasons import BroadcastReason
from onstage.model.degradation import Degradation
from onstage.model.outputs import OutputStatus, ended_with_broadcast, hls_moved
from onstage.model.records import Broadcast, BroadcastStatus, Room
from onstage.model.views import BroadcastView, OutputView
from onstage.store import broadcasts, rooms
from onstage.store.database import Tx

_EVENTS: dict[BroadcastStatus, type[BroadcastEvent]] = {
    BroadcastStatus.STARTING: BroadcastStarting,
    BroadcastStatus.LIVE: BroadcastLive,
    BroadcastStatus.STOPPING: BroadcastStopping,
    BroadcastStatus.ENDED: BroadcastEnded,
    BroadcastStatus.FAILED: BroadcastFailed,
}
_OF_HLS = {
    BroadcastStatus.STARTING: OutputStatus.CONNECTING,
    BroadcastStatus.LIVE: OutputStatus.LIVE,
    BroadcastStatus.STOPPING: OutputStatus.LIVE,
    BroadcastStatus.ENDED: OutputStatus.ENDED,
    BroadcastStatus.FAILED: OutputStatus.FAILED,
}


async def move(
    ctx: Context,
    tx: Tx,
    room: Room,
    broadcast: Broadcast,
    status: BroadcastStatus,
    *,
    reason: BroadcastReason | None = None,
) -> Broadcast:
    """The broadcast, one step further. The first reason that was given stays: what follows a stop is not why."""
    now = ctx.clock.now()
    outputs = hls_moved(broadcast.outputs, _OF_HLS[status], now)
    moved = replace(
        broadcast,
        status=status,
        reason=_why(broadcast, status, reason),
        live_at=now if status is BroadcastStatus.LIVE else broadcast.live_at,
        ended_at=None if status.is_active else now,
        outputs=outputs if status.is_active else ended_with_broadcast(outputs, now),
        degraded=broadcast.degraded if status.is_active else (),
    )
    if not status.is_active:
        await end_all(ctx, tx, room, broadcast.id)
    await broadcasts.save(tx, moved)
    await emit(ctx, tx, room, _EVENTS[status](broadcast=BroadcastView.of(moved)))
    for one in (one for one in moved.outputs if one not in outputs):
        await emit(ctx, tx, room, OutputEnded(broadcast=BroadcastView.of(moved), output=OutputView.of(one)))
    if not status.is_active:
        await end_recording(ctx, tx, moved.id, goes_on=False)
    return moved


def _why(broadcast: Broadcast, status: BroadcastStatus, reason: BroadcastReason | None) -> BroadcastReason | None:
    if status is BroadcastStatus.FAILED:
        return reason or broadcast.reason
    return broadcast.reason or reason


async def report_status(
    ctx: Context, broadcast_id: str, status: BroadcastStatus, *, reason: BroadcastReason | None = None
) -> None:
    """Write what became of a broadcast: live, ended or failed. Reports that come late change nothing."""
    async with ctx.database.begin() as tx:
        held = await hold_broadcast(tx, broadcast_id)
        if held is None or not held[1].status.is_active:
            return
        room, broadcast = held
        if status is BroadcastStatus.LIVE and broadcast.status is not BroadcastStatus.STARTING:
            return
        await move(ctx, tx, room, broadcast, status, reason=reason)


async def hold_broadcast(tx: Tx, broadcast_id: str) -> tuple[Room, Broadcast] | None:
    """The broadcast's room, held for this transaction, and the broadcast as it is then."""
    found = await broadcasts.get(tx, broadcast_id)
    await tx.forget_reads()
    room = None if found is None else await rooms.lock_id(tx, found.room_id)
    broadcast = None if room is None else await broadcasts.get(tx, broadcast_id)
    return None if room is None or broadcast is None else (room, broadcast)


async def report_restarted(ctx: Context, broadcast_id: str) -> None:
    """Tell that the composer died and another one goes on."""
    async with ctx.database.begin() as tx:
        held = await hold_broadcast(tx, broadcast_id)
        if held is not None and held[1].status.is_active:
            room, broadcast = held
            what = Degradation.COMPOSER_RESTARTED
            await emit(ctx, tx, room, BroadcastDegraded(broadcast=BroadcastView.of(broadcast), what=what))


async def report_degraded(
    ctx: Context, broadcast_id: str, now: Collection[Degradation], *, of: Collection[Degradation]
) -> None:
    """Of these, the broadcast now goes on without those in `now`: tell what is new, and what is over."""
    async with ctx.database.begin() as tx:
        held = await hold_broadcast(tx, broadcast_id)
        if held is None or not held[1].status.is_active:
            return
        room, broadcast = held
        for what in Degradation:
            is_recovered = what in broadcast.degraded
            if what in of and is_recovered != (what in now):
                broadcast = replace(broadcast, degraded=_toggled(broadcast.degraded, what))
                view = BroadcastView.of(broadcast)
                await emit(ctx, tx, room, BroadcastDegraded(broadcast=view, what=what, is_recovered=is_recovered))
        await broadcasts.save(tx, broadcast)


def _toggled(degraded: Collection[Degradation], what: Degradation) -> tuple[Degradation, ...]:
    return tuple(one for one in Degradation if (one in degraded) != (one is what))
