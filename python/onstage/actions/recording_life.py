"""How far a recording is: begun and ended with its output, finished behind it."""

from dataclasses import replace

from onstage.actions.assets import add_assets
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.roles import template_of
from onstage.events import RecordingFailed, RecordingReady, RecordingStarted
from onstage.model.outputs import Output, OutputType
from onstage.model.records import Broadcast, Recording, RecordingFailure, RecordingStatus, Room
from onstage.model.views import RecordingView
from onstage.store import assets, recordings, rooms
from onstage.store.database import Tx


async def begin_recording(ctx: Context, tx: Tx, room: Room, broadcast: Broadcast, output: Output) -> None:
    """Keep what is shown from now on, if that is what the output is for."""
    if output.type is not OutputType.RECORDING:
        return
    assert output.recording_id is not None, "made with its output"
    now = ctx.clock.now()
    recording = Recording(
        id=output.recording_id,
        project_id=room.project_id,
        room_id=room.id,
        broadcast_id=broadcast.id,
        title=broadcast.title,
        status=RecordingStatus.RECORDING,
        spans=((now, None),),
        started_at=now,
        keep_days=output.keep_days,
    )
    await recordings.add(tx, recording)
    await emit(ctx, tx, room, RecordingStarted(recording=RecordingView.of(recording)))


async def end_recording(ctx: Context, tx: Tx, broadcast_id: str, *, goes_on: bool) -> None:
    """Keep no more; what was kept is put in order, which `recording.ready` tells. `goes_on`: the show does."""
    recording = await recordings.active_of(tx, broadcast_id)
    if recording is not None:
        now = ctx.clock.now()
        spans = recording.cut(now) if goes_on else recording.spans
        ended = replace(recording, status=RecordingStatus.PROCESSING, spans=spans, ended_at=now)
        await recordings.save(tx, ended)


async def report_finished(
    ctx: Context,
    recording_id: str,
    *,
    duration_s: float = 0.0,
    size_bytes: int = 0,
    failure: RecordingFailure | None = None,
) -> None:
    """Write that a recording can be played, or why it can't, or not all of it. Told twice changes nothing.

    One that can be played stays so, whatever the server finds that returned to it.
    """
    async with ctx.database.begin() as tx:
        found = await recordings.get(tx, recording_id)
        await tx.forget_reads()
        room = None if found is None else await rooms.lock_id(tx, found.room_id)
        old = None if room is None else await recordings.get(tx, recording_id)
        if room is None or old is None or not old.is_due:
            return
        is_playable = failure is None or (failure is RecordingFailure.SERVER_LOST and duration_s > 0)
        if is_playable or old.status is not RecordingStatus.READY:
            status = RecordingStatus.READY if is_playable else RecordingStatus.FAILED
            new = replace(old, status=status, reason=failure, duration_s=duration_s, size_bytes=size_bytes)
            new = replace(new, ready_at=ctx.clock.now() if is_playable else None)
        else:  # another server finished what there was of it, and no more will come
            new = replace(old, reason=None, is_incomplete=True)
        await recordings.save(tx, new)
        event = RecordingFailed if new.status is RecordingStatus.FAILED else RecordingReady
        await emit(ctx, tx, room, event(recording=RecordingView.of(new)))
        if old.reason is RecordingFailure.SERVER_LOST and is_playable:  # what was made until now lacks what is new
            await assets.remake_all(tx, new.id)
        if new.status is RecordingStatus.READY:
            await add_assets(ctx, tx, new, (await template_of(tx, room)).broadcast.recording_assets)


async def report_incomplete(ctx: Context, broadcast_id: str) -> None:
    """Media of the broadcast was lost: its recordings that are not done yet will not have it."""
    async with ctx.database.begin() as tx:
        await recordings.mark_incomplete(tx, broadcast_id)
