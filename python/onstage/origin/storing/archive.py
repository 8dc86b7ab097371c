"""Media read back from storage: shared by all who ask at the same time, and kept a little while."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

MOST_BYTES = 64 * 1024 * 1024
"""A hundred segments of 720p. Least recently used ones go first."""
READS_AT_ONCE = 16

Read = Callable[[], Awaitable[bytes | None]]


class Archive:
    """A bounded cache of immutable objects."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._reading: dict[str, asyncio.Task[bytes | None]] = {}
        self._turns = asyncio.Semaphore(READS_AT_ONCE)

    async def get(self, key: str, read: Read) -> bytes | None:
        """The object of that key, read by `read` where it isn't here; None when it is nowhere."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        task = self._reading.get(key)
        if task is None:
            task = self._reading[key] = asyncio.create_task(self._read(key, read))
        return await asyncio.shield(task)

    async def _read(self, key: str, read: Read) -> bytes | None:
        try:
            async with self._turns:
                data = await read()
        finally:
            del self._reading[key]
        if data is not None:
            self._keep(key, data)
        return data

    def _keep(self, key: str, data: bytes) -> None:
        self._kept[key] = data
        self._bytes += len(data)
        while self._bytes > self._most_bytes:
            self._bytes -= len(self._kept.popitem(last=False)[1])
