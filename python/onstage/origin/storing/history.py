"""The segments of one rendition since its beginning, or since what is kept of it: the long list beside the window.

The bytes are in storage. Entries are sealed in blocks, immutable objects of 64, so that the index stays short however
long the show is.
"""

import itertools
import json
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

from onstage.origin.segments.segment import Segment
from onstage.origin.storing.index import SegmentEntry, moment_text, segment_entry

BLOCK = 64


def block_of(msn: int) -> int:
    """First number of the block that `msn` is in."""
    return msn // BLOCK * BLOCK


def encode_block(entries: Iterable[SegmentEntry]) -> bytes:
    """A block as JSON."""
    return json.dumps([asdict(one) for one in entries], default=moment_text, separators=(",", ":")).encode()


def decode_block(data: bytes) -> list[SegmentEntry]:
    """Read what `encode_block` wrote.

    Raises:
        ValueError: it is none.
    """
    try:
        return [segment_entry(facts) for facts in json.loads(data)]
    except (KeyError, TypeError) as cause:
        raise ValueError(f"not a block of segments: {cause}") from cause


class History:
    """Consecutive entries, oldest first: those unlisted that can still be fetched, then the listed ones."""

    def __init__(self, window_ticks: int) -> None:
        """`window_ticks`: how much is listed; 0 lists nothing."""
        self.window_ticks = window_ticks
        self.discontinuity_sequence = 0
        self.sealed_to = 0
        self._entries: deque[SegmentEntry] = deque()
        self._settled: set[int] = set()
        self._first_listed = 0
        self._listed_ticks = 0
        self._listed: deque[Segment] = deque()

    @property
    def listed(self) -> Sequence[Segment]:
        """The segments of the long playlist, without their bytes."""
        return self._listed

    @property
    def entries(self) -> Sequence[SegmentEntry]:
        """Everything known, whether stored or not."""
        return self._entries

    def find(self, msn: int) -> SegmentEntry | None:
        """The entry of that number."""
        at = msn - self._entries[0].msn if self._entries else -1
        return self._entries[at] if 0 <= at < len(self._entries) else None

    def add(self, entry: SegmentEntry) -> None:
        """A segment was completed; or, after a restart, one is known again. Numbers without an entry were lost."""
        self.lose_until(entry.msn)
        if not self._entries:
            self.sealed_to = max(self.sealed_to, block_of(entry.msn))
        self._append(entry)
        self._slide()

    def lose_until(self, msn: int) -> None:
        """What came between the newest entry and `msn` is lost. A list can't leave it out: it is numbered by place."""
        while self._entries and self._entries[-1].msn + 1 < msn:
            last = self._entries[-1]
            self._append(replace(last, msn=last.msn + 1, is_discontinuity=False, parts=(), is_lost=True))
            self._settled.add(last.msn + 1)

    def settle(self, msn: int) -> None:
        """The segment is stored."""
        self._settled.add(msn)

    def lose(self, msn: int) -> None:
        """The segment could not be stored, and will not be."""
        at = msn - self._entries[0].msn if self._entries else -1
        if 0 <= at < len(self._entries):
            self._entries[at] = replace(self._entries[at], is_lost=True)
            self._settled.add(msn)
        listed_at = msn - self._listed[0].msn if self._listed else -1
        if 0 <= listed_at < len(self._listed):
            self._listed[listed_at] = replace(self._listed[listed_at], is_gap=True)

    def is_settled(self, msn: int) -> bool:
        """Whether the segment is stored, or lost."""
        return msn in self._settled

    def settled_from(self, msn: int) -> list[SegmentEntry]:
        """What is stored, from that number on."""
        newest_first = itertools.takewhile(lambda one: one.msn >= msn, reversed(self._entries))
        return [one for one in newest_first if one.msn in self._settled][::-1]

    def block_due(self) -> list[SegmentEntry]:
        """The entries of a block that is complete and settled, to be stored; then call `seal`."""
        if not self._entries:
            return []
        self.sealed_to = max(self.sealed_to, block_of(self._entries[0].msn))
        end = self.sealed_to + BLOCK
        if self._entries[-1].msn < end:
            return []
        recent = itertools.takewhile(lambda one: one.msn >= self.sealed_to, reversed(self._entries))
        block = [one for one in recent if one.msn < end][::-1]
        return block if all(one.msn in self._settled for one in block) else []

    def seal(self) -> None:
        """The block that was due is stored."""
        self.sealed_to += BLOCK

    def forget_before(self, msn: int) -> list[SegmentEntry]:
        """Drop the entries before `msn`, but listed ones; they come back, for their bytes to be deleted."""
        dropped = []
        while self._entries and self._entries[0].msn < min(msn, self._first_listed):
            dropped.append(self._entries.popleft())
            self._settled.discard(dropped[-1].msn)
        return dropped

    def too_old(self, next_ticks: int) -> int:
        """First number that must still be fetchable: unlisted for less than the longest list lasts (§6.2.2)."""
        for one in self._entries:
            if next_ticks - one.end_ticks <= 2 * self.window_ticks:
                return one.msn
        return self._first_listed

    def _append(self, entry: SegmentEntry) -> None:
        self._entries.append(entry)
        self._listed.append(replace(entry.without_bytes(), is_gap=entry.is_lost))
        self._listed_ticks += entry.duration_ticks

    def _slide(self) -> None:
        while self._listed and self._listed_ticks - self._listed[0].duration_ticks >= self.window_ticks:
            oldest = self._listed.popleft()
            self._listed_ticks -= oldest.duration_ticks
            self.discontinuity_sequence += oldest.is_discontinuity
        self._first_listed = self._listed[0].msn if self._listed else self._entries[-1].msn + 1
