"""The composer's own clock: tick n is due at t0 + n frames, whatever the cameras do."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LATE_AFTER_FRAMES = 1.0
REPEAT_AFTER_FRAMES = 3.0
"""Behind by more, a tick repeats the last picture, which costs less, until the clock is caught up with."""
GIVE_UP_AFTER_S = 10.0
"""Behind by more, the machine stood still. To catch up would take as long again; a new composer starts at now."""


class StoodStillError(Exception):
    """The process did not run for so long that its timeline is not worth catching up with."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A tick that is due."""

    wall: datetime  # when it was due, not when it was come to
    behind: float  # so many frames' times after it was due it was come to
    spare: float  # so many frames' times were left over before it was
    repeats: bool

    @property
    def is_late(self) -> bool:
        """Whether it was come to so late that its picture is."""
        return self.behind > LATE_AFTER_FRAMES


class Pace:
    """Waits for one tick after the other."""

    def __init__(
        self,
        frame_rate: int,
        *,
        now_s: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Begin now: the first tick is due at once."""
        self._frame_rate = frame_rate
        self._now_s = now_s
        self._sleep = sleep
        self._wall = wall
        self._began_s = now_s()
        self._count = 0

    def next(self) -> Tick:
        """Wait until the next tick is due. Never skips one: the timeline has no hole.

        Raises:
            StoodStillError: It was due long ago.
        """
        due_s = self._began_s + self._count / self._frame_rate
        self._count += 1
        wait_s = due_s - self._now_s()
        if wait_s > 0:
            self._sleep(wait_s)
        behind_s = self._now_s() - due_s
        if behind_s > GIVE_UP_AFTER_S:
            raise StoodStillError(f"the composer stood still for {behind_s:.0f} s")
        behind = behind_s * self._frame_rate
        wall = self._wall() - timedelta(seconds=behind_s)
        return Tick(wall, behind, spare=max(wait_s, 0.0) * self._frame_rate, repeats=behind > REPEAT_AFTER_FRAMES)
