"""Tracks: what the engine reports of them, and muting somebody through it."""

from dataclasses import replace

from onstage.actions.access import Caller, access_participant
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.errors import ErrorCode, OnstageError
from onstage.events import (
    ParticipantEngineFailed,
    TrackEvent,
    TrackMuted,
    TrackPublished,
    TrackUnmuted,
    TrackUnpublished,
)
from onstage.model.permission import Permission
from onstage.model.records import Participant, Presence, Room, Track
from onstage.model.role import Source
from onstage.model.views import ParticipantView, TrackView
from onstage.store import participants, rooms, sessions
from onstage.store.database import Tx


async def report_tracks(ctx: Context, room_id: str, identity: str, tracks: tuple[Track, ...]) -> None:
    """Write the participant's tracks as the engine has them now, and tell what that changed."""
    async with ctx.database.begin() as tx:
        found = await _reported(tx, room_id, identity)
        if found is None:
            return
        room, participant = found
        # Somebody sent back has no tracks, whatever the engine still has to unpublish.
        wanted = tuple(sorted(tracks, key=lambda track: track.sid)) if participant.is_on_stage else ()
        await _set_tracks(ctx, tx, room, participant, wanted)


async def _set_tracks(
    ctx: Context, tx: Tx, room: Room, participant: Participant, tracks: tuple[Track, ...]
) -> Participant:
    """Write the tracks, and tell what that changed."""
    changes = _differences(participant, tracks)
    if not changes:
        return participant
    changed = replace(participant, tracks=tracks)
    await participants.save(tx, changed)
    for change in changes:
        await emit(ctx, tx, room, change)
    return changed


async def report_engine_failed(ctx: Context, participant: Participant, *, reason: str) -> None:
    """Tell that the engine could not be brought in line with what the participant may do."""
    async with ctx.database.begin() as tx:
        found = await _reported(tx, participant.room_id, participant.identity)
        if found is not None:
            view = ParticipantView.of(found[1])
            await emit(ctx, tx, found[0], ParticipantEngineFailed(participant=view, reason=reason))


async def _reported(tx: Tx, room_id: str, identity: str) -> tuple[Room, Participant] | None:
    """The room and the participant an engine's report is about, if the store still wants them."""
    room = await rooms.get(tx, room_id)
    session = None if room is None else await sessions.open_of(tx, room.id)
    if room is None or session is None:
        return None
    participant = await participants.of_identity(tx, session.id, identity)
    if participant is None or participant.presence is not Presence.JOINED:
        return None
    return room, participant


def _differences(participant: Participant, wanted: tuple[Track, ...]) -> list[TrackEvent]:
    """The events that lead from the participant's tracks to `wanted`."""
    old = {track.sid: track for track in participant.tracks}
    new = {track.sid: track for track in wanted}
    events: list[TrackEvent] = [
        TrackUnpublished(participant_id=participant.id, track=TrackView.of(track))
        for sid, track in old.items()
        if sid not in new
    ]
    for sid, track in new.items():
        view = TrackView.of(track)
        if sid not in old:
            events.append(TrackPublished(participant_id=participant.id, track=view))
        elif old[sid].is_muted != track.is_muted:
            kind = TrackMuted if track.is_muted else TrackUnmuted
            events.append(kind(participant_id=participant.id, track=view))
    return events


async def mute(ctx: Context, caller: Caller, room: str, participant: str, source: Source | None) -> Participant:
    """Silence somebody: one source, or all they send. They alone can unmute.

    Raises:
        OnstageError: as `access_participant` with `participant.mute`; `track_not_found` when nothing of the
            kind is published; `engine_unavailable`.
    """
    async with ctx.database.begin() as tx:
        _, found = await access_participant(tx, caller, room, participant, Permission.PARTICIPANT_MUTE)
    tracks = [track for track in found.tracks if source in (None, track.source)]
    if not tracks:
        raise OnstageError(ErrorCode.TRACK_NOT_FOUND, f"{found.identity!r} publishes no {source or 'track'}.")
    for track in tracks:
        if not track.is_muted:
            await ctx.engine.mute(found.room_id, found.identity, track.sid)
    muted = {track.sid for track in tracks}
    async with ctx.database.begin() as tx:
        # Read again: they may have published or gone while the engine was asked.
        reported = await _reported(tx, found.room_id, found.identity)
        if reported is None:
            return found
        in_room, now = reported
        after = tuple(replace(track, is_muted=track.is_muted or track.sid in muted) for track in now.tracks)
        return await _set_tracks(ctx, tx, in_room, now, after)
