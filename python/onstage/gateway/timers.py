"""One task that sleeps for every connection's timers: pings, time-outs, gathering."""

import asyncio
import heapq
import itertools
from collections.abc import Callable

import structlog

from onstage.clock import Clock

_EARLY_S = 0.02
"""What is due so soon is done along with what is due now: one wake-up for many connections."""
_log = structlog.get_logger(__name__)


class Timer:
    """Something to be done later, unless cancelled."""

    __slots__ = ("_call",)

    def __init__(self, call: Callable[[], None]) -> None:
        self._call: Callable[[], None] | None = call

    def cancel(self) -> None:
        """Forget it."""
        self._call = None

    def fire(self) -> None:
        """Do it, once."""
        call, self._call = self._call, None
        if call is not None:
            call()


class SharedTimers:
    """A heap of timers and, while there is one, a task that sleeps until the first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._task: asyncio.Task[None] | None = None
        self._is_firing = False

    def after(self, seconds: float, call: Callable[[], None]) -> Timer:
        """Call `call` in `seconds` of the clock's time."""
        timer = Timer(call)
        heapq.heappush(self._heap, (self._clock.monotonic() + seconds, next(self._order), timer))
        if self._heap[0][2] is timer and not self._is_firing:
            self.stop()
            self._task = asyncio.create_task(self._run(), name="gateway timers")
        return timer

    def stop(self) -> None:
        """Fire nothing more, until another timer is set."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        while self._heap:
            wait_s = self._heap[0][0] - self._clock.monotonic()
            if wait_s > 0:
                await self._clock.sleep(wait_s)
            self._fire_due()

    def _fire_due(self) -> None:
        self._is_firing = True
        due_s = self._clock.monotonic() + _EARLY_S
        while self._heap and self._heap[0][0] <= due_s:
            timer = heapq.heappop(self._heap)[2]
            try:
                timer.fire()
            except Exception as error:  # noqa: BLE001 - one connection's bug must not stop the timers of all
                _log.error("gateway_timer_failed", exc_info=error)
        self._is_firing = False
