"""Counters that all servers share, in Redis: what one lets through counts for the others."""

from typing import cast

from limits.aio.storage import RedisStorage
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from onstage.clock import Clock

_ANSWER_WITHIN_S = 0.25


class SharedCounters:
    """`actions.rate_limits.Counters` in Redis; each window is a key there that expires."""

    def __init__(self, redis_url: str, clock: Clock) -> None:
        self._clock = clock
        self._pool = ConnectionPool.from_url(
            redis_url,
            socket_timeout=_ANSWER_WITHIN_S,
            socket_connect_timeout=_ANSWER_WITHIN_S,
            retry=Retry(NoBackoff(), 0),  # a request waits for it: better to count alone
        )
        pool = cast(bool, self._pool)  # the library's types know plain options only
        self._storage = RedisStorage(
            f"async+{redis_url}", implementation="redispy", key_prefix="onstage:rates", connection_pool=pool
        )

    async def add(self, key: str, window_s: int) -> int:
        """Count one more; how many it are in the window that is open."""
        return await self._storage.incr(key, window_s)

    async def count(self, key: str) -> int:
        """How many it are."""
        return await self._storage.get(key)

    async def ends_in_s(self, key: str) -> float:
        """Seconds until the window is over."""
        return await self._storage.get_expiry(key) - self._clock.now().timestamp()

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.disconnect()
