"""Messages, and the session's key-value store."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text

from onstage.store.tables.base import COUNT, UtcDateTime, metadata

messages = Table(
    "messages",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("session_id", ForeignKey("sessions.id"), nullable=False),
    Column("sender_id", ForeignKey("participants.id")),
    Column("sender_name", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Column("type", String(40), nullable=False, server_default="chat"),
    Column("to_roles", JSON, nullable=False, server_default="[]"),
    Column("to_participant", ForeignKey("participants.id")),
    Column("metadata", JSON, nullable=False, server_default="{}"),
    Column("seq", COUNT, nullable=False, server_default="0"),
    Column("pinned_at", UtcDateTime),
    Column("deleted_at", UtcDateTime),
    Index("ix_messages_history", "session_id", "seq"),
    Index("ix_messages_sender", "sender_id", "sent_at"),
)

state = Table(
    "state",
    metadata,
    Column("session_id", ForeignKey("sessions.id"), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("value", JSON(none_as_null=True)),  # null: deleted, and kept for its version
    Column("size", Integer, nullable=False),  # bytes of key and value as JSON; 0 when deleted
    Column("version", COUNT, nullable=False),
    Column("updated_by", ForeignKey("participants.id")),
    Column("updated_at", UtcDateTime, nullable=False),
)
