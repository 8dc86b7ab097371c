"""What a broadcast feeds: added and removed while it runs, and what the composer reports of each."""

from dataclasses import replace

from onstage.actions.access import Caller
from onstage.actions.broadcast_life import hold_broadcast
from onstage.actions.broadcasts import access_broadcast
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.output_making import NewOutput, joined, made_output
from onstage.actions.recording_life import begin_recording, end_recording
from onstage.errors import ErrorCode, OnstageError
from onstage.events import (
    OutputConnecting,
    OutputEnded,
    OutputEvent,
    OutputFailed,
    OutputLive,
    OutputReconnecting,
)
from onstage.model.outputs import Output, OutputReason, OutputStatus, OutputTrouble, OutputType, placed
from onstage.model.permission import Permission
from onstage.model.records import Broadcast, BroadcastStatus, Room
from onstage.model.views import BroadcastView, OutputView
from onstage.store import broadcasts
from onstage.store.database import Tx

_EVENTS: dict[OutputStatus, type[OutputEvent]] = {
    OutputStatus.CONNECTING: OutputConnecting,
    OutputStatus.LIVE: OutputLive,
    OutputStatus.RECONNECTING: OutputReconnecting,
    OutputStatus.FAILED: OutputFailed,
    OutputStatus.ENDED: OutputEnded,
}


async def add_output(ctx: Context, caller: Caller, broadcast_id: str, new: NewOutput) -> Output:
    """Feed the running broadcast to one more; it connects from now on.

    Raises:
        OnstageError: as `access_broadcast` with `broadcast.update`; `broadcast_over`; as `made_output` and `joined`.
    """
    async with ctx.database.read() as tx:  # nobody else makes us look up addresses
        await _running(tx, caller, broadcast_id)
    output = await made_output(ctx, new)
    async with ctx.database.begin() as tx:
        room, old = await _running(tx, caller, broadcast_id)
        await _put(ctx, tx, room, replace(old, outputs=joined(ctx, old.outputs, output)), output)
        await begin_recording(ctx, tx, room, old, output)
    return output


async def _running(tx: Tx, caller: Caller, broadcast_id: str) -> tuple[Room, Broadcast]:
    room, broadcast = await access_broadcast(tx, caller, broadcast_id, Permission.BROADCAST_UPDATE)
    if broadcast.status not in (BroadcastStatus.STARTING, BroadcastStatus.LIVE):
        raise OnstageError(ErrorCode.BROADCAST_OVER)
    return room, broadcast


async def _put(ctx: Context, tx: Tx, room: Room, broadcast: Broadcast, output: Output) -> None:
    """Write the broadcast with this output in its place, tell of it, and have the composer follow."""
    new = replace(broadcast, outputs=placed(broadcast.outputs, output))
    await broadcasts.save(tx, new)
    event = _EVENTS[output.status]
    await emit(ctx, tx, room, event(broadcast=BroadcastView.of(new), output=OutputView.of(output)))
    tx.after_commit.append(lambda: ctx.after_change.broadcast_changed(new))


async def remove_output(ctx: Context, caller: Caller, broadcast_id: str, output_id: str) -> Output:
    """Feed this one no more; its connection is closed in order meanwhile. Removed already is fine.

    Raises:
        OnstageError: as `access_broadcast` with `broadcast.update`; `output_not_found`; `output_not_removable` for HLS.
    """
    async with ctx.database.begin() as tx:
        room, broadcast = await access_broadcast(tx, caller, broadcast_id, Permission.BROADCAST_UPDATE)
        old = _find(broadcast, output_id)
        if old is None:
            raise OnstageError(ErrorCode.OUTPUT_NOT_FOUND)
        if old.type is OutputType.HLS:
            raise OnstageError(ErrorCode.OUTPUT_NOT_REMOVABLE)
        if old.status is OutputStatus.ENDED:
            return old
        ended = old.moved(OutputStatus.ENDED, OutputReason(OutputTrouble.REMOVED), ctx.clock.now())
        await _put(ctx, tx, room, broadcast, ended)
        if old.type is OutputType.RECORDING:
            await end_recording(ctx, tx, broadcast.id, goes_on=True)
    return ended


def _find(broadcast: Broadcast, output_id: str) -> Output | None:
    return next((one for one in broadcast.outputs if one.id == output_id), None)


async def report_output(
    ctx: Context, broadcast_id: str, output_id: str, status: OutputStatus, reason: OutputReason | None = None
) -> None:
    """Write what became of an output. What is over stays so; what is known already is not told again."""
    async with ctx.database.begin() as tx:
        held = await hold_broadcast(tx, broadcast_id)
        old = None if held is None else _find(held[1], output_id)
        if held is None or old is None or old.status.is_over or (old.status, old.reason) == (status, reason):
            return
        await _put(ctx, tx, *held, old.moved(status, reason, ctx.clock.now()))
