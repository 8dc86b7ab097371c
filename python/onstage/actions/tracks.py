"""Tracks: what the engine reports of them."""

from dataclasses import replace

from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.recipients import who_sees
from onstage.events import (
    ParticipantEngineFailed,
    TrackEvent,
    TrackMuted,
    TrackPublished,
    TrackUnmuted,
    TrackUnpublished,
)
from onstage.model.records import Participant, Presence, Room, Track
from onstage.model.views import ParticipantView, TrackView
from onstage.store import participants, rooms, sessions
from onstage.store.database import Tx


async def report_tracks(ctx: Context, room_id: str, identity: str, tracks: tuple[Track, ...]) -> None:
    """Write the participant's tracks as the engine has them now, and tell what that changed."""
    async with ctx.database.begin() as tx:
        found = await find_reported(tx, room_id, identity)
        if found is None:
            return
        room, participant = found
        # Who lost a source has no track of it, whatever the engine still has to unpublish.
        allowed = [track for track in tracks if track.source in participant.sources]
        wanted = tuple(sorted(allowed, key=lambda track: track.sid))
        await write_tracks(ctx, tx, room, participant, wanted)


async def write_tracks(
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
        found = await find_reported(tx, participant.room_id, participant.identity)
        if found is not None:
            room, now = found
            failed = ParticipantEngineFailed(participant=ParticipantView.of(now), reason=reason)
            await emit(ctx, tx, room, failed, who_sees(now))


async def find_reported(tx: Tx, room_id: str, identity: str) -> tuple[Room, Participant] | None:
    """The room, held, and the participant an engine's report is about, if the store still wants them."""
    room = await rooms.lock_id(tx, room_id)
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
