"""Where timed metadata lies on a broadcast's timeline: in which part its box goes, and what its playlists say."""

import itertools
from bisect import insort
from collections.abc import Iterable
from datetime import datetime

from onstage.clock import rfc3339
from onstage.model.media import TICKS_PER_SECOND, Part
from onstage.model.timed_metadata import TimedMetadata
from onstage.origin.timed.emsg import emsg


class Marks:
    """The timed metadata of one broadcast, in the order of their moments.

    A part's box says the same in each rendition: a moment is given its tick once, by the first part that reaches it.
    One whose part is out already is put at the beginning of the next.
    """

    def __init__(self) -> None:
        self._items: dict[str, TimedMetadata] = {}
        self._numbers: dict[str, int] = {}
        self._count = itertools.count(1)
        self._waiting: list[tuple[datetime, str]] = []  # for a part that reaches them
        self._ticks: dict[str, int] = {}  # of those in the newest part
        self._end_ticks = 0
        self._since: datetime | None = None

    def add(self, items: Iterable[TimedMetadata], *, published_until: datetime | None = None) -> bool:
        """Take what is new of `items`; whether something was.

        `published_until`: media up to that moment was published by an earlier process, with the boxes in it.
        """
        new = [item for item in items if item.id not in self._items and not self._is_over(item)]
        for item in new:
            self._items[item.id] = item
            self._numbers[item.id] = next(self._count)
            if published_until is None or item.at >= published_until:
                insort(self._waiting, (item.at, item.id))
        return bool(new)

    def _is_over(self, item: TimedMetadata) -> bool:
        return self._since is not None and item.at < self._since

    def boxes(self, part: Part) -> bytes:
        """What goes in front of that part's media; the part may be of any rendition that shows pictures."""
        end_ticks = part.start_ticks + part.duration_ticks
        if part.start_ticks >= self._end_ticks:  # the first rendition to come this far
            self._place(part)
            self._end_ticks = end_ticks
        here = (one for one, tick in self._ticks.items() if part.start_ticks <= tick < end_ticks)
        return b"".join(self._box(self._items[one]) for one in here)

    def _place(self, part: Part) -> None:
        self._ticks = {one: tick for one, tick in self._ticks.items() if tick >= part.start_ticks}
        while self._waiting:
            at, one = self._waiting[0]
            ahead = round((at - part.program_date_time).total_seconds() * TICKS_PER_SECOND)
            if ahead >= part.duration_ticks:
                return
            self._ticks[one] = part.start_ticks + max(0, ahead)
            self._waiting.pop(0)

    def _box(self, item: TimedMetadata) -> bytes:
        return emsg(
            number=self._numbers[item.id],
            at_ticks=self._ticks[item.id],
            duration_ticks=round(item.duration_s * TICKS_PER_SECOND),
            key=item.id,
            text=item.payload,
        )

    def date_ranges(self, since: datetime) -> list[str]:
        """EXT-X-DATERANGE (RFC 8216bis §4.4.5.1) for every moment from `since` on, the first one first."""
        listed = (item for item in self._items.values() if item.at >= since)
        return [date_range(item) for item in sorted(listed, key=lambda item: (item.at, item.id))]

    def forget_before(self, moment: datetime) -> None:
        """No playlist lists media of before that moment any more."""
        self._since = moment
        for item in [item for item in self._items.values() if item.at < moment and item.id not in self._ticks]:
            del self._items[item.id], self._numbers[item.id]
        self._waiting = [one for one in self._waiting if one[1] in self._items]


def date_range(item: TimedMetadata) -> str:
    """The tag; the same in every playlist."""
    attributes = "".join(f',{name}="{value}"' for name, value in item.attributes.items())
    return (
        f'#EXT-X-DATERANGE:ID="{item.id}",CLASS="onstage.{item.mark or "metadata"}",START-DATE="{rfc3339(item.at)}"'
        f",DURATION={item.duration_s:.3f}{attributes}"
    )
