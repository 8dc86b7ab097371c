"""One room's events, read from the store once and handed to every session on this server."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Protocol

import structlog

from onstage.actions.context import Context
from onstage.bus import Subscription
from onstage.bus.memory import Ephemeral, WakeUp
from onstage.errors import OnstageError
from onstage.events import EVENTS, Delivery
from onstage.gateway import frames
from onstage.store import events, rooms
from onstage.store.events import EventRow

_BATCH = 200
_RETRY_S = 0.5
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """An event with the part of its frame that is the same for everybody."""

    row: EventRow
    tail: str

    @property
    def is_state(self) -> bool:
        """Whether it must reach the client."""
        return EVENTS[self.row.name].DELIVERY is Delivery.STATE


class Listener(Protocol):
    """A session, as the feed sees it."""

    def on_events(self, batch: list[FeedEvent]) -> None:
        """Take the room's next events."""
        ...

    def on_ephemeral(self, tail: str) -> None:
        """Take an event without a row."""
        ...

    def on_feed_failed(self) -> None:
        """There will be no more events."""
        ...


async def read_after(ctx: Context, room_id: str, seq: int) -> list[FeedEvent]:
    """The room's next events behind `seq`, at most a batch of them."""
    async with ctx.database.read() as tx:
        rows = await events.after(tx, room_id, seq, limit=_BATCH)
    return [FeedEvent(row, frames.event_tail(row)) for row in rows]


class RoomFeed:
    """Reads a room's outbox whenever the bus wakes it up, and fans out."""

    def __init__(self, ctx: Context, room_id: str, seq: int) -> None:
        self.room_id = room_id
        self.listeners: set[Listener] = set()
        self._ctx = ctx
        self._seq = seq

    async def run(self, subscription: Subscription) -> None:
        """Fan out until cancelled."""
        async with subscription:
            while True:
                for notice in await subscription.get():
                    match notice:
                        case WakeUp(seq=seq):
                            await self._catch_up(seq)
                        case Ephemeral():
                            self._tell(frames.ephemeral_tail(notice))

    async def _catch_up(self, seq: int) -> None:
        while self._seq < seq:
            try:
                batch = await read_after(self._ctx, self.room_id, self._seq)
            except OnstageError as error:
                _log.warning("feed_waits_for_store", room=self.room_id, error=str(error))
                await self._ctx.clock.sleep(_RETRY_S)
                continue
            if not batch:
                return
            self._seq = batch[-1].row.seq
            for listener in tuple(self.listeners):
                listener.on_events(batch)

    def _tell(self, tail: str) -> None:
        for listener in tuple(self.listeners):
            listener.on_ephemeral(tail)


class Feeds:
    """The feeds of all rooms with a session here; a feed lives as long as it has listeners."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._feeds: dict[str, tuple[RoomFeed, asyncio.Task[None]]] = {}
        self._opening = asyncio.Lock()

    async def attach(self, room_id: str, listener: Listener) -> None:
        """Hand the room's events to `listener` from now on: what is committed later reaches it."""
        if room_id not in self._feeds:
            async with self._opening:  # two who come at once share one feed
                if room_id not in self._feeds:
                    await self._open(room_id)
        self._feeds[room_id][0].listeners.add(listener)

    async def _open(self, room_id: str) -> None:
        async with contextlib.AsyncExitStack() as undo:
            # Subscribed before the newest `seq` is read: an event in between wakes the feed up.
            subscription = await undo.enter_async_context(await self._ctx.bus.subscribe(room_id))
            feed = RoomFeed(self._ctx, room_id, await self._newest_seq(room_id))
            undo.pop_all()
        task = asyncio.create_task(feed.run(subscription), name=f"feed of {room_id}")
        task.add_done_callback(lambda done: self._on_done(feed, done))
        self._feeds[room_id] = (feed, task)

    def _on_done(self, feed: RoomFeed, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        _log.error("feed_failed", room=feed.room_id, exc_info=task.exception())
        self._feeds.pop(feed.room_id, None)
        for listener in tuple(feed.listeners):
            listener.on_feed_failed()

    async def _newest_seq(self, room_id: str) -> int:
        async with self._ctx.database.read() as tx:
            room = await rooms.get(tx, room_id)
        return 0 if room is None else room.seq

    async def detach(self, room_id: str, listener: Listener) -> None:
        """Hand nothing more to `listener`."""
        known = self._feeds.get(room_id)
        if known is None:
            return
        feed, task = known
        feed.listeners.discard(listener)
        if not feed.listeners:
            del self._feeds[room_id]
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
