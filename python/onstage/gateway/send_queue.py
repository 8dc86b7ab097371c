"""What waits for a client whose socket is full. Bounded by count and size; what it drops is told (invariant 6)."""

from collections import deque
from dataclasses import dataclass

from onstage.gateway.batch import MOST_GATHERED_CHARS, FeedEvent
from onstage.gateway.frames import Frame

MOST_ITEMS = 512
MOST_CHARS = 1_048_576
MOST_DROPPABLE = 256
MOST_DROPPABLE_CHARS = 262_144


class TooSlowError(Exception):
    """The client does not read fast enough for state; cut it, it resumes."""


@dataclass(frozen=True, slots=True)
class Gap:
    """So many events were dropped here."""

    count: int


class SendQueue:
    """Events and single frames, in order.

    State events and single frames (replies, pings) are never dropped: a client that lets too many of them wait is cut.
    Of the others (chat, events without a row) the oldest goes.
    """

    __slots__ = ("_chars", "_droppable", "_droppable_chars", "_gap_at", "_gap_size", "_waiting", "dropped")

    def __init__(self) -> None:
        self._waiting: deque[FeedEvent | Frame] = deque()
        self._chars = 0
        self._droppable = 0
        self._droppable_chars = 0
        self._gap_at: int | None = None  # how many of those that wait go before the first that was dropped
        self._gap_size = 0
        self.dropped = 0
        """Events that were never sent."""

    def __bool__(self) -> bool:
        """Whether anything waits."""
        return bool(self._waiting) or self._gap_at is not None

    def put(self, item: FeedEvent | Frame) -> None:
        """Append; a full queue loses its oldest droppable event for it.

        Raises:
            TooSlowError: the queue is full of what must not be dropped, and so must not this.
        """
        size, is_droppable = _size(item), _is_droppable(item)
        while self._is_full(size, is_droppable=is_droppable):
            if self._droppable:
                self._drop_oldest()
            elif is_droppable:
                self._note_gap(len(self._waiting))
                return
            else:
                raise TooSlowError
        self._waiting.append(item)
        self._count(size, is_droppable, 1)

    def _is_full(self, size: int, *, is_droppable: bool) -> bool:
        if not self._waiting:
            return False  # one is taken whatever its size
        if is_droppable and (
            self._droppable >= MOST_DROPPABLE or self._droppable_chars + size > max(MOST_DROPPABLE_CHARS, size)
        ):
            return True
        return len(self._waiting) >= MOST_ITEMS or self._chars + size > MOST_CHARS

    def _drop_oldest(self) -> None:
        place, oldest = next((n, item) for n, item in enumerate(self._waiting) if _is_droppable(item))
        del self._waiting[place]
        self._count(_size(oldest), True, -1)
        self._note_gap(place)

    def _note_gap(self, place: int) -> None:
        self._gap_at = place if self._gap_at is None else min(place, self._gap_at)
        self._gap_size += 1
        self.dropped += 1

    def _count(self, size: int, is_droppable: bool, sign: int) -> None:
        self._chars += sign * size
        if is_droppable:
            self._droppable += sign
            self._droppable_chars += sign * size

    def take(self) -> "Frame | Gap | list[FeedEvent]":
        """What comes next: a gap, a single frame, or as many events as go together; [] when nothing waits."""
        if self._gap_at == 0:
            gap, self._gap_at, self._gap_size = Gap(self._gap_size), None, 0
            return gap
        if self._waiting and isinstance(first := self._waiting[0], Frame):
            self._pop()
            return first
        return self._take_events()

    def _take_events(self) -> list[FeedEvent]:
        taken: list[FeedEvent] = []
        chars = 0
        while self._waiting and self._gap_at != 0:
            item = self._waiting[0]
            if isinstance(item, Frame) or (taken and chars + len(item.tail) > MOST_GATHERED_CHARS):
                break
            self._pop()
            taken.append(item)
            chars += len(item.tail)
        return taken

    def _pop(self) -> None:
        item = self._waiting.popleft()
        self._count(_size(item), _is_droppable(item), -1)
        if self._gap_at is not None:
            self._gap_at -= 1


def _is_droppable(item: FeedEvent | Frame) -> bool:
    return isinstance(item, FeedEvent) and not item.is_state


def _size(item: FeedEvent | Frame) -> int:
    return len(item.tail) if isinstance(item, FeedEvent) else len(item.text)
