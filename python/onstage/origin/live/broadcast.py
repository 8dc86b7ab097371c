"""One broadcast in the origin, as others see it: the composer, viewers, apps, and the origin that opens and ends it."""

from collections.abc import Callable, Iterable, Sequence

import structlog

from onstage.clock import Clock
from onstage.errors import ErrorCode, OnstageError
from onstage.model.captions import Caption, CaptionTrack
from onstage.model.media import TICKS_PER_SECOND, Init, LatencyProfile, Part, Rendition, ResumePoint, SegmentEnd
from onstage.model.timed_metadata import TimedMetadata
from onstage.origin.live.intake import Intake
from onstage.origin.live.renditions import Renditions
from onstage.origin.live.served import Served
from onstage.origin.live.timeline import Timeline
from onstage.origin.playlists.body import Body
from onstage.origin.playlists.dvr import PLAYLIST as LONG_PLAYLIST
from onstage.origin.playlists.multivariant import multivariant_playlist
from onstage.origin.segments.constants import PlaylistConstants
from onstage.origin.segments.figures import BroadcastStats, OnPublished
from onstage.origin.segments.lockstep import aligned
from onstage.origin.storing.index import Index
from onstage.origin.storing.journaling import Journaling
from onstage.origin.storing.keeping import Keeper, Keeping
from onstage.origin.storing.storage import BroadcastStore

log = structlog.get_logger(__name__)


class BroadcastWindow:
    """The sink of a composer's media (`Intake`), and what is served of it (`Renditions`)."""

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
        self._store = store
        self._keeper = None if store is None else Keeper(store, clock, index=self._index, options=options or Keeping())
        self._on_ended = on_ended
        long_ticks = 0 if self._keeper is None else self._keeper.window_ticks
        self._timeline = Timeline(captions, long_s=long_ticks / TICKS_PER_SECOND)
        self._renditions = Renditions(self.constants, clock, self._keeper, self._timeline)
        self._intake = Intake(
            broadcast_id,
            self._renditions,
            self._timeline,
            clock=clock,
            keeper=self._keeper,
            journaling=None if store is None or self._keeper is None else Journaling(store, self._keeper, clock),
            index=self._index,
            on_published=on_published,
        )

    # what readers ask

    @property
    def is_live(self) -> bool:
        """Whether viewers can join: there is media, and the end has not come."""
        return any(one.window.has_media for one in self._renditions) and not self.is_ended

    @property
    def is_ended(self) -> bool:
        """Whether the end has come; playlists, if any, say ENDLIST."""
        return self._intake.is_over

    def rendition(self, name: str) -> Served:
        """The rendition of that name, or the captions.

        Raises:
            OnstageError: MEDIA_NOT_FOUND, or BROADCAST_NOT_LIVE while there is none at all.
        """
        return self._renditions.find(name)

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
        return self._renditions.begun()

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
        return self._intake.figures.stats(
            held_requests=sum(len(one.waiters) for one in self._renditions),
            storage_failures=0 if self._keeper is None else self._keeper.writes.failures,
        )

    def resume_point(self) -> ResumePoint:
        """Where a composer starts or goes on: the first tick that no rendition has used."""
        return ResumePoint(self._renditions.next_ticks)

    # what the composer's supervisor tells

    async def on_init(self, init: Init) -> None:
        """As `Intake.init`."""
        await self._intake.init(init)

    async def on_part(self, part: Part) -> None:
        """As `Intake.part`."""
        await self._intake.part(part)

    async def on_segment_end(self, end: SegmentEnd) -> None:
        """As `Intake.segment_end`."""
        await self._intake.segment_end(end)

    async def on_discontinuity(self) -> ResumePoint:
        """The composer died: close what is open, and say where the next one goes on."""
        await self._intake.discontinuity()
        return self.resume_point()

    async def end(self) -> None:
        """Write ENDLIST. What viewers still watch stays fetchable until the origin retires the broadcast."""
        if not await self._intake.end():
            return
        if self._on_ended is not None:
            self._on_ended(self)
        await self.stored()

    # what apps tell

    def annotate(self, items: Iterable[TimedMetadata], lines: Iterable[Caption], *, of_before: bool = False) -> None:
        """Put what is new of timed metadata and captions on the timeline.

        `of_before`: it may have been there when an earlier process published what this one took over.
        """
        if self._timeline.add(items, lines, of_before=of_before):
            self._renditions.forget_bodies()

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
            self._renditions.serve(entry.rendition).window.restore(kept[name])
        for entry in index.renditions:  # not before all windows are there: the index tells of all
            name = entry.rendition.name
            await self._keeper.restore(entry, self._renditions.known(name).window, kept[name])
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
        for served in self._renditions:
            served.waiters.close()

    async def close(self) -> None:
        """The process stops: let go of held requests, finish what is being stored."""
        self.let_go()
        if self._keeper is not None:
            await self._keeper.close()

    def _index(self) -> bytes:
        assert self._keeper is not None, "only what is kept has an index"
        entries = tuple(self._keeper.entry(one.rendition, one.window) for one in self._renditions)
        return Index(self.broadcast_id, self.room_id, self.profile.name, self.is_ended, entries).encode()
