"""A database of which a test can tell when nobody is at it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from onstage.store.database import Database, Tx


class WatchedDatabase(Database):
    """Counts the transactions that are open or about to be."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._open = 0

    @property
    def is_at_rest(self) -> bool:
        """Whether there is none."""
        return self._open == 0

    @asynccontextmanager
    async def begin(self, *, is_apart: bool = False) -> AsyncIterator[Tx]:
        self._open += 1
        try:
            async with super().begin(is_apart=is_apart) as tx:
                yield tx
        finally:
            self._open -= 1

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        self._open += 1
        try:
            async with super().read() as tx:
                yield tx
        finally:
            self._open -= 1
