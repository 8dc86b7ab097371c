"""When another composer follows one that died, and when it is better to give up."""

from collections import deque

WINDOW_S = 60.0
"""Deaths longer ago don't count."""
LIMIT = 5
WORKED_S = 2.0
"""A composer that made parts for so long was well: its death is no sign that the next one dies, and ends no show."""
AFTER_START_S = (0.0, 0.5, 1.0, 2.0)
"""Pause before the next start, by the number of deaths at the start within the window; then the last one."""
AFTER_WORK_S = (0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 3.0, 5.0)
"""Likewise of deaths after work: a few a minute cost viewers nothing more, one that never ends costs a start in 8 s."""


class Deaths:
    """The deaths of one show's composers. Times are in seconds of `Clock.monotonic`."""

    def __init__(self) -> None:
        self._at_start: deque[float] = deque(maxlen=LIMIT)
        self._after_work: deque[float] = deque(maxlen=len(AFTER_WORK_S))
        self._has_worked = False

    def add(self, now_s: float, *, worked_s: float) -> None:
        """Another died, `worked_s` after its first part."""
        self._has_worked = worked_s >= WORKED_S
        (self._after_work if self._has_worked else self._at_start).append(now_s)

    def at_start(self, now_s: float) -> int:
        """How many died within the window without having worked."""
        return _recent(self._at_start, now_s)

    def are_too_many(self, now_s: float) -> bool:
        """Whether the next would die at its start too."""
        return self.at_start(now_s) >= LIMIT

    def pause_s(self, now_s: float) -> float:
        """How long to wait before the next start, after the last death."""
        pauses_s, deaths = (AFTER_WORK_S, self._after_work) if self._has_worked else (AFTER_START_S, self._at_start)
        count = max(_recent(deaths, now_s), 1)
        return pauses_s[min(count, len(pauses_s)) - 1]


def _recent(deaths: deque[float], now_s: float) -> int:
    return sum(1 for at_s in deaths if at_s >= now_s - WINDOW_S)
