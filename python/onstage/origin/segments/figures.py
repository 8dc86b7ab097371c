"""What is counted of a broadcast as it is published."""

from collections.abc import Callable
from dataclasses import dataclass

from onstage.model.media import TICKS_PER_SECOND
from onstage.origin.segments.segment import Segment


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


class Figures:
    """The counters that only grow."""

    def __init__(self) -> None:
        self._parts = self._segments = self._media_bytes = self._peak_segment_bps = 0

    def part(self, size: int) -> None:
        """A part of so many bytes was published."""
        self._parts += 1
        self._media_bytes += size

    def segment(self, segment: Segment) -> None:
        """A segment is complete."""
        self._segments += 1
        bps = len(segment.data) * 8 * TICKS_PER_SECOND // segment.duration_ticks
        self._peak_segment_bps = max(self._peak_segment_bps, bps)

    def stats(self, *, held_requests: int, storage_failures: int) -> BroadcastStats:
        """All counters now."""
        return BroadcastStats(
            parts=self._parts,
            segments=self._segments,
            media_bytes=self._media_bytes,
            held_requests=held_requests,
            storage_failures=storage_failures,
            peak_segment_bps=self._peak_segment_bps,
        )
