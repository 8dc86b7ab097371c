"""Messages and the key-value store in JSON."""

from typing import Any

from onstage.model.records import Message, StateEntry
from onstage.model.view import Timestamp, View


class MessageView(View):
    """One chat message, to all unless `to_roles` or `to_participant` say to whom; `sender_id` null: your server.

    `seq` is that of its `message.sent`, and the order of messages. Of a deleted one text and metadata are gone.
    """

    id: str
    seq: int
    sender_id: str | None
    sender_name: str
    type: str
    text: str
    to_roles: list[str]
    to_participant: str | None
    metadata: dict[str, Any]
    pinned: bool
    deleted: bool
    sent_at: Timestamp

    @classmethod
    def of(cls, message: Message) -> "MessageView":
        """The message as those who may read it see it."""
        return cls(
            id=message.id,
            seq=message.seq,
            sender_id=message.sender_id,
            sender_name=message.sender_name,
            type=message.type,
            text=message.text,
            to_roles=list(message.to_roles),
            to_participant=message.to_participant,
            metadata=message.metadata,
            pinned=message.pinned_at is not None,
            deleted=message.deleted_at is not None,
            sent_at=message.sent_at,
        )


class StateView(View):
    """One key of the session's store. `value` null: the key is deleted. `updated_by` null: your server."""

    key: str
    value: Any
    version: int
    updated_by: str | None
    updated_at: Timestamp

    @classmethod
    def of(cls, entry: StateEntry) -> "StateView":
        """The key as everybody in the session sees it."""
        return cls(
            key=entry.key,
            value=entry.value,
            version=entry.version,
            updated_by=entry.updated_by,
            updated_at=entry.updated_at,
        )
