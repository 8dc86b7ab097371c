"""Ticks a show when it is due, counts how that goes, and asks of the encoders what there is time for."""

import time
from collections.abc import Callable, Iterator

from onstage.composer.headroom import HeadRoom
from onstage.composer.meter import Meter
from onstage.composer.pace import Pace
from onstage.composer.show import Show
from onstage.composer.wire import Stats
from onstage.model.media import Init, Part, SegmentEnd


class Rhythm:
    """A show on a clock."""

    def __init__(self, show: Show, pace: Pace, now_s: Callable[[], float] = time.monotonic) -> None:
        self._show = show
        self._pace = pace
        self._meter = Meter(now_s)
        self._head_room = HeadRoom(show.outlet.effort, now_s, can_ease=show.outlet.can_ease)

    def begin(self) -> Iterator[Init]:
        """What comes before the first tick."""
        for init in self._show.outlet.inits():
            self._meter.made(len(init.data))
            yield init

    def tick(self) -> Iterator[Part | SegmentEnd]:
        """Wait until the next tick is due, and make its picture and sound.

        Raises:
            StoodStillError: It was due long ago.
        """
        tick = self._pace.next()
        self._head_room.ticked(tick)
        self._show.outlet.want(self._head_room.effort)
        for made in self._show.tick(tick.wall, repeats=tick.repeats):
            if isinstance(made, Part):
                self._meter.made(len(made.data))
            yield made
        self._meter.ticked(self._show.outlet.encode_s, is_late=tick.is_late, repeats=tick.repeats)

    def stats(self) -> Stats | None:
        """What happened since it was asked last, when it is time to tell."""
        if not self._meter.is_due:
            return None
        return self._meter.stats(self._show.composition.shown, self._head_room.degraded)
