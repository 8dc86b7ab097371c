"""Recordings: paused and resumed while the show runs, read and deleted after it."""

from dataclasses import replace
from datetime import timedelta

from onstage.actions.access import Caller, access_project, access_room
from onstage.actions.context import Context
from onstage.actions.cursors import wrong_cursor
from onstage.actions.emit import emit
from onstage.errors import ErrorCode, OnstageError
from onstage.events import RecordingEvent, RecordingPaused, RecordingResumed
from onstage.model.permission import Permission
from onstage.model.records import Recording, RecordingStatus, Room
from onstage.model.views import RecordingView
from onstage.store import assets, recordings, rooms
from onstage.store.database import Tx


async def read_recordings(
    ctx: Context, caller: Caller, *, room: str | None, after: str | None, limit: int
) -> list[Recording]:
    """A page of the project's recordings, newest first; of one room, by id or name, where it is given.

    Raises:
        OnstageError: `permission_denied` for a participant; `malformed` for a cursor that is none.
    """
    async with ctx.database.read() as tx:
        project = await access_project(tx, caller)
        last = None if after is None else await recordings.get(tx, after)
        if after is not None and (last is None or last.project_id != project.id):
            raise wrong_cursor()
        found = None if room is None else await rooms.find(tx, project.id, room)
        if room is not None and found is None:
            return []
        room_id = None if found is None else found.id
        return await recordings.page(tx, project.id, room_id=room_id, after=after, limit=limit)


async def read_recording(ctx: Context, caller: Caller, recording_id: str) -> Recording:
    """One recording.

    Raises:
        OnstageError: `permission_denied` for a participant, `recording_not_found`.
    """
    async with ctx.database.read() as tx:
        return await access_recording(tx, caller, recording_id)


async def access_recording(tx: Tx, caller: Caller, recording_id: str) -> Recording:
    """The recording, if it is of the project whose server asks.

    Raises:
        OnstageError: `permission_denied` for a participant, `recording_not_found`.
    """
    project = await access_project(tx, caller)
    recording = await recordings.get(tx, recording_id)
    if recording is None or recording.project_id != project.id:
        raise OnstageError(ErrorCode.RECORDING_NOT_FOUND)
    return recording


async def hold_recording(tx: Tx, caller: Caller, recording_id: str) -> Recording:
    """The same, and nobody else changes it until the end of the transaction.

    Raises:
        OnstageError: as `access_recording`.
    """
    found = await access_recording(tx, caller, recording_id)
    await tx.forget_reads()
    await rooms.lock_id(tx, found.room_id)
    return await access_recording(tx, caller, recording_id)


async def pause_recording(ctx: Context, caller: Caller, recording_id: str) -> Recording:
    """Keep nothing from now on, until it is resumed. Paused already is fine.

    Raises:
        OnstageError: `recording_not_found`; as `access_room` with `broadcast.update`; `recording_over`.
    """
    async with ctx.database.begin() as tx:
        room, old = await _active(tx, caller, recording_id)
        if old.status is RecordingStatus.PAUSED:
            return old
        new = replace(old, status=RecordingStatus.PAUSED, spans=old.cut(ctx.clock.now()))
        return await _put(ctx, tx, room, new, RecordingPaused)


async def resume_recording(ctx: Context, caller: Caller, recording_id: str) -> Recording:
    """Keep what is shown again. Recording already is fine.

    Raises:
        OnstageError: as `pause_recording`.
    """
    async with ctx.database.begin() as tx:
        room, old = await _active(tx, caller, recording_id)
        if old.status is RecordingStatus.RECORDING:
            return old
        new = replace(old, status=RecordingStatus.RECORDING, spans=(*old.spans, (ctx.clock.now(), None)))
        return await _put(ctx, tx, room, new, RecordingResumed)


async def _active(tx: Tx, caller: Caller, recording_id: str) -> tuple[Room, Recording]:
    found = await recordings.get(tx, recording_id)
    if found is None or found.project_id != caller.project_id:
        raise OnstageError(ErrorCode.RECORDING_NOT_FOUND)
    await tx.forget_reads()
    room, _ = await access_room(tx, caller, found.room_id, Permission.BROADCAST_UPDATE)
    recording = await recordings.get(tx, recording_id)
    if recording is None or not recording.status.is_active:
        raise OnstageError(ErrorCode.RECORDING_OVER)
    return room, recording


async def _put(ctx: Context, tx: Tx, room: Room, new: Recording, event: type[RecordingEvent]) -> Recording:
    await recordings.save(tx, new)
    await emit(ctx, tx, room, event(recording=RecordingView.of(new)))
    return new


async def delete_recording(ctx: Context, caller: Caller, recording_id: str) -> None:
    """Delete a recording and its media, unless another recording of the same show needs them.

    Raises:
        OnstageError: as `read_recording`; `recording_active` while it can still grow.
    """
    async with ctx.database.begin() as tx:
        recording = await hold_recording(tx, caller, recording_id)
        if recording.status.is_active:
            raise OnstageError(ErrorCode.RECORDING_ACTIVE)
        await _delete(ctx, tx, recording)


async def _delete(ctx: Context, tx: Tx, recording: Recording) -> None:
    await assets.remove_all(tx, recording.id)
    await recordings.remove(tx, recording.id)
    tx.after_commit.append(lambda: ctx.after_change.assets_unwanted(recording.id))
    if not await recordings.any_of(tx, recording.broadcast_id):
        tx.after_commit.append(lambda: ctx.after_change.media_unwanted(recording.broadcast_id))


async def delete_expired(ctx: Context) -> int:
    """Delete the recordings whose days are over; how many."""
    now = ctx.clock.now()
    async with ctx.database.begin() as tx:
        ended = await recordings.ended_with_policy(tx, now)
        due = [one for one in ended if one.ended_at and one.ended_at + timedelta(days=one.keep_days or 0) <= now]
        for recording in due:
            await _delete(ctx, tx, recording)
    return len(due)
