"""Events on their way to many: read once, and written once for everybody who gets the same."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from onstage.bus.memory import Ephemeral
from onstage.events import EVENTS, EVERYONE, Delivery, Recipients, SessionEnded
from onstage.gateway import frames
from onstage.gateway.frames import Frame
from onstage.store.events import EventRow

MOST_GATHERED_CHARS = 131_072
"""Events go into one frame up to this size: clients bound what they take at once, often at 1 MiB."""


@dataclass(frozen=True)
class FeedEvent:
    """An event with the part of its frame that is the same for everybody. `seq` is None for one without a row."""

    name: str
    seq: int | None
    tail: str
    recipients: Recipients
    is_state: bool
    """Whether it must reach the client: others may be dropped for one that is slow."""
    data: dict[str, Any] | None = None

    @classmethod
    def of_row(cls, row: EventRow) -> "FeedEvent":
        """An event from the store."""
        is_state = EVENTS[row.name].DELIVERY is Delivery.STATE
        return cls(row.name, row.seq, frames.event_tail(row), row.recipients, is_state, row.data)

    @classmethod
    def of_notice(cls, notice: Ephemeral) -> "FeedEvent":
        """An event from the bus."""
        return cls(notice.name, None, frames.ephemeral_tail(notice), EVERYONE, is_state=False)

    @property
    def participant(self) -> dict[str, Any] | None:
        """The person it is about, as in its data."""
        return None if self.data is None else self.data.get("participant")

    @cached_property
    def concerned(self) -> frozenset[str]:
        """Ids of those it is about or addressed to by name: they hear of it at once."""
        about = self.participant
        return self.recipients.participant_ids | ({about["id"]} if about else set())

    def is_for_role(self, role: str) -> bool:
        """Whether who has that role, and is not named, hears of it."""
        return self.recipients.everyone or role in self.recipients.roles


class Batch:
    """Events that are handed to listeners together. `start` and `end` are their places in the room's feed."""

    __slots__ = ("_frames", "concerned", "end", "ends_session", "events", "first_seq", "start")

    def __init__(self, events: Sequence[FeedEvent], start: int) -> None:
        self.events = events
        self.start = start
        self.end = start + len(events)
        self.concerned = frozenset[str]().union(*(event.concerned for event in events))
        self.first_seq = next((event.seq for event in events if event.seq is not None), None)
        self.ends_session = any(event.name == SessionEnded.NAME for event in events)
        self._frames: dict[tuple[str, int], tuple[list[Frame], int]] = {}

    def is_for_role(self, role: str) -> bool:
        """Whether anything here is for who has that role."""
        return any(event.is_for_role(role) for event in self.events)

    def frames_for(self, role: str, prev: int) -> tuple[list[Frame], int]:
        """The frames for who has that role and was sent `prev` last, and the `seq` they were sent last then."""
        known = self._frames.get((role, prev))
        if known is None:
            chosen = [event for event in self.events if event.is_for_role(role)]
            known = self._frames[role, prev] = written(chosen, prev)
        return known


def written(events: Iterable[FeedEvent], prev: int) -> tuple[list[Frame], int]:
    """`events` as frames of a size that clients take, numbered behind `prev`; and the last `seq` after them."""
    done: list[Frame] = []
    for group in _groups(events):
        texts: list[str] = []
        for event in group:
            texts.append(frames.event(event.seq, None if event.seq is None else prev, event.tail))
            prev = prev if event.seq is None else event.seq
        done.append(frames.gathered(texts))
    return done, prev


def _groups(events: Iterable[FeedEvent]) -> Iterator[list[FeedEvent]]:
    group: list[FeedEvent] = []
    chars = 0
    for event in events:
        if group and chars + len(event.tail) > MOST_GATHERED_CHARS:
            yield group
            group, chars = [], 0
        group.append(event)
        chars += len(event.tail)
    if group:
        yield group
