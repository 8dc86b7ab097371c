"""When the machine is short of time: easier encoding before pictures repeat, and back when there is head-room."""

from collections.abc import Callable
from dataclasses import dataclass

from onstage.composer.codecs import Effort
from onstage.composer.pace import Tick
from onstage.model.degradation import Degradation

WINDOW_S = 1.0
STRAINED_WINDOWS = 2
"""In a row: one alone is a hiccup, which repeated pictures make up for."""
STRAINED_SHARE = 0.5
"""Of a window's ticks are late: so a hiccup of a second strains no two windows."""
REPEATING_SHARE = 0.1
SETTLES_S = 4.0
"""After a step: the next IDR may be 2.1 s away, and what is late by then has to be made up for."""
EVEN_WINDOWS = 5
"""Without a repeated picture, until they are said to be over."""
CALM_SHARE = 0.05
ROOMY_SHARE = 0.4
"""Of the time is left over. Veryfast takes 1.45 times as long as superfast: what took 0.6 takes 0.87 then."""
CALM_S = 10.0
LONGEST_CALM_S = 320.0
RELAPSE_WITHIN_S = 60.0
"""Short of time again so soon after going back: the next time it is gone back after twice as long."""


@dataclass(slots=True)
class _Window:
    began_s: float
    ticks: int = 0
    late: int = 0
    repeated: int = 0
    spare: float = 0.0  # in frames' times

    @property
    def is_strained(self) -> bool:
        return self.late > self.ticks * STRAINED_SHARE

    @property
    def is_repeating(self) -> bool:
        return self.repeated > self.ticks * REPEATING_SHARE

    @property
    def is_calm(self) -> bool:
        return self.late <= self.ticks * CALM_SHARE and self.spare >= self.ticks * ROOMY_SHARE


class HeadRoom:
    """Judges by how late the ticks are, a window at a time.

    A rung is never removed: each of its viewers would stall. Pictures are repeated by `Pace`, tick by tick; here it is
    only seen whether that goes on though the encoder takes little trouble already.
    """

    def __init__(self, best: Effort, now_s: Callable[[], float], *, can_ease: bool = True) -> None:
        """Begin with `best`, which is never gone beyond; `can_ease` is whether the encoder has more than one way."""
        self.effort = best
        self._best = best
        self._easiest = Effort.SUPERFAST if can_ease else best
        self._now_s = now_s
        self._window = _Window(now_s())
        self._settled_s = 0.0
        self._went_back_s: float | None = None
        self._calm_needed_s = CALM_S
        self._is_repeating = False
        self._strained = self._repeating = self._even = self._calm = 0  # windows in a row

    @property
    def degraded(self) -> tuple[Degradation, ...]:
        """What viewers have to do without now."""
        eased = (Degradation.ENCODER_EFFORT,) if self.effort is not self._best else ()
        return (*eased, Degradation.REPEATED_PICTURES) if self._is_repeating else eased

    def ticked(self, tick: Tick) -> None:
        """A tick was come to."""
        window, now_s = self._window, self._now_s()
        window.ticks += 1
        window.late += tick.is_late
        window.repeated += tick.repeats
        window.spare += tick.spare
        if now_s - window.began_s >= WINDOW_S:
            self._window = _Window(now_s)
            if now_s >= self._settled_s:
                self._judge(window, now_s)

    def _judge(self, window: _Window, now_s: float) -> None:
        self._strained = self._strained + 1 if window.is_strained else 0
        self._repeating = self._repeating + 1 if window.is_repeating else 0
        self._even = 0 if window.repeated else self._even + 1
        self._calm = self._calm + 1 if window.is_calm else 0
        is_easiest = self.effort is self._easiest
        if is_easiest and self._repeating >= STRAINED_WINDOWS:
            self._is_repeating = True
        elif self._even >= EVEN_WINDOWS:
            self._is_repeating = False
        if not is_easiest and self._strained >= STRAINED_WINDOWS:
            self._ease(now_s)
        elif self.effort is not self._best and self._calm * WINDOW_S >= self._calm_needed_s:
            self._go_back(now_s)

    def _ease(self, now_s: float) -> None:
        is_relapse = self._went_back_s is not None and now_s - self._went_back_s < RELAPSE_WITHIN_S
        self._calm_needed_s = min(self._calm_needed_s * 2, LONGEST_CALM_S) if is_relapse else CALM_S
        self._step(self._easiest, now_s)

    def _go_back(self, now_s: float) -> None:
        self._went_back_s = now_s
        self._step(self._best, now_s)

    def _step(self, effort: Effort, now_s: float) -> None:
        self.effort = effort
        self._settled_s = now_s + SETTLES_S
        self._strained = self._repeating = self._even = self._calm = 0
