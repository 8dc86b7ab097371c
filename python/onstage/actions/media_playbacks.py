"""Playing media into a show: asked for here, done by jobs/playing, reported back here."""

from dataclasses import dataclass, replace

from onstage.actions.access import Caller
from onstage.actions.broadcasts import access_broadcast
from onstage.actions.context import Context
from onstage.actions.cursors import wrong_cursor
from onstage.actions.emit import emit
from onstage.actions.media_state import end_playback
from onstage.composer.media_probe import MediaFacts
from onstage.errors import ErrorCode, OnstageError
from onstage.events import MediaStarted, MediaUpdated
from onstage.model.ids import PlaybackId, Prefix, new_id
from onstage.model.permission import Permission
from onstage.model.playbacks import PlaybackEndReason, PlaybackStatus, ShownAs
from onstage.model.records import Broadcast, BroadcastStatus, MediaFile, Playback, Room
from onstage.model.views import MediaPlaybackView
from onstage.store import media_files, playbacks, rooms
from onstage.store.database import Tx

MOST_AT_ONCE = 4
"""In a broadcast: each is decoded by the show's own process."""


@dataclass(frozen=True, slots=True)
class NewPlayback:
    """What to play, and how. Just one of `url` and `media_id` is given."""

    url: str | None = None
    media_id: str | None = None
    title: str = ""
    shown_as: ShownAs = ShownAs.TILE
    volume_percent: int = 100
    is_muted: bool = False
    is_paused: bool = False
    is_looping: bool = False
    start_ms: int = 0


@dataclass(frozen=True, slots=True)
class PlaybackChange:
    """What is to change while it plays; None leaves it."""

    volume_percent: int | None = None
    is_muted: bool | None = None
    is_paused: bool | None = None
    is_looping: bool | None = None
    position_ms: int | None = None


async def play(ctx: Context, caller: Caller, broadcast_id: str, new: NewPlayback) -> Playback:
    """Begin to play a file. One of an URL is fetched first, by the server; `media.started` tells when it is there.

    Raises:
        OnstageError: as `access_broadcast` with `media.play`; `broadcast_over`; `url_not_allowed`,
            `media_file_not_found`; `media_limit`.
    """
    async with ctx.database.read() as tx:  # before a name is looked up for whoever may not play anything
        await access_broadcast(tx, caller, broadcast_id, Permission.MEDIA_PLAY)
    url = None if new.url is None else (await ctx.outbound.guard.check(new.url)).url
    async with ctx.database.begin() as tx:
        room, broadcast = await access_broadcast(tx, caller, broadcast_id, Permission.MEDIA_PLAY)
        if broadcast.status not in (BroadcastStatus.STARTING, BroadcastStatus.LIVE):
            raise OnstageError(ErrorCode.BROADCAST_OVER)
        if len(await playbacks.active_of(tx, broadcast.id)) >= MOST_AT_ONCE:
            raise OnstageError(ErrorCode.MEDIA_LIMIT, expected=f"fewer than {MOST_AT_ONCE} at once")
        file = None if new.media_id is None else await file_of(tx, room, new.media_id)
        playback = _new(ctx, broadcast, replace(new, url=url), file)
        await playbacks.add(tx, playback)
        tx.after_commit.append(lambda: ctx.after_change.broadcast_changed(broadcast))
    return playback


async def file_of(tx: Tx, room: Room, media_id: str) -> MediaFile:
    """The room's file of that id.

    Raises:
        OnstageError: `media_file_not_found`.
    """
    file = await media_files.get(tx, media_id)
    if file is None or file.room_id != room.id:
        raise OnstageError(ErrorCode.MEDIA_FILE_NOT_FOUND)
    return file


def _new(ctx: Context, broadcast: Broadcast, new: NewPlayback, file: MediaFile | None) -> Playback:
    now = ctx.clock.now()
    return Playback(
        id=PlaybackId(new_id(Prefix.PLAYBACK)),
        project_id=broadcast.project_id,
        room_id=broadcast.room_id,
        broadcast_id=broadcast.id,
        url=new.url,
        media_id=None if file is None else file.id,
        title=new.title,
        shown_as=new.shown_as,
        status=PlaybackStatus.LOADING,
        reason=None,
        detail=None,
        volume_percent=new.volume_percent,
        is_muted=new.is_muted,
        is_paused=new.is_paused,
        is_looping=new.is_looping,
        position_ms=new.start_ms,
        position_at=now,
        seeks=0,
        kind=None if file is None else file.kind,
        duration_ms=None if file is None else file.duration_ms,
        width=None if file is None else file.width,
        height=None if file is None else file.height,
        created_at=now,
        started_at=None,
        ended_at=None,
    )


async def read_playbacks(
    ctx: Context, caller: Caller, broadcast_id: str, *, after: str | None, limit: int
) -> list[Playback]:
    """A page of the broadcast's playbacks, newest first.

    Raises:
        OnstageError: as `access_broadcast`; `malformed` for a cursor that is none.
    """
    async with ctx.database.read() as tx:
        _, broadcast = await access_broadcast(tx, caller, broadcast_id, None)
        if after is not None:
            last = await playbacks.get(tx, after)
            if last is None or last.broadcast_id != broadcast.id:
                raise wrong_cursor()
        return await playbacks.page(tx, broadcast.id, after=after, limit=limit)


async def _access(tx: Tx, caller: Caller, broadcast_id: str, playback_id: str) -> tuple[Room, Broadcast, Playback]:
    """A playback that is not over, if the caller may play."""
    room, broadcast = await access_broadcast(tx, caller, broadcast_id, Permission.MEDIA_PLAY)
    playback = await playbacks.get(tx, playback_id)
    if playback is None or playback.broadcast_id != broadcast.id:
        raise OnstageError(ErrorCode.PLAYBACK_NOT_FOUND)
    if playback.status is PlaybackStatus.ENDED:
        raise OnstageError(ErrorCode.PLAYBACK_OVER)
    return room, broadcast, playback


async def update_playback(
    ctx: Context, caller: Caller, broadcast_id: str, playback_id: str, change: PlaybackChange
) -> Playback:
    """Change how it plays, from the next picture on.

    Raises:
        OnstageError: as `access_broadcast` with `media.play`; `playback_not_found`, `playback_over`.
    """
    async with ctx.database.begin() as tx:
        room, broadcast, old = await _access(tx, caller, broadcast_id, playback_id)
        new = _changed(ctx, old, change)
        await playbacks.save(tx, new)
        if new.status is PlaybackStatus.PLAYING:
            await emit(ctx, tx, room, MediaUpdated(playback=MediaPlaybackView.of(new)))
        tx.after_commit.append(lambda: ctx.after_change.broadcast_changed(broadcast))
    return new


def _changed(ctx: Context, old: Playback, change: PlaybackChange) -> Playback:
    now = ctx.clock.now()
    seeks = change.position_ms is not None
    return replace(
        old,
        volume_percent=old.volume_percent if change.volume_percent is None else change.volume_percent,
        is_muted=old.is_muted if change.is_muted is None else change.is_muted,
        is_paused=old.is_paused if change.is_paused is None else change.is_paused,
        is_looping=old.is_looping if change.is_looping is None else change.is_looping,
        position_ms=old.position_now_ms(now) if change.position_ms is None else change.position_ms,
        position_at=now,
        seeks=old.seeks + seeks,
    )


async def stop_playback(ctx: Context, caller: Caller, broadcast_id: str, playback_id: str) -> Playback:
    """Play it no more.

    Raises:
        OnstageError: as `access_broadcast` with `media.play`; `playback_not_found`, `playback_over`.
    """
    async with ctx.database.begin() as tx:
        room, broadcast, old = await _access(tx, caller, broadcast_id, playback_id)
        ended = await end_playback(ctx, tx, room, old, PlaybackEndReason.STOPPED)
        tx.after_commit.append(lambda: ctx.after_change.broadcast_changed(broadcast))
    return ended


async def _hold(tx: Tx, playback_id: str) -> tuple[Room, Playback] | None:
    """A playback that is not over, and its room, held for this transaction."""
    found = await playbacks.get(tx, playback_id)
    await tx.forget_reads()
    room = None if found is None else await rooms.lock_id(tx, found.room_id)
    playback = None if room is None else await playbacks.get(tx, playback_id)
    is_over = playback is None or playback.status is PlaybackStatus.ENDED
    return None if room is None or playback is None or is_over else (room, playback)


async def report_facts(ctx: Context, playback_id: str, facts: MediaFacts) -> None:
    """Write what the file was found to be, which was fetched for it."""
    async with ctx.database.begin() as tx:
        if (held := await _hold(tx, playback_id)) is not None:
            known = {"kind": facts.kind, "duration_ms": facts.duration_ms, "width": facts.width, "height": facts.height}
            await playbacks.save(tx, replace(held[1], **known))  # type: ignore[arg-type]  # each of its own kind


async def report_started(ctx: Context, playback_id: str) -> None:
    """Write that it is seen or heard. That it is again, after its composer died, changes nothing."""
    async with ctx.database.begin() as tx:
        held = await _hold(tx, playback_id)
        if held is None or held[1].status is not PlaybackStatus.LOADING:
            return
        room, playback = held
        now = ctx.clock.now()
        playing = replace(playback, status=PlaybackStatus.PLAYING, position_at=now, started_at=now)
        await playbacks.save(tx, playing)
        await emit(ctx, tx, room, MediaStarted(playback=MediaPlaybackView.of(playing)))


async def report_ended(ctx: Context, playback_id: str, reason: PlaybackEndReason, *, detail: str | None = None) -> None:
    """Write that it is over, or that it can't be played. What is over already stays as it is."""
    async with ctx.database.begin() as tx:
        if (held := await _hold(tx, playback_id)) is not None:
            await end_playback(ctx, tx, *held, reason, detail=detail)
