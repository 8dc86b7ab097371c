"""Storage work that runs beside the broadcast, one job after another, and may fail without taking it along."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

LIMIT = 32
"""Jobs that may wait: about a minute of segments."""


class WriteQueue:
    """A bounded queue of jobs. When storage is so slow that it is full, the newest job is dropped and counted."""

    def __init__(self, broadcast_id: str) -> None:
        self.failures = 0
        self._broadcast_id = broadcast_id
        self._jobs: asyncio.Queue[tuple[str, Callable[[], Awaitable[None]]]] = asyncio.Queue(LIMIT)
        self._task: asyncio.Task[None] | None = None

    def put(self, what: str, job: Callable[[], Awaitable[None]]) -> None:
        """Run `job` after those before it; `what` names it in the log should it fail or be dropped."""
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        try:
            self._jobs.put_nowait((what, job))
        except asyncio.QueueFull:
            self.failed(what, "storage is too slow")

    def failed(self, what: str, problem: object) -> None:
        """Count and log work that did not reach storage; the broadcast goes on (design §8, disk full)."""
        self.failures += 1
        log.warning("storage failed", broadcast_id=self._broadcast_id, what=what, problem=str(problem))

    async def drain(self) -> None:
        """Return once all jobs so far have run."""
        await self._jobs.join()

    async def close(self) -> None:
        """Run what waits, then stop."""
        await self.drain()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            what, job = await self._jobs.get()
            try:
                await job()
            except Exception as problem:  # noqa: BLE001 - whatever storage raised, viewers are served from memory
                self.failed(what, problem)
            finally:
                self._jobs.task_done()
