"""The sending half of the Redis bus: whoever publishes never waits for Redis."""

import asyncio
from collections.abc import Iterable
from typing import Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from onstage.bus.notices import Ephemeral, Notice, encoded
from onstage.clock import Clock

RETRY_S = 1.0
MOST_WAITING = 10_000
"""Notices that wait for Redis. While it is away everybody looks into the store, so that older ones can be dropped."""

_log = structlog.get_logger(__name__)


class BusWatcher(Protocol):
    """Who counts how the bus does."""

    def bus_connected(self, *, is_connected: bool) -> None:
        """Other servers are heard, or are not any more."""
        ...

    def bus_lost(self, notices: int) -> None:
        """So many notices were not told to other servers."""
        ...


class Unwatched:
    """Nobody counts."""

    def bus_connected(self, *, is_connected: bool) -> None:
        """Nothing."""

    def bus_lost(self, notices: int) -> None:
        """Nothing."""


class Sender:
    """Sends what is put into it, several notices at once when there are several."""

    def __init__(self, client: Redis, name: str, clock: Clock, *, prefix: str, watcher: BusWatcher) -> None:
        self._client = client
        self._name = name
        self._clock = clock
        self._prefix = prefix
        self._watcher = watcher
        self._waiting: dict[tuple[str, str], Notice] = {}
        self._ready = asyncio.Event()

    def put(self, notice: Notice) -> None:
        """Send it soon."""
        place = (notice.channel, notice.key)
        older = self._waiting.get(place)
        self._waiting[place] = notice if older is None else notice.with_older(older)
        if len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]
            self._watcher.bus_lost(1)
        self._ready.set()

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            await self._ready.wait()
            self._ready.clear()
            batch, self._waiting = self._waiting, {}
            try:
                await self._send(batch.values())
            except Exception as error:  # noqa: BLE001 - a bug must not leave the other servers untold for good
                if not isinstance(error, RedisError | OSError):
                    _log.error("bus_failed", exc_info=error)
                self._put_back(batch, error)
                await self._clock.sleep(RETRY_S)

    async def _send(self, notices: Iterable[Notice]) -> None:
        pipeline = self._client.pipeline(transaction=False)
        for notice in notices:
            text = self._text_of(notice)
            if text is not None:
                pipeline.publish(self._prefix + notice.channel, text)
        await pipeline.execute()

    def _text_of(self, notice: Notice) -> str | None:
        """None when there is none: tried again, it would hold up all the others for ever."""
        try:
            return encoded(self._name, notice)
        except (TypeError, ValueError) as error:
            _log.error("bus_notice_without_words", channel=notice.channel, key=notice.key, exc_info=error)
            self._watcher.bus_lost(1)
            return None

    def _put_back(self, batch: dict[tuple[str, str], Notice], error: Exception) -> None:
        """Tell it later, but for ephemeral events, which are of no use by then."""
        lost = [notice for notice in batch.values() if isinstance(notice, Ephemeral)]
        _log.warning("bus_not_told", notices=len(batch), lost=len(lost), error=str(error))
        self._watcher.bus_lost(len(lost))
        for notice in batch.values():
            if not isinstance(notice, Ephemeral):
                self.put(notice)
