"""What waits to be sent to one client. Bounded; what it drops is named (invariant 6)."""

import asyncio
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto

MOST_FRAMES = 512
MOST_DROPPABLE = 256
MOST_GATHERED_CHARS = 131_072
"""Events go into one frame up to this size: clients bound what they take at once, often at 1 MiB."""


class Kind(Enum):
    """What may happen to a frame when the client is slow."""

    STATE = auto()  # never dropped: the client is cut instead, and resumes
    DROPPABLE = auto()  # chat and ephemeral events: the oldest goes
    CONTROL = auto()  # replies, pings, byes: as state


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Something to send. An event's text is its frame's tail: `seq` and `prev` are put before it when it is sent."""

    kind: Kind
    text: str
    is_event: bool = False
    seq: int | None = None
    is_urgent: bool = True  # not to be held back for gathering


class TooSlowError(Exception):
    """The client does not read fast enough for state; cut it, it resumes."""


class SendQueue:
    """Frames in order. Events may be gathered into one frame, the others go alone."""

    def __init__(self) -> None:
        self._waiting: deque[Outgoing] = deque()
        self._droppable = 0
        self._ready = asyncio.Event()
        self._urgent = asyncio.Event()
        self.cut = asyncio.Event()
        """Set when the connection is to be closed without sending the rest."""
        self.dropped = 0
        """Droppable frames that were never sent."""

    def put(self, outgoing: Outgoing) -> None:
        """Append; a full queue loses its oldest droppable frame for it.

        Raises:
            TooSlowError: the queue is full of frames that must not be dropped, and so must not this one.
        """
        if outgoing.kind is Kind.DROPPABLE and self._droppable >= MOST_DROPPABLE:
            self._drop_oldest()
        if len(self._waiting) >= MOST_FRAMES:
            if self._droppable:
                self._drop_oldest()
            elif outgoing.kind is Kind.DROPPABLE:
                self.dropped += 1
                return
            else:
                raise TooSlowError
        self._droppable += outgoing.kind is Kind.DROPPABLE
        self._waiting.append(outgoing)
        self._ready.set()
        if outgoing.is_urgent:
            self._urgent.set()

    def _drop_oldest(self) -> None:
        oldest = next(one for one in self._waiting if one.kind is Kind.DROPPABLE)
        self._waiting.remove(oldest)
        self._droppable -= 1
        self.dropped += 1

    async def wait(self) -> None:
        """Return once there is something to send."""
        await self._ready.wait()

    async def wait_urgent(self) -> None:
        """Return once something waits that should not be held back."""
        await self._urgent.wait()

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not self._waiting

    def take(self) -> list[Outgoing]:
        """What to send next as one frame: the events up to the next other frame, or that one alone; [] if empty."""
        taken: list[Outgoing] = []
        chars = 0
        while self._waiting and (not taken or self._goes_along(taken[0], chars)):
            outgoing = self._waiting.popleft()
            self._droppable -= outgoing.kind is Kind.DROPPABLE
            chars += len(outgoing.text)
            taken.append(outgoing)
        if not self._waiting:
            self._ready.clear()
            self._urgent.clear()
        return taken

    def _goes_along(self, first: Outgoing, chars: int) -> bool:
        following = self._waiting[0]
        return first.is_event and following.is_event and chars + len(following.text) <= MOST_GATHERED_CHARS
