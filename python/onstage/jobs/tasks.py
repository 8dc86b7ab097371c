"""Background tasks that are neither forgotten nor silent when they fail."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any, NoReturn

import structlog

from onstage.bus import Notice, Subscription
from onstage.clock import Clock
from onstage.errors import OnstageError

AGAIN_AFTER_S = 1.0
"""Pause after a turn that failed."""
_log = structlog.get_logger(__name__)


class Tasks:
    """The running tasks of one owner."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run `work` in the background; a failure is logged."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("task_failed", task=task.get_name(), exc_info=task.exception())

    async def stop(self) -> None:
        """Cancel all of them and wait until they are over."""
        tasks = tuple(self._running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def attempt(work: Awaitable[object], name: str) -> bool:
    """Wait for `work`, which is done again soon: what is wrong with it must not end the task that does it.

    False when it failed.
    """
    try:
        await work
    except OnstageError:
        return False  # the store is away; what is due stays due
    except Exception as error:  # noqa: BLE001 - a bug with one thing that is due must not keep the others waiting
        _log.error("due_work_failed", work=name, exc_info=error)
        return False
    return True


async def for_ever(clock: Clock, turn: Callable[[], Awaitable[object]], name: str) -> NoReturn:
    """Take one turn after another, each of which waits until there is something to do."""
    while True:
        if not await attempt(turn(), name):
            await clock.sleep(AGAIN_AFTER_S)


async def now_and_then(clock: Clock, every_s: float, work: Callable[[], Awaitable[object]], name: str) -> NoReturn:
    """Do `work` at once, and again so long after each time; one that fails is done again with the next."""
    while True:
        await attempt(work(), name)
        await clock.sleep(every_s)


async def listen(
    clock: Clock, subscription: Subscription, hear: Callable[[list[Notice]], Awaitable[None]], name: str
) -> NoReturn:
    """Hear what is told, for ever. What could not be acted on is lost, so it comes back as a doubt."""

    async def turn() -> None:
        notices = await subscription.get()
        try:
            await hear(notices)
        except Exception:
            subscription.put_doubt()
            raise

    async with subscription:
        await for_ever(clock, turn, name)


async def few_at_once(work: Iterable[Awaitable[object]], name: str, *, at_once: int) -> None:
    """Wait for all of it, so much at a time; what is wrong with one keeps none of the others from being done."""
    waiting = iter(work)

    async def take() -> None:
        for one in waiting:
            await attempt(one, name)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(take())
