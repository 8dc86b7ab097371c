"""What the bus carries. Nothing on it is the only copy of a fact: what counts is in the store."""

import json
import sys
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from onstage.events import EVENTS

LATEST = sys.maxsize
"""The `seq` of a wake-up that knows none: something may have been missed, so read until there is no more."""


class Topic(StrEnum):
    """What servers tell each other beside the events of rooms. Never a room's id, which has no `@`."""

    COUNTS = "@counts"  # the room's numbers have changed
    BROADCASTS = "@broadcasts"  # the broadcast has changed
    MEDIA = "@media"  # no recording needs the media of the broadcast any more
    ENGINE = "@engine"  # the engine told of something in the room
    PLAYBACK = "@playback"  # who may play the shows of the room, or of the project's rooms, has changed
    REPLACED = "@replaced"  # the participant has a newer connection


@dataclass(frozen=True, slots=True)
class WakeUp:
    """The room has events up to `seq`; whoever cares reads them from the store."""

    room_id: str
    seq: int

    @property
    def channel(self) -> str:
        """Who hears of it."""
        return self.room_id

    @property
    def key(self) -> str:
        """Of two with the same key that were not read, one is kept."""
        return ""

    def with_older(self, older: "Notice") -> "WakeUp":
        """What the two come to."""
        assert isinstance(older, WakeUp), "the key says so"
        return replace(self, seq=max(self.seq, older.seq))


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """An event without a row, ready to be sent."""

    room_id: str
    name: str
    at: str
    data: str  # JSON text

    @property
    def channel(self) -> str:
        """Who hears of it."""
        return self.room_id

    @property
    def key(self) -> str:
        """Of two with the same key that were not read, one is kept."""
        return self.name

    def with_older(self, older: "Notice") -> "Ephemeral":
        """The newer, or what the event says that the two come to."""
        assert isinstance(older, Ephemeral), "the key says so"
        return replace(self, data=EVENTS[self.name].merged(older.data, self.data))


@dataclass(frozen=True, slots=True)
class Changed:
    """Something of a topic is not as it was; what it is now stands in the store."""

    topic: Topic
    id: str

    @property
    def channel(self) -> str:
        """Who hears of it."""
        return self.topic.value

    @property
    def key(self) -> str:
        """Of two with the same key that were not read, one is kept."""
        return self.id

    def with_older(self, older: "Notice") -> "Changed":  # noqa: ARG002 - notices are asked alike
        """Once is enough."""
        return self


Notice = WakeUp | Ephemeral | Changed

_KINDS: dict[str, type[Notice]] = {"wake_up": WakeUp, "ephemeral": Ephemeral, "changed": Changed}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def encoded(sender: str, notice: Notice) -> str:
    """The notice as it goes over a wire."""
    return json.dumps([sender, _NAMES[type(notice)], asdict(notice)])


def decoded(text: str) -> tuple[str, Notice]:
    """The sender and what they told.

    Raises:
        ValueError: it is of another Onstage, with other notices.
    """
    try:
        sender, name, fields = json.loads(text)
        if name == "changed":
            fields["topic"] = Topic(fields["topic"])
        elif name == "ephemeral":
            EVENTS[fields["name"]]  # two of a kind that we don't know could not be put together
        return str(sender), _KINDS[name](**fields)
    except (KeyError, TypeError) as cause:
        raise ValueError("an unknown notice") from cause
