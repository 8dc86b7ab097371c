"""Publish and subscribe between servers, through Redis.

Nobody waits for Redis, and nothing is lost with it: readers on this server are told directly; others hear of it from
Redis, which keeps nothing. So whenever something may have been missed (the connection broke, and every second until it
is back), all readers are told to look into the store.
"""

import asyncio
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from onstage.bus.memory import MemoryBus
from onstage.bus.notices import Notice, decoded
from onstage.bus.sender import BusWatcher, Sender, Unwatched
from onstage.bus.subscription import Subscription
from onstage.clock import Clock
from onstage.model.ids import random_text

POLL_EVERY_S = 1.0
"""How often readers look into the store while Redis is away."""
SILENCE_S = 2.0
"""After so long without a word Redis is asked for one; after twice as long it is away."""
CONFIRMED_WITHIN_S = 1.0
_CONNECT_TIMEOUT_S = 2.0
_CANCEL_AGAIN_S = 0.1
_PREFIX = "onstage:bus:"

_log = structlog.get_logger(__name__)


class RedisBus:
    """The bus of several servers. Raises nothing while Redis is away."""

    reaches_others = True

    def __init__(self, url: str, clock: Clock, *, prefix: str = _PREFIX, watcher: BusWatcher | None = None) -> None:
        self._name = random_text(12)
        self._clock = clock
        self._prefix = prefix
        self._watcher = watcher or Unwatched()
        self._client = Redis.from_url(
            url,
            decode_responses=True,
            socket_timeout=_CONNECT_TIMEOUT_S,
            socket_connect_timeout=_CONNECT_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
        )
        self._local = MemoryBus()
        self._sender = Sender(self._client, self._name, clock, prefix=prefix, watcher=self._watcher)
        self._is_away = False
        self._pubsub: PubSub | None = None
        self._heard: set[str] = set()  # channels that Redis was asked for, on this connection
        self._revision = -1  # of the local bus, when it was asked
        self._confirmations: dict[str, asyncio.Future[None]] = {}
        self._syncing = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_connected(self) -> bool:
        """Whether other servers are heard."""
        return self._pubsub is not None

    async def start(self) -> None:
        """See `Bus`."""
        self._tasks = [asyncio.create_task(self._listen(), name="bus"), asyncio.create_task(self._sender.run())]

    async def stop(self) -> None:
        """See `Bus`."""
        running = set(self._tasks)
        while running:  # redis-py may lose a cancellation that comes in the middle of a command
            for task in running:
                task.cancel()
            _, running = await asyncio.wait(running, timeout=_CANCEL_AGAIN_S)
        await self._client.aclose()

    async def publish(self, notice: Notice) -> None:
        """See `Bus`."""
        self._local.put(notice)
        self._sender.put(notice)

    def doubt(self) -> None:
        """See `Bus`."""
        self._local.doubt()

    async def subscribe(self, channel: str) -> Subscription:
        """See `Bus`. Returns once Redis has confirmed it; if it does not soon, the reader is told when it has."""
        subscription = await self._local.subscribe(channel)
        if self._pubsub is not None and channel not in self._heard:
            confirmation = self._confirmations.setdefault(channel, asyncio.get_running_loop().create_future())
            await self._sync()
            await asyncio.wait([confirmation], timeout=CONFIRMED_WITHIN_S)
            self._confirmations.pop(channel, None)
        return subscription

    async def _listen(self) -> None:
        while True:
            try:
                async with self._client.pubsub() as pubsub:
                    await self._hear(pubsub)
            except (RedisError, OSError) as error:
                self._lost(error)
            except Exception as error:  # noqa: BLE001 - a bug with one notice must not leave the server deaf
                _log.error("bus_failed", exc_info=error)
                self._lost(error)
            self._local.doubt()
            await self._clock.sleep(POLL_EVERY_S)

    async def _hear(self, pubsub: PubSub) -> None:
        """One connection, to its end."""
        await pubsub.subscribe(self._prefix + self._name)  # one at least: it is how a connection begins
        self._pubsub = pubsub
        self._is_away = False
        self._watcher.bus_connected(is_connected=True)
        _log.info("bus_connected")
        is_asked = False
        while True:
            await self._sync()
            message = await pubsub.get_message(timeout=SILENCE_S)
            if message is not None:
                is_asked = False
                self._take(message)
            elif is_asked:
                raise ConnectionError("Redis is silent")
            else:
                is_asked = True
                await pubsub.ping()

    def _lost(self, error: Exception) -> None:
        if not self._is_away:
            _log.error("bus_away", error=str(error))
            self._watcher.bus_connected(is_connected=False)
        self._is_away = True
        self._pubsub = None
        self._heard.clear()
        self._revision = -1
        for confirmation in self._confirmations.values():
            _resolve(confirmation)

    async def _sync(self) -> None:
        """Have Redis tell what somebody here reads, and no more."""
        if self._pubsub is None or self._revision == self._local.revision:
            return
        async with self._syncing:
            pubsub, wanted, self._revision = self._pubsub, self._local.channels, self._local.revision
            if pubsub is None:
                return
            new, old = wanted - self._heard, self._heard - wanted
            self._heard = set(wanted)
            try:
                if new:
                    await pubsub.subscribe(*(self._prefix + channel for channel in new))
                if old:
                    await pubsub.unsubscribe(*(self._prefix + channel for channel in old))
            except (RedisError, OSError) as error:
                _log.warning("bus_not_subscribed", error=str(error))  # the listener hears of it, and begins anew

    def _take(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "message":
                self._tell(message["data"])
            case "subscribe":
                channel = message["channel"].removeprefix(self._prefix)
                confirmation = self._confirmations.pop(channel, None)
                if confirmation is None:  # nobody waits any more: they read since before it was told
                    self._local.doubt_of(channel)
                else:
                    _resolve(confirmation)

    def _tell(self, text: str) -> None:
        try:
            sender, notice = decoded(text)
        except ValueError as error:
            _log.warning("bus_notice_unknown", error=str(error))
            return
        if sender != self._name:
            self._local.put(notice)


def _resolve(confirmation: "asyncio.Future[None]") -> None:
    if not confirmation.done():
        confirmation.set_result(None)
