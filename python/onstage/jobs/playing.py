"""Has composers play what the store wants played: fetches it, sends it, and writes what became of it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from onstage.actions.context import Context
from onstage.actions.media_files import library_of
from onstage.actions.media_playbacks import report_ended, report_facts, report_started
from onstage.composer.media_file import MediaError
from onstage.composer.wire import MediaEnded, MediaStarted, PlayMedia, StopMedia, UpdateMedia
from onstage.errors import OnstageError
from onstage.jobs.tasks import Tasks, attempt
from onstage.model.playbacks import PlaybackEndReason
from onstage.model.records import Playback
from onstage.outbound import Failure, fetched
from onstage.store import media_files, playbacks
from onstage.turns import Turns

SWEEP_EVERY_S = 600.0
"""Between two looks for files that nobody needs."""
UNTOUCHED_S = 3600.0
"""A younger one may be on its way in."""
STORE_AWAY_S = 1.0
"""Pause before the store, when it is away, is told again."""
MOST_DEATHS = 3
DEATHS_WINDOW_S = 60.0
"""A file that is playing whenever the composer dies is taken for the reason: it is ended before the show is."""
_log = structlog.get_logger(__name__)

Tell = Callable[[PlayMedia | UpdateMedia | StopMedia], None]


@dataclass(slots=True)
class _Show:
    """What is played in one broadcast that runs here."""

    tell: Tell
    wanted: dict[str, Playback] = field(default_factory=dict)
    ready: set[str] = field(default_factory=set)  # the file is there, and the composer was told
    deaths: dict[str, deque[float]] = field(default_factory=dict)
    loads: dict[str, asyncio.Task[None]] = field(default_factory=dict)


class Playing:
    """Keeps what composers play like what the store wants."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._tasks = Tasks()
        self._turns = Turns()  # by broadcast, to change what it plays
        self._shows: dict[str, _Show] = {}

    async def start(self, broadcast_ids: Sequence[str]) -> None:
        """Take away the files of what is over, when these broadcasts go on."""
        if self._ctx.media is None:
            return
        await self._ctx.media.sweep(await self._needed(broadcast_ids))
        self._tasks.start(self.sweep_now_and_then(), "sweep media")

    async def _needed(self, broadcast_ids: Iterable[str]) -> Collection[str]:
        async with self._ctx.database.read() as tx:
            keep = await media_files.ids_on(tx, self._ctx.server_id)
            return keep + [playback.id for one in broadcast_ids for playback in await playbacks.active_of(tx, one)]

    async def sweep_now_and_then(self) -> None:
        """Take away, for ever, the files of what others deleted: a file, or its room."""
        while True:
            await self._ctx.clock.sleep(SWEEP_EVERY_S)
            await attempt(self._sweep(), "sweep media")

    async def _sweep(self) -> None:
        if self._ctx.media is not None:
            before = self._ctx.clock.now() - timedelta(seconds=UNTOUCHED_S)
            await self._ctx.media.sweep(await self._needed(list(self._shows)), written_before=before)

    async def stop(self) -> None:
        """Fetch no more."""
        await self._tasks.stop()

    def attach(self, broadcast_id: str, tell: Tell) -> None:
        """A broadcast begins here; `tell` reaches its composer, if one runs."""
        self._shows[broadcast_id] = _Show(tell)

    async def detach(self, broadcast_id: str) -> None:
        """It is over, and what plays in it."""
        show = self._shows.pop(broadcast_id, None)
        if show is not None:
            for playback in list(show.wanted.values()):
                await self._drop(show, playback)

    def follow(self, broadcast_id: str) -> None:
        """Play what the store now says, soon; the show does not wait for it."""
        self._tasks.start(self._written(lambda: self.changed(broadcast_id)), f"media of {broadcast_id}")

    async def changed(self, broadcast_id: str) -> None:
        """Play what the store now says."""
        async with self._turns.of(broadcast_id):
            if (show := self._shows.get(broadcast_id)) is not None:
                await self._follow(show, broadcast_id)

    async def _follow(self, show: _Show, broadcast_id: str) -> None:
        async with self._ctx.database.read() as tx:
            active = {one.id: one for one in await playbacks.active_of(tx, broadcast_id)}
        for gone in [one for key, one in show.wanted.items() if key not in active]:
            show.tell(StopMedia(gone.id))
            await self._drop(show, gone)
        for playback in active.values():
            before = show.wanted.get(playback.id)
            show.wanted[playback.id] = playback
            if before is None:
                show.loads[playback.id] = self._tasks.start(self._load(show, playback), f"load {playback.id}")
            elif playback.id in show.ready and (said := _update(before, playback)) is not None:
                show.tell(said)

    def plays(self, broadcast_id: str) -> list[PlayMedia]:
        """What a composer that starts now is to play, from where it is now."""
        show = self._shows.get(broadcast_id)
        return [] if show is None else [self._play(one) for one in show.wanted.values() if one.id in show.ready]

    def report(self, broadcast_id: str, said: MediaStarted | MediaEnded) -> None:
        """What the composer says."""
        match said:
            case MediaStarted(playback_id=one):
                self._tasks.start(self._started(broadcast_id, one), f"start of {one}")
            case MediaEnded(playback_id=one, reason=reason, detail=detail):
                self._tasks.start(self._ended(broadcast_id, one, reason, detail), f"end of {one}")

    def composer_died(self, broadcast_id: str) -> None:
        """End what was playing whenever it died."""
        show, now_s = self._shows[broadcast_id], self._ctx.clock.monotonic()
        for one in show.ready:
            deaths = show.deaths.setdefault(one, deque(maxlen=MOST_DEATHS))
            deaths.append(now_s)
            if len(deaths) == MOST_DEATHS and deaths[0] > now_s - DEATHS_WINDOW_S:
                why = "the composer died again and again while it played"
                ended = self._ended(broadcast_id, one, PlaybackEndReason.FAILED, why)
                self._tasks.start(ended, f"end of {one}")

    async def _started(self, broadcast_id: str, one: str) -> None:
        await self._written(lambda: report_started(self._ctx, one))
        await self._written(lambda: self.changed(broadcast_id))  # it is timed from now on

    async def _ended(self, broadcast_id: str, one: str, reason: PlaybackEndReason, detail: str | None) -> None:
        show = self._shows.get(broadcast_id)
        playback = None if show is None else show.wanted.get(one)
        if show is not None and playback is not None:
            await self._drop(show, playback)
        await self._written(lambda: report_ended(self._ctx, one, reason, detail=detail))

    async def _load(self, show: _Show, playback: Playback) -> None:
        try:
            await self._have_file(playback)
        except (MediaError, Failure, OSError) as error:
            why = _why(error)
            _log.info("media_not_played", playback=playback.id, reason=why)
            await self._ended(playback.broadcast_id, playback.id, PlaybackEndReason.FAILED, why)
            return
        if playback.id in show.wanted:
            show.ready.add(playback.id)
            show.tell(self._play(show.wanted[playback.id]))

    async def _have_file(self, playback: Playback) -> None:
        """Fetch the file, unless it is here."""
        library = library_of(self._ctx)
        if library.has(playback.media_id or playback.id):
            return
        if playback.url is None:
            raise MediaError("the file is not on the server on which the show runs")
        pieces = fetched(self._ctx.outbound, playback.url, most_bytes=library.most_bytes)
        async with aclosing(pieces) as data:
            await library.write(playback.id, data)
        facts = await library.facts(playback.id)
        await self._written(lambda: report_facts(self._ctx, playback.id, facts))

    async def _drop(self, show: _Show, playback: Playback) -> None:
        show.wanted.pop(playback.id, None)
        show.ready.discard(playback.id)
        show.deaths.pop(playback.id, None)
        await _end(show.loads.pop(playback.id, None))  # or it would write its file behind our back
        await self._forget_file(playback)

    async def _forget_file(self, playback: Playback) -> None:
        if playback.media_id is None and self._ctx.media is not None:
            await self._ctx.media.remove(playback.id)

    def _play(self, playback: Playback) -> PlayMedia:
        return PlayMedia(
            playback_id=playback.id,
            path=str(library_of(self._ctx).path(playback.media_id or playback.id).resolve()),
            title=playback.title,
            shown_as=playback.shown_as,
            volume_percent=playback.volume_percent,
            is_muted=playback.is_muted,
            is_paused=playback.is_paused,
            is_looping=playback.is_looping,
            start_ms=playback.position_now_ms(self._ctx.clock.now()),
        )

    async def _written(self, report: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                return await report()
            except OnstageError as error:
                _log.warning("media_report_failed", error=str(error))
                await self._ctx.clock.sleep(STORE_AWAY_S)


async def _end(load: "asyncio.Task[None] | None") -> None:
    """Break off a file's fetching, unless that is what ends now."""
    if load is not None and load is not asyncio.current_task():
        load.cancel()
        await asyncio.gather(load, return_exceptions=True)


def _update(before: Playback, now: Playback) -> UpdateMedia | None:
    """What the composer is told of the change; None if it is none for it."""
    seeks = now.seeks != before.seeks
    told = UpdateMedia(now.id, now.volume_percent, now.is_muted, now.is_paused, now.is_looping)
    known = UpdateMedia(now.id, before.volume_percent, before.is_muted, before.is_paused, before.is_looping)
    if seeks:
        return replace(told, seek_to_ms=now.position_ms)
    return None if told == known else told


def _why(error: Exception) -> str:
    return "the server could not keep it" if isinstance(error, OSError) else str(error)
