"""What a composer makes and an origin serves: the facts that pass between the two.

Times are ticks of 90 kHz from the start of the broadcast (`TICKS_PER_SECOND`), the timescale of the
video track, in which 16 frames at 30 fps are exactly 48 000.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

TICKS_PER_SECOND = 90_000
SAMPLE_RATE = 48_000
"""Of the sound, in samples a second; also the timescale of its track."""
AAC_FRAME_SAMPLES = 1024
AAC_FRAME_TICKS = AAC_FRAME_SAMPLES * TICKS_PER_SECOND // SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class LatencyProfile:
    """The constants of a broadcast's playlist (invariant 8). Frame counts are of the video track.

    Attributes:
        gop_frames: From one IDR to the next, in every rendition; 0 is once a segment.
        lists_parts: Whether players are told of parts. They are cut all the same: what is whole survives a crash.
    """

    name: str
    frame_rate: int
    part_frames: int
    segment_frames: int
    gop_frames: int = 0
    lists_parts: bool = True

    @property
    def idr_frames(self) -> int:
        """Frames from one IDR to the next."""
        return self.gop_frames or self.segment_frames

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

    @property
    def has_whole_aac_frames(self) -> bool:
        """Whether a part lasts a whole number of AAC frames, so that sound of its own shares every boundary."""
        return self.part_ticks % AAC_FRAME_TICKS == 0


DEFAULT_PROFILE = LatencyProfile("default", frame_rate=30, part_frames=16, segment_frames=64)
TURBO_PROFILE = LatencyProfile("turbo", frame_rate=30, part_frames=8, segment_frames=64)
SAFE_PROFILE = LatencyProfile("safe", frame_rate=30, part_frames=32, segment_frames=128, gop_frames=64)
CLASSIC_PROFILE = LatencyProfile("classic", frame_rate=30, part_frames=16, segment_frames=64, lists_parts=False)
PROFILES = {one.name: one for one in (TURBO_PROFILE, DEFAULT_PROFILE, SAFE_PROFILE, CLASSIC_PROFILE)}


@dataclass(frozen=True, slots=True)
class Rung:
    """One picture size of a ladder: pixels (both even), and bits a second."""

    name: str
    width: int
    height: int
    video_bps: int


class VideoEncoderName(StrEnum):
    """Encoders of H.264, as FFmpeg names them."""

    X264 = "libx264"
    NVENC = "h264_nvenc"
    QSV = "h264_qsv"


class RenditionKind(StrEnum):
    """What a rendition's segments hold."""

    MUXED = "muxed"
    VIDEO = "video"
    AUDIO = "audio"
    TEXT = "text"


AUDIO_RENDITION = "audio"
"""Name of the rendition that holds the sound, where it is apart from the pictures."""


@dataclass(frozen=True, slots=True)
class Rendition:
    """One encoded output of a broadcast: it has a media playlist, an init segment, segments and parts of its own.

    A broadcast has either one MUXED rendition for each rung of its ladder, or one VIDEO rendition for each and one
    AUDIO rendition that goes with all of them. All have the same boundaries: segment n, part m is the same time in
    each. None is added or taken away while the broadcast lives.

    Attributes:
        width, height, frame_rate: 0 for AUDIO.
        codecs: RFC 6381, of what is in it, from the real SPS: "avc1.4D401F,mp4a.40.2".
        iframe_peak_bps: BANDWIDTH of the list of its keyframes; 0 where there is none.
        channels: 0 for VIDEO.
    """

    name: str
    width: int
    height: int
    frame_rate: int
    codecs: str
    peak_bps: int
    average_bps: int
    # What a broadcast has that was stored before there were ladders:
    kind: RenditionKind = RenditionKind.MUXED
    channels: int = 2
    iframe_peak_bps: int = 0


@dataclass(frozen=True, slots=True)
class Init:
    """The init segment (ftyp + moov) of a rendition."""

    rendition: Rendition
    data: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """One partial segment of a rendition: moof + mdat, of the pictures, the sound or both."""

    rendition: str
    start_ticks: int
    duration_ticks: int
    is_independent: bool
    program_date_time: datetime  # wall time at which its first picture was captured, design §10.16
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
