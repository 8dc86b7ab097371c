"""Storage work beside the broadcast, in order. What storage refuses is tried again until it is back."""

import asyncio
import errno
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog

from onstage.clock import Clock

log = structlog.get_logger(__name__)

LIMIT = 4096
"""Jobs that may wait: over half an hour of a ladder with sound of its own. They hold numbers, not media."""
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 8.0
JOURNALS_WELL_AFTER_S = 10.0
"""Without a failure. On a full disk each journal that goes makes room for a little of the next."""
_NO_SPACE = "No space left on device"


class StorageState(StrEnum):
    """How storage does."""

    WELL = "well"
    AWAY = "away"
    FULL = "full"


class LostError(Exception):
    """What was to be stored exists no more, in memory or on disk."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work that may be done more than once. `lose` is called instead when it is given up.

    Attributes:
        is_vital: Others are given up before it: much could not be played without it.
    """

    what: str
    run: Callable[[], Awaitable[None]]
    lose: Callable[[], None] = lambda: None
    is_vital: bool = False


class WriteQueue:
    """A bounded queue of jobs. Over a full one, the oldest is given up; one whose media is lost is given up too."""

    def __init__(
        self,
        broadcast_id: str,
        clock: Clock,
        *,
        limit: int = LIMIT,
        has_journals_apart: bool = False,
        on_state: Callable[[StorageState], None] = lambda _: None,
    ) -> None:
        """`on_state` is called when storage goes away, is full, or is well again.

        `has_journals_apart`: they are on another disk than what jobs write, whose doing well says nothing of it.
        """
        self.failures = 0
        self._of_jobs = StorageState.WELL
        self._of_journals = StorageState.WELL
        self._has_journals_apart = has_journals_apart
        self._journals_failed_s = 0.0
        self._broadcast_id = broadcast_id
        self._clock = clock
        self.limit = limit
        self._on_state = on_state
        self._jobs: deque[Job] = deque()
        self._is_closing = False
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def state(self) -> StorageState:
        """How storage does, or else the disk that journals are on."""
        return self._of_journals if self._of_jobs is StorageState.WELL else self._of_jobs

    @property
    def waiting(self) -> int:
        """Jobs that are not done yet."""
        return len(self._jobs)

    def put(self, job: Job) -> None:
        """Run `job` after those before it."""
        if len(self._jobs) >= self.limit:
            oldest = next((one for one in self._jobs if not one.is_vital), self._jobs[0])
            self._jobs.remove(oldest)
            self._give_up(oldest, "too much waits for storage")
        self._jobs.append(job)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def journal_failed(self, problem: object) -> None:
        """Count and log what is in no journal; the broadcast goes on (design §8, disk full)."""
        self.failures += 1
        self._journals_failed_s = self._clock.monotonic()
        self._become(self._of_jobs, _state_of(problem), "journal", problem)

    def journal_written(self) -> None:
        """The disk that journals are on takes them."""
        if self._clock.monotonic() - self._journals_failed_s >= JOURNALS_WELL_AFTER_S:
            self._become(self._of_jobs, StorageState.WELL, "journal", None)

    async def drain(self) -> None:
        """Return once all jobs have run, or storage does not take them now."""
        while self._jobs and self._of_jobs is StorageState.WELL:
            self._changed.clear()
            await self._changed.wait()

    async def tried(self) -> None:
        """Return once `state` says how storage does: it took something, or refused it, or nothing waits for it."""
        if self._jobs and self.state is StorageState.WELL:
            self._changed.clear()
            await self._changed.wait()

    async def close(self) -> None:
        """Run what waits, unless storage does not take it now; then stop."""
        self._is_closing = True
        await self.drain()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while self._jobs:
            await self._do(self._jobs[0])
            self._changed.set()

    async def _do(self, job: Job) -> None:
        """Do the job at the head; while it fails it stays there, unless newer ones push it out."""
        pause_s = FIRST_PAUSE_S
        while self._jobs and self._jobs[0] is job:
            try:
                await job.run()
            except LostError as problem:
                self._jobs.popleft()
                self._give_up(job, problem)
            except Exception as problem:  # noqa: BLE001 - whatever storage raised, viewers are served from memory
                self.failures += 1
                self._become(_state_of(problem), self._of_journals, job.what, problem)
                self._changed.set()
                await self._clock.sleep(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            else:
                if self._jobs and self._jobs[0] is job:
                    self._jobs.popleft()
                journals = self._of_journals if self._has_journals_apart else StorageState.WELL
                self._become(StorageState.WELL, journals, job.what, None)

    def _give_up(self, job: Job, problem: object) -> None:
        self.failures += 1
        log.error("storage_lost", broadcast_id=self._broadcast_id, what=job.what, problem=str(problem))
        job.lose()

    def _become(self, jobs: StorageState, journals: StorageState, what: str, problem: object) -> None:
        before, self._of_jobs, self._of_journals = self.state, jobs, journals
        state = self.state
        if state is before:
            return
        if state is StorageState.WELL:
            log.info("storage_back", broadcast_id=self._broadcast_id, waiting=self.waiting)
        else:
            log.warning(f"storage_{state}", broadcast_id=self._broadcast_id, what=what, problem=str(problem))
        self._on_state(state)


def _state_of(problem: object) -> StorageState:
    return StorageState.FULL if is_full(problem) else StorageState.AWAY


def is_full(problem: object) -> bool:
    """Whether `problem` says that the disk is full. An object store's folder says so only in words."""
    return (isinstance(problem, OSError) and problem.errno == errno.ENOSPC) or _NO_SPACE in str(problem)
