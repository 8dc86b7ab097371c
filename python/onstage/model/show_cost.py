"""What it takes to compose a show, for deciding whether another one fits the machine (design §10.15)."""

from bisect import bisect_left
from typing import Final

_LINES: Final = (360, 480, 720, 1080)
_CORES: Final = (0.3, 0.35, 0.5, 1.0)
"""Of one rung with a full stage: to read and decode it, to paint, mix and encode. Measured, with head-room."""
_RUNG_SHARE: Final = 0.25
"""Of the largest rung's cores, for each rung below it: they are scaled and encoded, nothing is painted again."""


def cores_of(lines: int, *, rungs: int = 1) -> float:
    """The cores that a show of that many lines (the canvas' shorter side) takes, with its ladder of that many rungs."""
    at = bisect_left(_LINES, lines)
    # Beyond the table it goes by the number of pixels.
    largest = _CORES[at] if at < len(_LINES) else _CORES[-1] * (lines / _LINES[-1]) ** 2
    return largest * (1 + _RUNG_SHARE * (rungs - 1))
