"""What one reader of the bus has not read yet."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

from onstage.bus.notices import LATEST, Notice, WakeUp


class Subscription:
    """Notices of one channel: a room's, or a topic's.

    Bounded by its shape (invariant 6): notices are coalesced, wake-ups into the highest `seq`, ephemeral events into
    one of each name: the newest, or what the event says that two of it come to.
    """

    def __init__(self, channel: str, on_close: Callable[["Subscription"], None]) -> None:
        self.channel = channel
        self._on_close = on_close
        self._unread: dict[str, Notice] = {}
        self._ready = asyncio.Event()

    def put(self, notice: Notice) -> None:
        """Take a notice; called by the bus."""
        older = self._unread.get(notice.key)
        self._unread[notice.key] = notice if older is None else notice.with_older(older)
        self._ready.set()

    def put_doubt(self) -> None:
        """Something may have been missed: the reader is to look into the store."""
        self.put(WakeUp(self.channel, LATEST))

    @property
    def has_unread(self) -> bool:
        """Whether `get` would not wait."""
        return bool(self._unread)

    async def get(self) -> list[Notice]:
        """Everything since the last call, a wake-up first; waits for at least one notice."""
        await self._ready.wait()
        self._ready.clear()
        unread, self._unread = self._unread, {}
        return sorted(unread.values(), key=lambda notice: not isinstance(notice, WakeUp))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._on_close(self)
