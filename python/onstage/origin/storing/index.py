"""The index of a stored broadcast: which segments there are and how they hang together, as one JSON object."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from onstage.model.media import TICKS_PER_SECOND, Rendition, RenditionKind
from onstage.origin.segments.constants import FIRST_MSN
from onstage.origin.segments.keyframe import keyframe_bytes
from onstage.origin.segments.segment import Segment, WindowPart
from onstage.origin.segments.window import Window

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A stored segment without its bytes. `parts` are (duration_ticks, is_independent, size in bytes)."""

    msn: int
    start_ticks: int
    duration_ticks: int
    program_date_time: datetime
    init_number: int
    is_discontinuity: bool
    parts: tuple[tuple[int, bool, int], ...]
    keyframe_bytes: int = 0
    is_lost: bool = False  # it never reached storage

    @property
    def end_ticks(self) -> int:
        """First tick after the segment."""
        return self.start_ticks + self.duration_ticks

    @property
    def ends_at(self) -> datetime:
        """Wall time at which what follows was captured."""
        return self.program_date_time + timedelta(seconds=self.duration_ticks / TICKS_PER_SECOND)

    @property
    def size(self) -> int:
        """Bytes of the segment."""
        return sum(size for _, _, size in self.parts)

    def without_bytes(self) -> Segment:
        """The segment as a playlist lists it once its parts are gone."""
        return Segment(
            msn=self.msn,
            start_ticks=self.start_ticks,
            duration_ticks=self.duration_ticks,
            program_date_time=self.program_date_time,
            init_number=self.init_number,
            is_discontinuity=self.is_discontinuity,
            parts=(),
        )

    @classmethod
    def of(cls, segment: Segment) -> Self:
        """The entry of a complete segment."""
        return cls(
            msn=segment.msn,
            start_ticks=segment.start_ticks,
            duration_ticks=segment.duration_ticks,
            program_date_time=segment.program_date_time,
            init_number=segment.init_number,
            is_discontinuity=segment.is_discontinuity,
            parts=tuple((part.duration_ticks, part.is_independent, len(part.data)) for part in segment.parts),
            keyframe_bytes=segment.keyframe_bytes,
        )

    def segment(self, data: bytes) -> Segment:
        """The segment again, given its bytes; its parts are slices of them.

        Raises:
            ValueError: the bytes are not as many as the parts had.
        """
        if self.parts and sum(size for _, _, size in self.parts) != len(data):
            raise ValueError(f"segment {self.msn} has {len(data)} bytes, which are not those of its parts")
        parts, at = [], 0
        for duration_ticks, is_independent, size in self.parts:
            parts.append(WindowPart(duration_ticks, is_independent, data[at : at + size]))
            at += size
        return Segment(
            msn=self.msn,
            start_ticks=self.start_ticks,
            duration_ticks=self.duration_ticks,
            program_date_time=self.program_date_time,
            init_number=self.init_number,
            is_discontinuity=self.is_discontinuity,
            parts=tuple(parts),
            data=data,
            keyframe_bytes=self.keyframe_bytes or keyframe_bytes(data),
        )


@dataclass(frozen=True, slots=True)
class RenditionEntry:
    """A stored rendition. `discontinuity_sequence` is that before the first segment.

    Attributes:
        sealed_to: Earlier segments than this are (also) told by the blocks of the history.
    """

    rendition: Rendition
    init_count: int
    discontinuity_sequence: int
    next_msn: int
    next_ticks: int
    segments: tuple[SegmentEntry, ...]
    sealed_to: int = 0

    @property
    def is_up_to_date(self) -> bool:
        """Whether the last segment there is was stored: they are in order."""
        last = max((one.msn for one in self.segments), default=self.sealed_to - 1)
        return last == self.next_msn - 1 or self.next_msn == FIRST_MSN

    @classmethod
    def of(cls, rendition: Rendition, window: Window, segments: Sequence[SegmentEntry], sealed_to: int) -> Self:
        """The entry of a window as it is now, with those of its complete segments that are stored."""
        retained = window.retained()
        unlisted = sum(one.is_discontinuity for one in segments if one.msn < window.media_sequence)
        return cls(
            rendition=rendition,
            init_count=window.init_count,
            discontinuity_sequence=window.discontinuity_sequence - unlisted,
            next_msn=window.next_msn,
            next_ticks=retained[-1].end_ticks if retained else 0,
            segments=tuple(segments),
            sealed_to=sealed_to,
        )


@dataclass(frozen=True, slots=True)
class Index:
    """A stored broadcast."""

    broadcast_id: str
    room_id: str
    profile: str
    is_ended: bool
    renditions: tuple[RenditionEntry, ...]

    @property
    def is_whole(self) -> bool:
        """Whether the broadcast is over, and all there ever was of it is stored or was given up."""
        return self.is_ended and all(one.is_up_to_date for one in self.renditions)

    def encode(self) -> bytes:
        """The index as JSON."""
        return json.dumps({"format": _FORMAT, **asdict(self)}, default=moment_text, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read what `encode` wrote.

        Raises:
            ValueError: it is not an index of this format.
        """
        try:
            facts = json.loads(data)
            if facts.pop("format") != _FORMAT:
                raise ValueError("index of another format")
            facts["renditions"] = tuple(_rendition(entry) for entry in facts["renditions"])
            return cls(**facts)
        except (KeyError, TypeError, AttributeError) as cause:
            raise ValueError(f"not an index of a broadcast: {cause}") from cause


def moment_text(value: object) -> str:
    """What JSON has no form for: a time."""
    if not isinstance(value, datetime):
        raise TypeError(f"{value!r} has no place in an index")
    return value.isoformat()


def _rendition(facts: dict[str, Any]) -> RenditionEntry:
    kind = RenditionKind(facts["rendition"].pop("kind", RenditionKind.MUXED))
    facts["rendition"] = Rendition(**facts["rendition"], kind=kind)
    facts["segments"] = tuple(segment_entry(entry) for entry in facts["segments"])
    return RenditionEntry(**facts)


def segment_entry(facts: dict[str, Any]) -> SegmentEntry:
    """An entry from its JSON."""
    facts["program_date_time"] = datetime.fromisoformat(facts["program_date_time"])
    facts["parts"] = tuple((duration, independent, size) for duration, independent, size in facts["parts"])
    return SegmentEntry(**facts)
