"""Waiting for things without sleeping: each helper ends at the event, or fails loudly at a deadline."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from types import TracebackType
from typing import Generic, Self, TypeVar, overload

T = TypeVar("T")

DEADLINE_S = 20.0
"""Generous: it is only reached when something is broken."""
_POLL_S = 0.02


@overload
async def until(
    condition: Callable[[], Awaitable[T]], *, deadline_s: float = DEADLINE_S, what: str = "the condition"
) -> T: ...
@overload
async def until(condition: Callable[[], T], *, deadline_s: float = DEADLINE_S, what: str = "the condition") -> T: ...
async def until(
    condition: Callable[[], T | Awaitable[T]], *, deadline_s: float = DEADLINE_S, what: str = "the condition"
) -> T:
    """Poll `condition` (plain or async) until it is true, and return what it gave.

    For state one can only ask for (a process table, an HTTP answer). Where there is an event, wait for that.
    """
    ends_at = time.monotonic() + deadline_s
    while True:
        found = condition()
        value = await found if isinstance(found, Awaitable) else found
        if value:
            return value
        if time.monotonic() > ends_at:
            raise AssertionError(f"{what} did not come true in {deadline_s} s; last value: {value!r}")
        await asyncio.sleep(_POLL_S)


class EventLog(Generic[T]):
    """Keeps everything it is given and lets a test wait for the first that matches, also one of the past.

    `async with EventLog(source.events()) as log:` drains an async iterator; `log.add` takes callbacks.
    """

    def __init__(self, source: AsyncIterator[T] | None = None) -> None:
        self.seen: list[T] = []
        self._grew = asyncio.Event()  # a fresh one after each event
        self._source = source
        self._task: asyncio.Task[None] | None = None

    def add(self, event: T) -> None:
        """Take one event."""
        self.seen.append(event)
        grew, self._grew = self._grew, asyncio.Event()
        grew.set()

    async def first(
        self, matches: Callable[[T], bool], *, after: int = 0, deadline_s: float = DEADLINE_S, what: str = "an event"
    ) -> T:
        """The first event from position `after` on for which `matches` holds."""
        return self.seen[await self.position(matches, after=after, deadline_s=deadline_s, what=what)]

    async def position(
        self, matches: Callable[[T], bool], *, after: int = 0, deadline_s: float = DEADLINE_S, what: str = "an event"
    ) -> int:
        """As `first`, but where in `seen` it stands: events can be shown to come in order."""
        checked = after
        try:
            async with asyncio.timeout(deadline_s):
                while True:
                    grew = self._grew
                    for index in range(checked, len(self.seen)):
                        if matches(self.seen[index]):
                            return index
                    checked = len(self.seen)
                    await grew.wait()
        except TimeoutError:
            raise AssertionError(f"{what} did not come in {deadline_s} s; seen: {self.seen}") from None

    async def _drain(self, source: AsyncIterator[T]) -> None:
        async for event in source:
            self.add(event)

    async def __aenter__(self) -> Self:
        if self._source is not None:
            self._task = asyncio.create_task(self._drain(self._source))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
