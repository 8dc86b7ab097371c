"""Messages, and the session's key-value store."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from onstage.model.ids import MessageId, ParticipantId, RoomId, SessionId


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message: to everybody, to roles, or to one participant. `sender_id` None: the app's server."""

    id: MessageId
    room_id: RoomId
    session_id: SessionId
    sender_id: ParticipantId | None
    sender_name: str
    text: str
    sent_at: datetime
    type: str = "chat"
    to_roles: tuple[str, ...] = ()
    to_participant: ParticipantId | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    seq: int = 0  # of its `message.sent`
    pinned_at: datetime | None = None
    deleted_at: datetime | None = None

    @property
    def is_to_everyone(self) -> bool:
        """Whether the whole room reads it."""
        return not self.to_roles and self.to_participant is None


@dataclass(frozen=True, slots=True)
class StateEntry:
    """One key of the session's store. `version` counts its changes from 1; a deleted key has the value None."""

    session_id: SessionId
    key: str
    value: Any
    version: int
    updated_by: ParticipantId | None
    updated_at: datetime
