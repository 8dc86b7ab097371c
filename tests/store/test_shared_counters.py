"""Limits of several servers together: a real Redis counts for them all, and its absence turns nobody away."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest

from onstage.actions.rate_limits import RateLimits, Rates
from onstage.clock import SystemClock
from onstage.config import rate_in
from onstage.errors import ErrorCode, OnstageError
from onstage.store.shared_counters import SharedCounters
from tests.support.clock import ManualClock
from tests.support.redis import RedisServer

ADDRESS = "198.51.100.7"


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """One that the test may stop."""
    with RedisServer() as server:
        yield server


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def servers(own_redis: RedisServer, clock: ManualClock) -> AsyncIterator[list[RateLimits]]:
    """Two servers on one Redis."""
    rates = Rates(address=rate_in("4/minute"), failures=rate_in("2/minute"))
    async with AsyncExitStack() as stack:
        limits = [RateLimits(clock, rates, (), SharedCounters(own_redis.url, SystemClock())) for _ in ("one", "other")]
        for one in limits:
            stack.push_async_callback(one.close)
        yield limits


async def refusal(limits: RateLimits, address: str = ADDRESS) -> OnstageError:
    with pytest.raises(OnstageError) as caught:
        await limits.count_address(address)
    assert caught.value.code is ErrorCode.RATE_LIMITED
    return caught.value


async def test_servers_count_together(servers: list[RateLimits]) -> None:
    for one in (*servers, *servers):
        await one.count_address(ADDRESS)
    for one in servers:
        wait_s = (await refusal(one)).retry_after_s
        assert wait_s is not None
        assert 1 <= wait_s <= 60
    await servers[0].count_address("198.51.100.8")


async def test_a_guess_on_one_server_counts_on_the_other(servers: list[RateLimits]) -> None:
    for one in servers:
        with pytest.raises(OnstageError):
            async with one.counting_failures(ADDRESS):
                raise OnstageError(ErrorCode.CREDENTIALS_INVALID)
    assert "wrong credentials" in (await refusal(servers[0])).detail


async def test_while_redis_is_away_each_counts_for_itself_and_then_together_again(
    servers: list[RateLimits], own_redis: RedisServer, clock: ManualClock
) -> None:
    for _ in range(4):
        await servers[0].count_address(ADDRESS)
    own_redis.stop()
    for one in servers:
        for _ in range(4):
            await one.count_address(ADDRESS)
        await refusal(one)
    own_redis.start()
    await refusal(servers[0])
    await clock.advance(5)
    await servers[0].count_address(ADDRESS)  # this Redis has nothing kept


async def test_a_redis_that_says_nothing_holds_nobody_up_for_long(
    servers: list[RateLimits], own_redis: RedisServer
) -> None:
    await servers[0].count_address(ADDRESS)
    own_redis.freeze()
    began = time.monotonic()
    for _ in range(4):
        await servers[0].count_address(ADDRESS)
    assert time.monotonic() - began < 2
    own_redis.thaw()
