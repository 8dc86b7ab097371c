"""What never changes while a broadcast lives (invariant 8): Apple's players drop a stream whose constants move."""

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

from onstage.model.media import TICKS_PER_SECOND, LatencyProfile

WINDOW_SEGMENTS = 12
"""Full segments a live playlist lists; at least 6 are wanted (Apple HLS authoring specification 8.11)."""
FIRST_MSN = 1
"""Number of a broadcast's first segment. Any is allowed (RFC 8216bis §4.4.3.2), but the fragment tracker of hls.js
1.7.4 takes 0 for "none": it forgets the segment it has just appended, and the parts are loaded again and again."""
_TARGET_PLACES = 5
_DURATION_PLACES = 9


def seconds_text(ticks: int) -> str:
    """Ticks as the seconds of EXTINF and PART:DURATION, rounded up at nine decimals.

    Shaka 5.2.12 holds their sum against the media's own time at each part. When the sum falls behind, by however
    little, it moves the buffer's time stamps by a millisecond and back, and loses all pictures up to the next keyframe.
    Ahead by less than a millisecond, which up here takes days, it leaves them alone.
    """
    return str(_rounded_up(Fraction(ticks, TICKS_PER_SECOND), _DURATION_PLACES))


def _rounded_up(seconds: Fraction, places: int = _TARGET_PLACES) -> Decimal:
    return Decimal(math.ceil(seconds * 10**places)).scaleb(-places)


@dataclass(frozen=True, slots=True)
class PlaylistConstants:
    """The constants of a media playlist, derived from the profile alone and never from what was observed.

    Attributes:
        part_ticks: Duration of a full part.
        segment_ticks: Duration of a full segment.
        target_duration_s: EXT-X-TARGETDURATION (RFC 8216bis §4.4.3.1).
        part_target_s: PART-TARGET (§4.4.3.7), rounded up so that no part's true duration exceeds it.
        window_ticks: Duration a live playlist keeps listed.
        lists_parts: Whether the playlist is a low-latency one; if not, nothing of §4.4.4.9 and §6.2.5.2 is in it.
    """

    part_ticks: int
    segment_ticks: int
    target_duration_s: int
    part_target_s: Decimal
    window_ticks: int
    lists_parts: bool = True

    @classmethod
    def of(cls, profile: LatencyProfile, window_segments: int = WINDOW_SEGMENTS) -> Self:
        """The constants of `profile`.

        Raises:
            ValueError: the playlist would be shorter than six segments or than its own skip boundary, or a segment
                shorter than half a second, for which EXT-X-TARGETDURATION would be 0.
        """
        if profile.target_duration_s < 1:
            raise ValueError(f"profile {profile.name}: segments must last at least half a second")
        window_ticks = window_segments * profile.segment_ticks
        if window_segments < 6 or window_ticks < 6 * profile.target_duration_s * TICKS_PER_SECOND:
            raise ValueError(f"a window of {window_segments} segments is too short for profile {profile.name}")
        return cls(
            part_ticks=profile.part_ticks,
            segment_ticks=profile.segment_ticks,
            target_duration_s=profile.target_duration_s,
            part_target_s=_rounded_up(profile.part_target_s),
            window_ticks=window_ticks,
            lists_parts=profile.lists_parts,
        )

    @property
    def part_hold_back_s(self) -> Decimal:
        """PART-HOLD-BACK: three part targets (§4.4.3.8 SHOULD; Apple authoring 14.3 MUST)."""
        return 3 * self.part_target_s

    @property
    def hold_back_s(self) -> int:
        """HOLD-BACK: three target durations (§4.4.3.8)."""
        return 3 * self.target_duration_s

    @property
    def can_skip_until_s(self) -> int:
        """CAN-SKIP-UNTIL, the skip boundary: six target durations (§4.4.3.8)."""
        return 6 * self.target_duration_s

    @property
    def hold_timeout_s(self) -> int:
        """Seconds after which a held request is given up with 503 (§6.2.5.2)."""
        return 3 * self.target_duration_s

    @property
    def advance_part_limit(self) -> Fraction:
        """How far beyond the last part a request may reach (§6.2.5.2)."""
        return Fraction(3) / min(Fraction(self.part_target_s), Fraction(1))

    @property
    def segment_lifetime_ticks(self) -> int:
        """Media time, counted from its end, for which a segment can be fetched (§6.2.2: Availability Duration)."""
        return self.window_ticks + 2 * self.segment_ticks + 3 * self.target_duration_s * TICKS_PER_SECOND

    @property
    def part_lifetime_ticks(self) -> int:
        """The same for a part: three target durations more than it is listed (§6.2.2)."""
        return 4 * self.segment_ticks + 3 * self.target_duration_s * TICKS_PER_SECOND
