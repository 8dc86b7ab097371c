"""The buses that the tests run on: each test hears only itself."""

import secrets
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from onstage.bus import Bus, MemoryBus, RedisBus
from onstage.clock import SystemClock
from tests.support.redis import RedisServer
from tests.support.waiting import until


class Buses(Protocol):
    """A kind of bus."""

    def opened(self) -> AbstractAsyncContextManager[Bus]:
        """A bus that carries."""
        ...


class MemoryBuses:
    """Within the test's process."""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Bus]:
        yield MemoryBus()


class RedisBuses:
    """Through one Redis, under a prefix of the test's own."""

    def __init__(self, server: RedisServer) -> None:
        self.server = server

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Bus]:
        async with open_redis_bus(self.server, f"test:{secrets.token_hex(6)}:") as bus:
            yield bus


@asynccontextmanager
async def open_redis_bus(server: RedisServer, prefix: str) -> AsyncIterator[RedisBus]:
    """One server's bus, connected."""
    bus = RedisBus(server.url, SystemClock(), prefix=prefix)
    await bus.start()
    try:
        await until(lambda: bus.is_connected, what="the bus to be connected")
        yield bus
    finally:
        await bus.stop()
