"""A clock moved by hand."""

import asyncio
from datetime import UTC, datetime, timedelta


class ManualClock:
    """Stands still until `advance`; sleepers wake in order of their time."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        woken = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.seconds + seconds, woken))
        await woken

    def advance(self, seconds: float) -> None:
        self.seconds += seconds
        for due, woken in self._sleepers:
            if due <= self.seconds and not woken.done():
                woken.set_result(None)
        self._sleepers = [one for one in self._sleepers if not one[1].done()]

    def sleeping_until(self) -> list[float]:
        """Seconds from now of each sleeper that still waits."""
        return sorted(due - self.seconds for due, woken in self._sleepers if not woken.done())
