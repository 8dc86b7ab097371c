"""Silencing people through the engine, and asking them to speak again: only they can unmute."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from onstage.actions.access import Caller, Entry, access_participant, access_session
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.roles import role_of
from onstage.actions.tracks import find_reported, write_tracks
from onstage.errors import ErrorCode, OnstageError
from onstage.events import ParticipantUnmuteRequested, Recipients
from onstage.model.authority import refusal
from onstage.model.permission import Permission
from onstage.model.records import Participant, Track
from onstage.model.role import Level, Source
from onstage.model.views import ParticipantView
from onstage.store import participants
from onstage.store.database import Tx

_GONE = (ErrorCode.PARTICIPANT_NOT_FOUND, ErrorCode.TRACK_NOT_FOUND)


@dataclass(frozen=True, slots=True)
class MuteRequest:
    """Whom to silence of those on stage: of a role or all, but for some (ids or identities)."""

    role: str | None = None
    source: Source | None = None
    excluded: Collection[str] = ()

    def concerns(self, participant: Participant) -> bool:
        """Whether they are meant."""
        is_excluded = participant.id in self.excluded or participant.identity in self.excluded
        return self.role in (None, participant.role) and not is_excluded


async def mute(ctx: Context, caller: Caller, room: str, participant: str, source: Source | None) -> Participant:
    """Silence somebody: one source, or all they send. They alone can unmute.

    Raises:
        OnstageError: as `access_participant` with `participant.mute`; `track_not_found` when nothing of the
            kind is published; `engine_unavailable`.
    """
    async with ctx.database.read() as tx:
        _, found = await access_participant(tx, caller, room, participant, Permission.PARTICIPANT_MUTE)
    tracks = [track for track in found.tracks if source in (None, track.source)]
    if not tracks:
        raise OnstageError(ErrorCode.TRACK_NOT_FOUND, f"{found.identity!r} publishes no {source or 'track'}.")
    for track in tracks:
        if not track.is_muted:
            await ctx.engine.mute(found.room_id, found.identity, track.sid)
    written = await _write_muted(ctx, found.room_id, {found.identity: tracks})
    return written.get(found.identity, found)


async def mute_everybody(ctx: Context, caller: Caller, room: str, asked: MuteRequest) -> list[str]:
    """Silence all of a role, or all on stage, but for the caller and whoever ranks higher; the ids of those silenced.

    Raises:
        OnstageError: as `access_session` with `participant.mute`; `unknown_role`, `engine_unavailable`.
    """
    async with ctx.database.read() as tx:
        entry = await access_session(tx, caller, room, Permission.PARTICIPANT_MUTE)
        if asked.role is not None:
            await role_of(tx, entry.room, asked.role)
        on_stage = await participants.present(tx, entry.session.id, (Level.STAGE,))
    meant = [one for one in on_stage if asked.concerns(one) and _may_mute(entry, one)]
    done = await asyncio.gather(*(_silence(ctx, one, asked.source) for one in meant), return_exceptions=True)
    silenced = {one.identity: tracks for one, tracks in zip(meant, done, strict=True) if isinstance(tracks, list)}
    if any(silenced.values()):
        await _write_muted(ctx, entry.room.id, silenced)
    for error in done:
        if isinstance(error, BaseException):
            raise error  # who is silent by now was written as that
    return [one.id for one in meant if silenced[one.identity]]


def _may_mute(entry: Entry, one: Participant) -> bool:
    return one.id != entry.actor_id and refusal(entry.actor, Permission.PARTICIPANT_MUTE, one) is None


async def _silence(ctx: Context, found: Participant, source: Source | None) -> list[Track]:
    """What there was to silence. Who goes meanwhile is silent."""
    heard = [track for track in found.tracks if source in (None, track.source) and not track.is_muted]
    for track in heard:
        try:
            await ctx.engine.mute(found.room_id, found.identity, track.sid)
        except OnstageError as error:
            if error.code not in _GONE:
                raise
    return heard


async def _write_muted(ctx: Context, room_id: str, silenced: Mapping[str, Sequence[Track]]) -> dict[str, Participant]:
    """Write the tracks of those identities as muted, as far as they are still there: the engine was asked meanwhile.

    In one transaction: those of one room wait for each other anyway. Those who are still there, by identity.
    """
    async with ctx.database.begin() as tx:
        written = [await _write_one(ctx, tx, room_id, identity, tracks) for identity, tracks in silenced.items()]
    return {one.identity: one for one in written if one is not None}


async def _write_one(ctx: Context, tx: Tx, room_id: str, identity: str, tracks: Sequence[Track]) -> Participant | None:
    reported = await find_reported(tx, room_id, identity)
    if reported is None:
        return None
    room, now = reported
    muted = {track.sid for track in tracks}
    after = tuple(replace(track, is_muted=track.is_muted or track.sid in muted) for track in now.tracks)
    return await write_tracks(ctx, tx, room, now, after)


async def request_unmute(ctx: Context, caller: Caller, room: str, participant: str, source: Source) -> Participant:
    """Ask somebody on stage to send a source again, or at all; they are told, and nobody else.

    Raises:
        OnstageError: as `access_participant` with `participant.request_unmute`; `source_not_allowed`.
    """
    async with ctx.database.begin() as tx:
        entry, found = await access_participant(tx, caller, room, participant, Permission.PARTICIPANT_REQUEST_UNMUTE)
        if source not in found.sources:
            expected = ", ".join(sorted(found.sources)) or "none"
            raise OnstageError(ErrorCode.SOURCE_NOT_ALLOWED, expected=expected)
        asked = ParticipantUnmuteRequested(participant=ParticipantView.of(found), source=source, by=entry.actor_id)
        await emit(ctx, tx, entry.room, asked, Recipients.only(found.id))
    return found
