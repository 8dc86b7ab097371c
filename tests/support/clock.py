"""A clock that only moves when a test moves it."""

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class ManualClock:
    """Implements `onstage.clock.Clock`. Starts at `EPOCH` and, monotonically, at 1000 s."""

    def __init__(self) -> None:
        self._elapsed_s = 0.0
        self._sleepers: list[tuple[float, int, float, asyncio.Future[None]]] = []
        self._order = itertools.count()

    def now(self) -> datetime:
        return EPOCH + timedelta(seconds=self._elapsed_s)

    def monotonic(self) -> float:
        return 1000.0 + self._elapsed_s

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed_s + seconds, next(self._order), seconds, wake))
        await wake

    def differ_by(self, seconds: float) -> None:
        """Be another server's, which is ahead of this one by so much, or behind; nobody who sleeps wakes up."""
        self._elapsed_s += seconds

    def say(self, moment: datetime) -> None:
        """As `differ_by`, so that it is that moment now."""
        self.differ_by((moment - self.now()).total_seconds())

    @property
    def sleepers(self) -> int:
        """How many tasks sleep on this clock."""
        return sum(not wake.done() for _, _, _, wake in self._sleepers)

    @property
    def waits_s(self) -> list[float]:
        """Seconds from now until each sleeper wakes, soonest first."""
        return sorted(at_s - self._elapsed_s for at_s, _, _, wake in self._sleepers if not wake.done())

    @property
    def pauses_s(self) -> list[float]:
        """Seconds that each sleeper asked for."""
        return [asked_s for _, _, asked_s, wake in self._sleepers if not wake.done()]

    async def advance(self, seconds: float) -> None:
        """Move time forward, stopping at each sleeper on the way so that it runs at its own moment."""
        end_s = self._elapsed_s + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= end_s:
            at_s, _, _, wake = heapq.heappop(self._sleepers)
            if wake.done():
                continue
            self._elapsed_s = max(self._elapsed_s, at_s)
            wake.set_result(None)
            await settle()
        self._elapsed_s = end_s


async def settle() -> None:
    """Let every task run until it waits for something other than its turn."""
    for _ in range(20):
        await asyncio.sleep(0)
