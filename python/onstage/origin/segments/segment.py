"""What a media playlist is made of: segments, their parts, and the names of their resources."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from onstage.model.media import TICKS_PER_SECOND
from onstage.origin.segments.keyframe import keyframe_bytes


@dataclass(frozen=True, slots=True)
class WindowPart:
    """A published part (EXT-X-PART)."""

    duration_ticks: int
    is_independent: bool
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Segment:
    """A media segment, complete or open, with the tags that stand before its first part.

    Attributes:
        parts: In order; empty once the parts of a complete segment can no longer be fetched.
        data: The bytes of all parts; empty while the segment is open.
        keyframe_bytes: As many of the first bytes hold its first picture; 0 while the segment is open.
        is_gap: It can't be fetched, and never will be (EXT-X-GAP).
    """

    msn: int
    start_ticks: int
    duration_ticks: int
    program_date_time: datetime
    init_number: int
    is_discontinuity: bool
    parts: tuple[WindowPart, ...]
    data: bytes = field(default=b"", repr=False)
    keyframe_bytes: int = 0
    is_gap: bool = False

    @property
    def end_ticks(self) -> int:
        """First tick after the segment."""
        return self.start_ticks + self.duration_ticks

    @property
    def ends_at(self) -> datetime:
        """Wall time at which what follows was captured."""
        return self.program_date_time + timedelta(seconds=self.duration_ticks / TICKS_PER_SECOND)

    def with_part(self, part: WindowPart) -> "Segment":
        """The segment after one more part."""
        return replace(self, duration_ticks=self.duration_ticks + part.duration_ticks, parts=(*self.parts, part))

    def complete(self) -> "Segment":
        """The segment with its bytes, which are those of its parts (§3.2)."""
        data = b"".join(part.data for part in self.parts)
        return replace(self, data=data, keyframe_bytes=keyframe_bytes(data))


@dataclass(frozen=True, slots=True)
class StoredWindow:
    """What storage gives back of a window.

    Attributes:
        segments: Complete and consecutive, up to `next_msn`.
        discontinuity_sequence: That of the first segment, without its own EXT-X-DISCONTINUITY.
        inits: The init segments by number, as far as `segments` need them.
    """

    segments: tuple[Segment, ...]
    inits: dict[int, bytes]
    init_count: int
    discontinuity_sequence: int
    next_msn: int
    next_ticks: int


def segment_name(msn: int) -> str:
    """Name of a segment's resource. A number is never given twice in a broadcast, so each URL is immutable."""
    return f"seg{msn}.m4s"


def part_name(msn: int, index: int) -> str:
    """Name of a part's resource."""
    return f"part{msn}.{index}.m4s"


def init_name(number: int) -> str:
    """Name of an init segment's resource."""
    return f"init{number}.mp4"
