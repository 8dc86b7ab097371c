"""Takes the composer's media of one broadcast: into the journals, then into the windows, then to be stored."""

import asyncio
from collections.abc import Callable, Sequence

from onstage.clock import Clock
from onstage.model.media import Init, Part, SegmentEnd
from onstage.origin.live.rendition import ServedRendition
from onstage.origin.live.renditions import Renditions
from onstage.origin.live.timeline import Timeline
from onstage.origin.segments.figures import Figures, OnPublished, Published
from onstage.origin.segments.lockstep import Lockstep
from onstage.origin.segments.segment import Segment
from onstage.origin.segments.window import IllegalMediaError
from onstage.origin.storing.journaling import Journaling
from onstage.origin.storing.keeping import Keeper


class Intake:
    """Calls come one at a time and in order, as the supervisor makes them. What comes after the end is dropped."""

    def __init__(
        self,
        broadcast_id: str,
        renditions: Renditions,
        timeline: Timeline,
        *,
        clock: Clock,
        keeper: Keeper | None,
        journaling: Journaling | None,
        index: Callable[[], bytes],
        on_published: OnPublished | None,
    ) -> None:
        """Without a `keeper` and `journaling` nothing outlives this process; `index` gives the index as it is now."""
        self.figures = Figures()
        self.is_over = False
        self._broadcast_id = broadcast_id
        self._renditions = renditions
        self._timeline = timeline
        self._clock = clock
        self._keeper = keeper
        self._journaling = journaling
        self._index = index
        self._on_published = on_published
        self._lockstep = Lockstep()
        self._turn = asyncio.Lock()

    async def init(self, init: Init) -> None:
        """Take the init segment of a rendition; the first one makes the rendition known.

        Raises:
            IllegalMediaError: its parameters differ from before (invariant 8), or no discontinuity went before it.
        """
        async with self._turn:
            if not self.is_over:
                self._take_init(init)

    def _take_init(self, init: Init) -> None:
        served = self._renditions.serve(init.rendition)
        if served.rendition != init.rendition:
            raise IllegalMediaError(f"rendition {init.rendition.name} changed from {served.rendition}")
        number = served.window.init_count
        served.window.set_init(init.data)
        if self._journaling is not None:
            self._journaling.keep_init(init.rendition.name, number, init.data, self._index())
        self._renditions.changed(served)

    async def part(self, part: Part) -> None:
        """Publish a part, together with those of the same moment in the other renditions, once all are here.

        They are in the journals first, so that no restart takes back what a viewer was shown.

        Raises:
            IllegalMediaError: as `Window.check_part`.
        """
        async with self._turn:
            if not self.is_over:
                self._renditions.known(part.rendition).window.check_part(part)
                at_once = self._lockstep.add(part, self._renditions.names)
                together = self._timeline.marked(at_once, self._renditions.pictured())
                await asyncio.gather(*(self._journal(one) for one in together))
                self._publish(together)

    async def _journal(self, part: Part) -> None:
        if self._journaling is not None:
            await self._journaling.keep_part(self._renditions.known(part.rendition).window, part)

    def _publish(self, together: Sequence[Part]) -> None:
        """Without a pause between them: nobody is answered before all are there."""
        for part in together:
            self._publish_one(self._renditions.known(part.rendition), part)
        for served in self._renditions if together else ():
            served.changed()

    def _publish_one(self, served: ServedRendition, part: Part) -> None:
        window = served.window
        msn, index = window.next_msn, window.open_parts
        completed = window.add_part(part)
        self.figures.part(len(part.data))
        if self._on_published is not None:
            now_s = self._clock.monotonic()
            self._on_published(Published(self._broadcast_id, part.rendition, msn, index, part.composed_at_s, now_s))
        self._completed(served, completed)

    async def segment_end(self, end: SegmentEnd) -> None:
        """Complete the open segment. One that is full has been completed with its last part already."""
        served = self._renditions.known(end.rendition)
        completed = served.window.close_segment()
        if completed is not None:
            self._renditions.changed(served)
            self._completed(served, completed)

    async def discontinuity(self) -> None:
        """The composer died: close what is open."""
        self._lockstep.drop()
        for served in self._renditions:
            completed = served.window.add_discontinuity()
            self._renditions.changed(served)
            self._completed(served, completed)

    async def end(self) -> bool:
        """Nothing follows: write ENDLIST. Whether that was new."""
        async with self._turn:
            if self.is_over:
                return False
            self.is_over = True
            self._lockstep.drop()
            for served in self._renditions:
                completed = served.window.end()
                self._renditions.changed(served)
                self._completed(served, completed)
            if self._keeper is not None and self._renditions.names:
                self._keeper.put_index()
            return True

    def _completed(self, served: ServedRendition, segment: Segment | None) -> None:
        if segment is None:
            return
        self._timeline.completed(served.rendition.name, segment)
        self.figures.segment(segment)
        if self._keeper is not None:
            self._keeper.completed(served.rendition.name, served.window, segment)
