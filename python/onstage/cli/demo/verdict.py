"""Was it a good show? Judged by what the demo's own viewer saw."""

from dataclasses import dataclass
from itertools import pairwise

from onstage.cli.demo.viewer import Reading

LEAST_RATE = 25.0
LEAST_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out of a run."""

    seconds: float  # watched, from the first picture on
    good_share: float  # of those seconds, with `LEAST_RATE` pictures or more
    clock_share: float  # of the readings since the first picture, with a clock that could be read
    glass_to_glass_p50_ms: int | None
    glass_to_glass_p95_ms: int | None

    @property
    def is_good(self) -> bool:
        """Whether the demo succeeded."""
        return self.good_share >= LEAST_SHARE and self.clock_share >= LEAST_SHARE

    def __str__(self) -> str:
        latency = "unknown"
        if self.glass_to_glass_p50_ms is not None and self.glass_to_glass_p95_ms is not None:
            latency = f"{self.glass_to_glass_p50_ms / 1000:.2f} s (p95 {self.glass_to_glass_p95_ms / 1000:.2f} s)"
        return (
            f"watched {self.seconds:.0f} s, {self.good_share:.0%} of it with {LEAST_RATE:.0f} pictures a second or "
            f"more; glass to glass {latency}, read from {self.clock_share:.0%} of the pictures looked at"
        )


def rate_between(earlier: Reading, later: Reading) -> float:
    """Pictures decoded a second."""
    seconds = (later.at_ms - earlier.at_ms) / 1000
    return (later.decoded - earlier.decoded) / seconds if seconds > 0 else 0.0


def judge(readings: list[Reading]) -> Verdict:
    """The verdict on a run; one without any picture is bad."""
    shown = [reading for reading in readings if reading.decoded > 0]
    if len(shown) < 2:
        return Verdict(0.0, 0.0, 0.0, None, None)
    spans = [((later.at_ms - earlier.at_ms) / 1000, rate_between(earlier, later)) for earlier, later in pairwise(shown)]
    total_s = sum(span for span, _ in spans)
    ages = sorted(reading.glass_to_glass_ms for reading in shown if reading.glass_to_glass_ms is not None)
    return Verdict(
        seconds=total_s,
        good_share=sum(span for span, rate in spans if rate >= LEAST_RATE) / total_s if total_s > 0 else 0.0,
        clock_share=len(ages) / len(shown),
        glass_to_glass_p50_ms=ages[len(ages) // 2] if ages else None,
        glass_to_glass_p95_ms=ages[int(len(ages) * 0.95)] if ages else None,
    )
