"""What a composer makes and an origin serves: the facts that pass between the two.

Times are ticks of 90 kHz from the start of the broadcast (`TICKS_PER_SECOND`), the timescale of the
video track, in which 16 frames at 30 fps are exactly 48 000.
"""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

TICKS_PER_SECOND = 90_000


@dataclass(frozen=True, slots=True)
class LatencyProfile:
    """The constants of a broadcast's playlist (invariant 8). Frame counts are of the video track."""

    name: str
    frame_rate: int
    part_frames: int
    segment_frames: int

    @property
    def part_ticks(self) -> int:
        """Duration of a full part, in ticks."""
        return self.part_frames * TICKS_PER_SECOND // self.frame_rate

    @property
    def segment_ticks(self) -> int:
        """Duration of a full segment, in ticks."""
        return self.segment_frames * TICKS_PER_SECOND // self.frame_rate

    @property
    def part_target_s(self) -> Fraction:
        """Duration of a full part in seconds, exact."""
        return Fraction(self.part_frames, self.frame_rate)

    @property
    def target_duration_s(self) -> int:
        """EXT-X-TARGETDURATION: a full segment's seconds, rounded (RFC 8216bis §4.4.3.1)."""
        return round(Fraction(self.segment_frames, self.frame_rate))


DEFAULT_PROFILE = LatencyProfile("default", frame_rate=30, part_frames=16, segment_frames=64)
PROFILES = {DEFAULT_PROFILE.name: DEFAULT_PROFILE}


@dataclass(frozen=True, slots=True)
class Rendition:
    """One encoded output of a broadcast, as its line in the multivariant playlist tells it."""

    name: str
    width: int
    height: int
    frame_rate: int
    codecs: str  # RFC 6381, from the real SPS: "avc1.4D401F,mp4a.40.2"
    peak_bps: int
    average_bps: int


@dataclass(frozen=True, slots=True)
class Init:
    """The init segment (ftyp + moov) of a rendition."""

    rendition: Rendition
    data: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """One partial segment: moof + mdat, audio and video muxed."""

    rendition: str
    start_ticks: int
    duration_ticks: int
    is_independent: bool
    program_date_time: datetime  # wall time at which the first picture was captured, design §10.16
    composed_at_s: float  # CLOCK_MONOTONIC when the last frame had been composed
    data: bytes


@dataclass(frozen=True, slots=True)
class SegmentEnd:
    """The rendition's open segment is complete with the parts sent so far."""

    rendition: str


@dataclass(frozen=True, slots=True)
class ResumePoint:
    """Where a new composer goes on: the first tick that no earlier part has used."""

    next_ticks: int
