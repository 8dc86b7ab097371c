"""Held requests: all of them wake at each change of the window, or one by one at their deadlines."""

import asyncio
import heapq
import itertools

from onstage.clock import Clock


class Waiters:
    """Requests that wait for the next change. Bounded by the server's connections; drops nobody but at the deadline."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: set[asyncio.Future[bool]] = set()
        self._deadlines: list[tuple[float, int, asyncio.Future[bool]]] = []
        self._order = itertools.count()
        self._sweep: asyncio.Task[None] | None = None
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._waiting)

    async def changed(self, deadline_s: float) -> bool:
        """Return True at the next change, or False at `deadline_s` of the clock's monotonic time, or when closed."""
        if self._is_closed or self._clock.monotonic() >= deadline_s:
            return False
        waiter: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        heapq.heappush(self._deadlines, (deadline_s, next(self._order), waiter))
        if self._sweep is None:
            self._sweep = asyncio.create_task(self._expire())
        try:
            return await waiter
        finally:
            self._waiting.discard(waiter)

    def notify(self) -> None:
        """The window changed: wake everybody."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(True)
        self._waiting.clear()
        self._deadlines.clear()

    def close(self) -> None:
        """Let everybody go; nobody waits here again."""
        self._is_closed = True
        self.notify()
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None

    async def _expire(self) -> None:
        """Watch the deadlines of all waiters with one sleep at a time."""
        while self._deadlines:
            deadline_s, _, waiter = self._deadlines[0]
            if waiter.done():
                heapq.heappop(self._deadlines)
            elif (left_s := deadline_s - self._clock.monotonic()) > 0:
                await self._clock.sleep(left_s)
            else:
                waiter.set_result(False)
        self._sweep = None
