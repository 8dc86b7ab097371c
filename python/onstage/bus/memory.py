"""Publish and subscribe within one process."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Protocol, Self

from onstage.events import EVENTS


@dataclass(frozen=True, slots=True)
class WakeUp:
    """The room has events up to `seq`; whoever cares reads them from the store."""

    room_id: str
    seq: int


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """An event without a row, ready to be sent."""

    room_id: str
    name: str
    at: str
    data: str  # JSON text


Notice = WakeUp | Ephemeral


def _merged(older: Ephemeral, newer: Ephemeral) -> Ephemeral:
    return replace(newer, data=EVENTS[newer.name].merged(older.data, newer.data))


class Subscription:
    """What one reader has not read yet, of one room.

    Bounded by its shape (invariant 6): wake-ups are coalesced into the highest `seq`, and of ephemeral events
    one of each name is kept: the newest, or what the event says that two of it come to.
    """

    def __init__(self, room_id: str, bus: "MemoryBus") -> None:
        self.room_id = room_id
        self._bus = bus
        self._seq: int | None = None
        self._ephemeral: dict[str, Ephemeral] = {}
        self._ready = asyncio.Event()

    def put(self, notice: Notice) -> None:
        """Take a notice; called by the bus."""
        match notice:
            case WakeUp(seq=seq):
                self._seq = seq if self._seq is None else max(seq, self._seq)
            case Ephemeral():
                unread = self._ephemeral.get(notice.name)
                self._ephemeral[notice.name] = notice if unread is None else _merged(unread, notice)
        self._ready.set()

    async def get(self) -> list[Notice]:
        """Everything since the last call; waits for at least one notice."""
        await self._ready.wait()
        self._ready.clear()
        notices: list[Notice] = [] if self._seq is None else [WakeUp(self.room_id, self._seq)]
        notices.extend(self._ephemeral.values())
        self._seq = None
        self._ephemeral = {}
        return notices

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bus.unsubscribe(self)


class Bus(Protocol):
    """One seam with, later, two sides: in process, and Redis."""

    async def publish(self, notice: Notice) -> None:
        """Tell every subscriber of the notice's room."""
        ...

    async def subscribe(self, room_id: str) -> Subscription:
        """Hear of one room from now on, until the subscription is closed."""
        ...


class MemoryBus:
    """The bus of a single process."""

    def __init__(self) -> None:
        self._rooms: defaultdict[str, set[Subscription]] = defaultdict(set)

    async def publish(self, notice: Notice) -> None:
        """Tell every subscriber of the notice's room."""
        for subscription in self._rooms.get(notice.room_id, ()):
            subscription.put(notice)

    async def subscribe(self, room_id: str) -> Subscription:
        """Hear of one room from now on."""
        subscription = Subscription(room_id, self)
        self._rooms[room_id].add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Hear no more."""
        readers = self._rooms.get(subscription.room_id, set())
        readers.discard(subscription)
        if not readers:
            self._rooms.pop(subscription.room_id, None)
