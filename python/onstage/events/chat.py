"""Messages, reactions, custom events, the key-value store."""

from collections import Counter
from typing import Any

from onstage.events.base import Delivery, EventData
from onstage.model.views import MessageView, StateView

_READERS = "whoever may read the message"


class MessageEvent(EventData):
    """Base: one chat message as it is now."""

    TOLD_TO = _READERS
    message: MessageView


class MessageSent(MessageEvent):
    """A chat message to the room, to roles, or to one participant."""

    NAME = "message.sent"
    DELIVERY = Delivery.MESSAGE


class MessagePinned(MessageEvent):
    """A message to everybody was pinned."""

    NAME = "message.pinned"


class MessageUnpinned(MessageEvent):
    """It is pinned no more."""

    NAME = "message.unpinned"


class MessageDeleted(MessageEvent):
    """A message was taken back, by its sender or a moderator; its text is gone. `by` null: your server."""

    NAME = "message.deleted"
    by: str | None


class ReactionCounted(EventData):
    """Reactions since the last such event: how many of each. Several in one second are to be added up."""

    NAME = "reaction.counted"
    DELIVERY = Delivery.EPHEMERAL
    counts: dict[str, int]

    @classmethod
    def merged(cls, older: str, newer: str) -> str:
        """The sum: each server tells its own, and none of them is to be lost."""
        counts = Counter(cls.model_validate_json(older).counts)
        counts.update(cls.model_validate_json(newer).counts)
        return cls(counts=dict(counts)).model_dump_json()


class CustomSent(EventData):
    """An event of the app's own. `sender_id` null: your server."""

    NAME = "custom.sent"
    DELIVERY = Delivery.MESSAGE
    TOLD_TO = "everybody, the roles or the participants it was sent to"
    type: str
    data: Any
    sender_id: str | None


class StateChanged(EventData):
    """A key of the session's store was set, or deleted (`value` null)."""

    NAME = "state.changed"
    entry: StateView
