"""One broadcast in the origin: takes the composer's media, publishes it, and has it stored."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from onstage.clock import Clock
from onstage.errors import ErrorCode, OnstageError
from onstage.model.captions import Caption, CaptionTrack
from onstage.model.media import (
    TICKS_PER_SECOND,
    Init,
    LatencyProfile,
    Part,
    Rendition,
    RenditionKind,
    ResumePoint,
    SegmentEnd,
)
from onstage.model.timed_metadata import TimedMetadata
from onstage.origin.body import Body
from onstage.origin.constants import PlaylistConstants
from onstage.origin.dvr import PLAYLIST as LONG_PLAYLIST
from onstage.origin.index import Index
from onstage.origin.journal import JournalRecord
from onstage.origin.keeping import Keeper, Keeping
from onstage.origin.lockstep import Lockstep, aligned
from onstage.origin.multivariant import multivariant_playlist
from onstage.origin.playlist import RenditionReport, report_of
from onstage.origin.rendition import ServedRendition
from onstage.origin.served import Served
from onstage.origin.storage import BroadcastStore
from onstage.origin.timeline import Timeline
from onstage.origin.window import IllegalMediaError, Segment

log = structlog.get_logger(__name__)

JOURNAL_PATIENCE_S = 0.05
"""How long a part may wait for its journal before it is published all the same: a slow disk must not stall viewers."""


@dataclass(frozen=True, slots=True)
class Published:
    """A part became fetchable. Both times are CLOCK_MONOTONIC; their difference is the origin's share of the delay."""

    broadcast_id: str
    rendition: str
    msn: int
    part: int
    composed_at_s: float
    published_at_s: float


OnPublished = Callable[[Published], None]


@dataclass(frozen=True, slots=True)
class BroadcastStats:
    """Counters of one broadcast since it was opened in this process."""

    parts: int
    segments: int
    media_bytes: int
    held_requests: int
    storage_failures: int
    peak_segment_bps: int


class BroadcastWindow:
    """The sink of a composer's media. Calls come one at a time and in order, as the supervisor makes them."""

    def __init__(
        self,
        broadcast_id: str,
        room_id: str,
        profile: LatencyProfile,
        *,
        clock: Clock,
        store: BroadcastStore | None,
        options: Keeping | None = None,
        captions: Sequence[CaptionTrack] = (),
        on_published: OnPublished | None = None,
        on_ended: Callable[["BroadcastWindow"], None] | None = None,
    ) -> None:
        """Without a `store` everything is kept in memory only."""
        self.broadcast_id = broadcast_id
        self.room_id = room_id
        self.profile = profile
        self.constants = PlaylistConstants.of(profile)
        self._clock = clock
        self._store = store
        self._keeper = None if store is None else Keeper(store, clock, index=self._index, options=options or Keeping())
        self._on_published = on_published
        self._on_ended = on_ended
        self._renditions: dict[str, ServedRendition] = {}
        self._is_over = False
        self._turn = asyncio.Lock()
        self._lockstep = Lockstep()
        long_ticks = 0 if self._keeper is None else self._keeper.window_ticks
        self._timeline = Timeline(captions, long_s=long_ticks / TICKS_PER_SECOND)
        self._counts = {"parts": 0, "segments": 0, "media_bytes": 0, "peak_segment_bps": 0}

    # what readers ask

    @property
    def is_live(self) -> bool:
        """Whether viewers can join: there is media, and the end has not come."""
        return any(one.window.has_media for one in self._renditions.values()) and not self.is_ended

    @property
    def is_ended(self) -> bool:
        """Whether the end has come; playlists, if any, say ENDLIST."""
        return self._is_over

    def rendition(self, name: str) -> Served:
        """The rendition of that name, or the captions.

        Raises:
            OnstageError: MEDIA_NOT_FOUND, or BROADCAST_NOT_LIVE while there is none at all.
        """
        if not self._renditions:
            raise OnstageError(ErrorCode.BROADCAST_NOT_LIVE, retry_after_s=1)
        found = self._renditions.get(name) or self._timeline.rendition(name)
        if found is None:
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
        return found

    def multivariant(self, prefix: str = "") -> Body:
        """The multivariant playlist; `prefix` leads from its URL to the broadcast's folder.

        Raises:
            OnstageError: BROADCAST_NOT_LIVE before the first part.
        """
        return Body.of(multivariant_playlist(self.begun(), prefix, self._timeline.tracks))

    def begun(self) -> list[Rendition]:
        """The renditions that have something to play.

        Raises:
            OnstageError: BROADCAST_NOT_LIVE before the first part.
        """
        begun = [one.rendition for one in self._renditions.values() if one.window.has_media]
        if not begun:
            raise OnstageError(ErrorCode.BROADCAST_NOT_LIVE, retry_after_s=1)
        return begun

    def long_multivariant(self, prefix: str = "") -> Body:
        """The multivariant playlist of the lists that go back for hours.

        Raises:
            OnstageError: as `multivariant`; MEDIA_NOT_FOUND where the broadcast has none.
        """
        if self._keeper is None or not self._keeper.has_long_list:
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
        text = multivariant_playlist(self.begun(), prefix, self._timeline.tracks).splitlines(keepends=True)
        listed = (line for line in text if not line.startswith("#EXT-X-I-FRAME-STREAM-INF"))
        return Body.of("".join(listed).replace("/index.m3u8", f"/{LONG_PLAYLIST}"))

    @property
    def keeper(self) -> Keeper | None:
        """What of the broadcast is kept; None without a store."""
        return self._keeper

    def keep_all(self, *, is_recorded: bool) -> None:
        """From now on segments are never deleted here, if so; once they were kept, they stay."""
        if self._keeper is not None:
            self._keeper.is_recorded |= is_recorded

    @property
    def unlisted_after_s(self) -> float:
        """How long what is listed at the end must stay fetchable (RFC 8216bis §6.2.1, §6.2.2)."""
        long_s = 0.0 if self._keeper is None else self._keeper.window_ticks / TICKS_PER_SECOND
        return max(self.constants.segment_lifetime_ticks / TICKS_PER_SECOND, long_s)

    def stats(self) -> BroadcastStats:
        """The counters now."""
        held = sum(len(one.waiters) for one in self._renditions.values())
        return BroadcastStats(**self._counts, held_requests=held, storage_failures=self._failures())

    def resume_point(self) -> ResumePoint:
        """Where a composer starts or goes on: the first tick that no rendition has used."""
        return ResumePoint(max((one.window.next_ticks for one in self._renditions.values()), default=0))

    # what the composer's supervisor tells

    async def on_init(self, init: Init) -> None:
        """Take the init segment of a rendition; the first one makes the rendition known.

        Raises:
            IllegalMediaError: its parameters differ from before (invariant 8), or no discontinuity went before it.
        """
        async with self._turn:
            if not self._is_over:
                await self._take_init(init)

    async def _take_init(self, init: Init) -> None:
        served = self._serve(init)
        if served.rendition != init.rendition:
            raise IllegalMediaError(f"rendition {init.rendition.name} changed from {served.rendition}")
        number = served.window.init_count
        served.window.set_init(init.data)
        if self._store is not None and self._keeper is not None:
            kept = asyncio.ensure_future(self._store.keep_init(init.rendition.name, number, init.data, self._index()))
            kept.add_done_callback(self._written)
            self._keeper.put_init(init.rendition.name, number, init.data)
        self._changed(served)

    async def on_part(self, part: Part) -> None:
        """Publish a part, together with those of the same moment in the other renditions, once all are here.

        They are in the journals first, so that no restart takes back what a viewer was shown. A part that comes after
        the end is dropped.

        Raises:
            IllegalMediaError: as `Window.check_part`.
        """
        async with self._turn:
            if not self._is_over:
                self._known(part.rendition).window.check_part(part)
                together = self._timeline.marked(self._lockstep.add(part, self._renditions), self._pictured())
                await asyncio.gather(*(self._journal(self._known(one.rendition), one) for one in together))
                self._publish(together)

    def _publish(self, together: Sequence[Part]) -> None:
        """Without a pause between them: nobody is answered before all are there."""
        for part in together:
            self._publish_one(self._known(part.rendition), part)
        for served in self._renditions.values() if together else ():
            served.changed()

    def _publish_one(self, served: ServedRendition, part: Part) -> None:
        window = served.window
        msn, index = window.next_msn, window.open_parts
        completed = window.add_part(part)
        self._counts["parts"] += 1
        self._counts["media_bytes"] += len(part.data)
        if self._on_published is not None:
            published_at_s = self._clock.monotonic()
            self._on_published(
                Published(self.broadcast_id, part.rendition, msn, index, part.composed_at_s, published_at_s)
            )
        self._completed(served, completed)

    async def on_segment_end(self, end: SegmentEnd) -> None:
        """Complete the open segment. One that is full has been completed with its last part already."""
        served = self._known(end.rendition)
        completed = served.window.close_segment()
        if completed is not None:
            self._changed(served)
            self._completed(served, completed)

    async def on_discontinuity(self) -> ResumePoint:
        """The composer died: close what is open, and say where the next one goes on."""
        self._lockstep.drop()
        for served in self._renditions.values():
            completed = served.window.add_discontinuity()
            self._changed(served)
            self._completed(served, completed)
        return self.resume_point()

    async def end(self) -> None:
        """Write ENDLIST. What viewers still watch stays fetchable until the origin retires the broadcast."""
        async with self._turn:
            if self._is_over:
                return
            self._is_over = True
            self._lockstep.drop()
            self._end_windows()
        if self._on_ended is not None:
            self._on_ended(self)
        await self.stored()

    def _end_windows(self) -> None:
        for served in self._renditions.values():
            completed = served.window.end()
            self._changed(served)
            self._completed(served, completed)
        if self._keeper is not None and self._renditions:
            self._keeper.put_index()

    # what apps tell

    def annotate(self, items: Iterable[TimedMetadata], lines: Iterable[Caption], *, of_before: bool = False) -> None:
        """Put what is new of timed metadata and captions on the timeline.

        `of_before`: it may have been there when an earlier process published what this one took over.
        """
        if self._timeline.add(items, lines, of_before=of_before):
            for served in self._renditions.values():
                served.forget_bodies()

    # what the origin tells

    async def refill(self, index: Index) -> None:
        """Take over what is stored, close the open segment, and let the next part follow a discontinuity.

        Raises:
            ValueError: what is stored does not fit together.
        """
        if self._store is None or self._keeper is None:
            raise ValueError("there is no store to refill from")
        stored = {entry.rendition.name: await self._store.window(entry) for entry in index.renditions}
        kept = aligned(stored)
        for entry in index.renditions:
            name = entry.rendition.name
            for msn in range(kept[name].next_msn, stored[name].next_msn):
                await self._store.drop_journal(name, msn)
            self._serve(Init(entry.rendition, b"")).window.restore(kept[name])
        for entry in index.renditions:  # not before all windows are there: the index tells of all
            name = entry.rendition.name
            await self._keeper.restore(entry, self._renditions[name].window, kept[name])
        if index.is_ended:
            await self.end()
        await self.stored()
        log.info("broadcast refilled", broadcast_id=self.broadcast_id, next_ticks=self.resume_point().next_ticks)

    async def stored(self) -> None:
        """Return once everything so far has been stored, or storage takes nothing now."""
        if self._keeper is not None:
            await self._keeper.writes.drain()

    def let_go(self) -> None:
        """Answer held requests with 503 and hold no more."""
        for served in self._renditions.values():
            served.waiters.close()

    async def close(self) -> None:
        """The process stops: let go of held requests, finish what is being stored."""
        self.let_go()
        if self._keeper is not None:
            await self._keeper.close()

    # inside

    def _serve(self, init: Init) -> ServedRendition:
        name = init.rendition.name
        if name not in self._renditions:
            self._renditions[name] = ServedRendition(
                init.rendition,
                self.constants,
                clock=self._clock,
                reports=lambda: self._reports_without(name, "index.m3u8"),
                keeper=self._keeper,
                long_reports=lambda: self._reports_without(name, LONG_PLAYLIST),
                date_ranges=self._timeline.date_ranges,
            )
            if init.rendition.kind is not RenditionKind.AUDIO:
                self._timeline.follow(self._renditions[name])
        return self._renditions[name]

    def _pictured(self) -> list[str]:
        """The renditions that have pictures."""
        every = (one.rendition for one in self._renditions.values())
        return [one.name for one in every if one.kind is not RenditionKind.AUDIO]

    def _known(self, name: str) -> ServedRendition:
        try:
            return self._renditions[name]
        except KeyError:
            raise IllegalMediaError(f"media of rendition {name} came before its init segment") from None

    def _reports_without(self, name: str, playlist: str) -> list[RenditionReport]:
        others = (one for one in self._renditions.values() if one.rendition.name != name)
        reports = [report_of(one.window, f"../{one.rendition.name}/{playlist}") for one in others]
        reports += [one.report(playlist) for one in self._timeline.captions]
        return [report for report in reports if report is not None]

    def _changed(self, served: ServedRendition) -> None:
        for one in self._renditions.values():
            one.forget_bodies()
        served.changed()

    async def _journal(self, served: ServedRendition, part: Part) -> None:
        if self._store is None:
            return
        window = served.window
        record = JournalRecord(
            start_ticks=part.start_ticks,
            duration_ticks=part.duration_ticks,
            is_independent=part.is_independent,
            program_date_time=part.program_date_time,
            init_number=window.init_count - 1,
            is_discontinuity=window.is_discontinuity_due and window.open is None,
            data=part.data,
        )
        append = asyncio.ensure_future(self._store.append_part(part.rendition, window.next_msn, record))
        patience = asyncio.ensure_future(self._clock.sleep(JOURNAL_PATIENCE_S))
        await asyncio.wait({append, patience}, return_when=asyncio.FIRST_COMPLETED)
        patience.cancel()
        append.add_done_callback(self._written)

    def _written(self, write: "asyncio.Future[None]") -> None:
        problem = None if write.cancelled() else write.exception()
        if problem is not None and self._keeper is not None:
            self._keeper.writes.failed("journal", problem)

    def _failures(self) -> int:
        return 0 if self._keeper is None else self._keeper.writes.failures

    def _completed(self, served: ServedRendition, segment: Segment | None) -> None:
        if segment is None:
            return
        self._timeline.completed(served.rendition.name, segment)
        bps = len(segment.data) * 8 * TICKS_PER_SECOND // segment.duration_ticks
        self._counts["segments"] += 1
        self._counts["peak_segment_bps"] = max(self._counts["peak_segment_bps"], bps)
        if self._keeper is not None:
            self._keeper.completed(served.rendition.name, served.window, segment)

    def _index(self) -> bytes:
        assert self._keeper is not None, "only what is kept has an index"
        entries = tuple(self._keeper.entry(one.rendition, one.window) for one in self._renditions.values())
        return Index(self.broadcast_id, self.room_id, self.profile.name, self.is_ended, entries).encode()
