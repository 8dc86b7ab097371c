"""Who may send now: so many endpoints at once, of each project no more than its share, and the slow ones apart.

An endpoint whose attempt takes long moves to the slow ones while it is on its way, and begins among them from then on,
until all of a turn was quick. So receivers that take their time leave room for the others, those of their own project
too; and a project whose share is used up leaves room for every other project.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

SLOW_AFTER_S = 1.0
"""How long an attempt may take among the quick ones."""
_MOST_REMEMBERED = 10_000


class FairSemaphore:
    """Holds `most` at once, of each key at most `share`. Next is, of the key that holds least, the first."""

    def __init__(self, most: int, share: int) -> None:
        self._most = most
        self._share = share
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Event]] = {}

    async def acquire(self, key: str) -> None:
        """Take one for the key, when there is one for it."""
        if self.take_at_once(key):
            return
        granted = asyncio.Event()
        self._waiting.setdefault(key, deque()).append(granted)
        try:
            await granted.wait()
        except asyncio.CancelledError:
            if granted.is_set():
                self.release(key)
            else:
                self._leave(key, granted)
            raise

    def take_at_once(self, key: str) -> bool:
        """Take one for the key, if there is one; whether there was. It is never one that somebody waits for."""
        if self._held.total() >= self._most or self._held[key] >= self._share:
            return False
        self._held[key] += 1
        return True

    def release(self, key: str) -> None:
        """Give one back, to who waits."""
        self._held[key] -= 1
        if not self._held[key]:
            del self._held[key]
        self._serve()

    def _serve(self) -> None:
        """Give what is free to who waits: it is one at most, since nobody waits for what they could have."""
        for key in sorted(self._waiting, key=lambda key: self._held[key]):
            if self.take_at_once(key):
                granted = self._waiting[key][0]
                granted.set()
                return self._leave(key, granted)
        return None

    def _leave(self, key: str, one: asyncio.Event) -> None:
        """Wait no more. The key goes behind the others: of those that hold as much each has its turn."""
        waiting = self._waiting.pop(key)
        waiting.remove(one)
        if waiting:
            self._waiting[key] = waiting


@dataclass(slots=True, eq=False)
class Slot:
    """What an endpoint holds during a turn. Times are the clock's, monotonic, in seconds."""

    endpoint_id: str
    project_id: str
    is_slow: bool
    was_slow: bool = False
    _since_s: float | None = None

    def begin(self, now_s: float) -> None:
        """An attempt is on its way."""
        self._since_s = now_s

    def end(self, now_s: float) -> None:
        """It is over."""
        self.was_slow = self.was_slow or self.takes_long(now_s)
        self._since_s = None

    def takes_long(self, now_s: float) -> bool:
        """Whether an attempt is on its way that is slow by now."""
        return self._since_s is not None and now_s - self._since_s >= SLOW_AFTER_S


class Slots:
    """So many quick turns at once, of one project half; and twice as many slow ones, of one project an eighth."""

    def __init__(self, most: int) -> None:
        self._quick = FairSemaphore(most, max(1, most // 2))
        self._slow = FairSemaphore(2 * most, max(1, most // 4))
        self._held: set[Slot] = set()
        self._known_slow: dict[str, None] = {}

    @asynccontextmanager
    async def turn(self, endpoint_id: str, project_id: str) -> AsyncIterator[Slot]:
        """Hold a slot, as soon as there is one for this endpoint."""
        slot = Slot(endpoint_id, project_id, is_slow=endpoint_id in self._known_slow)
        await self._of(slot).acquire(project_id)
        self._held.add(slot)
        try:
            yield slot
        finally:
            self._held.remove(slot)
            self._remember(slot)
            self._of(slot).release(project_id)

    def part(self, now_s: float) -> None:
        """Move what takes long by now to the slow ones; beyond its project's share of those it stays."""
        for slot in self._held:
            if not slot.is_slow and slot.takes_long(now_s) and self._slow.take_at_once(slot.project_id):
                self._quick.release(slot.project_id)
                slot.is_slow = True

    def _of(self, slot: Slot) -> FairSemaphore:
        return self._slow if slot.is_slow else self._quick

    def _remember(self, slot: Slot) -> None:
        self._known_slow.pop(slot.endpoint_id, None)
        if slot.was_slow:
            self._known_slow[slot.endpoint_id] = None
        if len(self._known_slow) > _MOST_REMEMBERED:
            del self._known_slow[next(iter(self._known_slow))]
