"""Fixtures of these tests."""

import secrets
from collections.abc import AsyncIterator, Iterator

import pytest

from onstage.bus import Bus, MemoryBus
from tests.support.buses import open_redis_bus
from tests.support.redis import RedisServer


@pytest.fixture(params=["memory", "redis", "redis between two servers"])
async def ends(request: pytest.FixtureRequest) -> AsyncIterator[tuple[Bus, Bus]]:
    """One bus to tell, and one to hear: of the same server, or of two."""
    if request.param == "memory":
        bus = MemoryBus()
        yield bus, bus
        return
    redis, prefix = request.getfixturevalue("redis"), f"test:{secrets.token_hex(6)}:"
    async with open_redis_bus(redis, prefix) as telling, open_redis_bus(redis, prefix) as hearing:
        yield telling, telling if request.param == "redis" else hearing


@pytest.fixture
def other_redis() -> Iterator[RedisServer]:
    """One that the test may stop."""
    with RedisServer() as server:
        yield server
