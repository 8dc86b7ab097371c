"""One room's events, read from the store once and handed to every session on this server."""

import asyncio
import contextlib

import structlog

from onstage.actions.context import Context
from onstage.bus import Subscription
from onstage.bus.memory import Ephemeral, WakeUp
from onstage.errors import OnstageError
from onstage.gateway.batch import MOST_GATHERED_CHARS, Batch, FeedEvent
from onstage.gateway.listeners import Listener, Listeners
from onstage.gateway.session import VIEWER_GATHER_S
from onstage.gateway.timers import SharedTimers, Timer
from onstage.store import events, rooms
from onstage.turns import Turns

_BATCH = 200
_RETRY_S = 0.5
_AT_A_TIME = 50
"""Gathered frames written before others have their turn in the loop: under a millisecond."""
_log = structlog.get_logger(__name__)


async def read_after(ctx: Context, room_id: str, seq: int) -> list[FeedEvent]:
    """The room's next events behind `seq`, at most a batch of them."""
    async with ctx.database.read() as tx:
        rows = await events.after(tx, room_id, seq, limit=_BATCH)
    return [FeedEvent.of_row(row) for row in rows]


class RoomFeed:
    """Reads a room's outbox whenever the bus wakes it up, and fans out."""

    def __init__(self, ctx: Context, room_id: str, seq: int, timers: SharedTimers) -> None:
        self.room_id = room_id
        self.listeners = Listeners()
        self._ctx = ctx
        self._seq = seq
        self._timers = timers
        self._end = 0
        self._gathered: list[FeedEvent] = []
        self._chars = 0
        self._sending = Batch([], 0)  # gathered, and on its way to one after the other
        self._flush_at: Timer | None = None
        self._is_due = False
        self._is_idle = False
        self._is_closed = False
        self._flushing: asyncio.Task[None] | None = None

    async def run(self, subscription: Subscription) -> None:
        """Fan out until closed."""
        async with subscription:
            while not self._is_closed:
                self._is_idle = True
                notices = await subscription.get()
                self._is_idle = False
                for notice in notices:
                    match notice:
                        case WakeUp(seq=seq):
                            await self._catch_up(seq)
                        case Ephemeral():
                            self.hand_out([FeedEvent.of_notice(notice)])

    async def _catch_up(self, seq: int) -> None:
        while self._seq < seq and not self._is_closed:
            try:
                batch = await read_after(self._ctx, self.room_id, self._seq)
            except OnstageError as error:
                _log.warning("feed_waits_for_store", room=self.room_id, error=str(error))
                await self._ctx.clock.sleep(_RETRY_S)
                continue
            if not batch:
                return
            newest = batch[-1].seq
            assert newest is not None, "what is read has a row"
            self._seq = newest
            self.hand_out(batch)

    def attach(self, listener: Listener) -> None:
        """Hand the room's events to `listener` from now on."""
        listener.position = self._end
        self.listeners.place(listener)

    def hand_out(self, new: list[FeedEvent]) -> None:
        """Give events to those who have them at once and those they concern, and gather them for the others."""
        batch = Batch(new, self._end)
        self._end = batch.end
        self._gathered += new
        self._chars += sum(len(event.tail) for event in new)
        for listener in self.listeners.at_once(batch):
            _hand(listener, batch)
        for participant_id in batch.concerned:
            concerned = self.listeners.of(participant_id)
            if concerned is not None:
                self.bring_up(concerned)
        if batch.ends_session or self._chars > MOST_GATHERED_CHARS:
            self._flush()
        elif self._flush_at is None and not self._is_due:
            self._flush_at = self._timers.after(VIEWER_GATHER_S, self._flush)

    def bring_up(self, listener: Listener) -> None:
        """Give the listener what is still being gathered."""
        if listener not in self.listeners:
            return
        if listener.position < self._sending.end:
            _hand(listener, self._sending)
        if listener.position < self._end:
            _hand(listener, Batch(self._gathered, self._end - len(self._gathered)))
        if listener in self.listeners:  # it may have been its last
            self.listeners.place(listener)

    def _flush(self) -> None:
        if self._flush_at is not None:
            self._flush_at.cancel()
            self._flush_at = None
        self._is_due = True
        if self._flushing is None:  # else it comes when the one before is through
            self._flushing = asyncio.create_task(self._send_gathered(), name=f"gathered events of {self.room_id}")

    async def _send_gathered(self) -> None:
        while self._is_due:
            self._is_due = False
            self._sending = Batch(self._gathered, self._end - len(self._gathered))
            self._gathered, self._chars = [], 0
            for count, listener in enumerate(self.listeners.gathering(self._sending), 1):
                if listener in self.listeners:
                    _hand(listener, self._sending)
                if count % _AT_A_TIME == 0:
                    await asyncio.sleep(0)
        self._sending = Batch([], self._end - len(self._gathered))
        self._flushing = None

    def close(self, task: asyncio.Task[None]) -> None:
        """Hand out nothing more. `task` runs the feed; a read of the store is let finish, as it can't be broken off."""
        self._is_closed = True
        if self._is_idle:
            task.cancel()
        if self._flush_at is not None:
            self._flush_at.cancel()
        if self._flushing is not None:
            self._flushing.cancel()


def _hand(listener: Listener, batch: Batch) -> None:
    try:
        listener.on_batch(batch)
    except Exception as error:  # noqa: BLE001 - one listener's bug must not silence the room
        _log.error("gateway_session_failed", participant=listener.participant_id, exc_info=error)
        listener.on_feed_failed()


class Feeds:
    """The feeds of all rooms with a session here; a feed lives as long as it has listeners."""

    def __init__(self, ctx: Context, timers: SharedTimers) -> None:
        self._ctx = ctx
        self._timers = timers
        self._feeds: dict[str, tuple[RoomFeed, asyncio.Task[None]]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._turns = Turns()  # by room, to open its feed: the bus may be slow to confirm

    async def attach(self, room_id: str, listener: Listener) -> None:
        """Hand the room's events to `listener` from now on: what is committed later reaches it."""
        if room_id not in self._feeds:
            async with self._turns.of(room_id):  # two who come at once share one feed
                if room_id not in self._feeds:
                    await self._open(room_id)
        self._feeds[room_id][0].attach(listener)

    async def _open(self, room_id: str) -> None:
        async with contextlib.AsyncExitStack() as undo:
            # Subscribed before the newest `seq` is read: an event in between wakes the feed up.
            subscription = await undo.enter_async_context(await self._ctx.bus.subscribe(room_id))
            feed = RoomFeed(self._ctx, room_id, await self._newest_seq(room_id), self._timers)
            undo.pop_all()
        task = asyncio.create_task(feed.run(subscription), name=f"feed of {room_id}")
        task.add_done_callback(lambda done: self._on_done(feed, done))
        self._feeds[room_id] = (feed, task)

    def _on_done(self, feed: RoomFeed, task: asyncio.Task[None]) -> None:
        feed.close(task)
        self._ending.discard(task)
        if task.cancelled() or task.exception() is None:
            return
        _log.error("feed_failed", room=feed.room_id, exc_info=task.exception())
        if feed.room_id in self._feeds and self._feeds[feed.room_id][0] is feed:
            del self._feeds[feed.room_id]
        for listener in feed.listeners.everybody():
            listener.on_feed_failed()

    async def _newest_seq(self, room_id: str) -> int:
        async with self._ctx.database.read() as tx:
            room = await rooms.get(tx, room_id)
        return 0 if room is None else room.seq

    def bring_up(self, room_id: str, listener: Listener) -> None:
        """Give the listener what is still being gathered, and see where it belongs now."""
        known = self._feeds.get(room_id)
        if known is not None:
            known[0].bring_up(listener)

    def detach(self, room_id: str, listener: Listener) -> None:
        """Hand nothing more to `listener`."""
        known = self._feeds.get(room_id)
        if known is None:
            return
        feed, task = known
        feed.listeners.remove(listener)
        if not feed.listeners:
            del self._feeds[room_id]
            self._ending.add(task)
            feed.close(task)

    async def close(self) -> None:
        """Return once every feed that nobody listens to has ended."""
        if self._ending:
            await asyncio.wait(self._ending)
