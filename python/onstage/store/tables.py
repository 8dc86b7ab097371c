"""The tables, in SQLAlchemy Core. Migrations create them; a test holds the two equal."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, in whole milliseconds: what JSON shows, so that lists are in the order that clients see.

    SQLite keeps no time zone, so it is put back on the way out.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy passes it
        """To UTC."""
        if value is None:
            return None
        return value.astimezone(UTC).replace(microsecond=value.microsecond // 1000 * 1000)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy passes it
        """Marked as the UTC it is."""
        return None if value is None else value.replace(tzinfo=UTC)


projects = Table(
    "projects",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("secret_hash", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

rooms = Table(
    "rooms",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("title", String(200), nullable=False),
    Column("template", String(100), nullable=False),
    Column("is_locked", Boolean, nullable=False),
    Column("metadata", JSON, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("project_id", "name"),
)

room_codes = Table(
    "room_codes",
    metadata,
    Column("code", String(20), primary_key=True),
    Column("room_id", ForeignKey("rooms.id"), nullable=False, index=True),
    Column("role", String(100), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("end_reason", String(200)),
    Index(
        "uq_sessions_open",
        "room_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

participants = Table(
    "participants",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("session_id", ForeignKey("sessions.id"), nullable=False),
    Column("identity", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("role", String(100), nullable=False),
    Column("level", String(20), nullable=False),
    Column("role_before", String(100)),
    Column("permissions", JSON, nullable=False),
    Column("sources", JSON, nullable=False),
    Column("is_audio_muted_on_join", Boolean, nullable=False),
    Column("is_video_muted_on_join", Boolean, nullable=False),
    Column("metadata", JSON, nullable=False),
    Column("tracks", JSON, nullable=False),
    Column("presence", String(20), nullable=False),
    Column("hand_raised_at", UtcDateTime),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),
    UniqueConstraint("session_id", "identity"),
    Index("ix_participants_present", "session_id", "presence", "level"),
)

invites = Table(
    "invites",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("session_id", ForeignKey("sessions.id"), nullable=False, index=True),
    Column("participant_id", ForeignKey("participants.id"), nullable=False),
    Column("invited_by", ForeignKey("participants.id")),
    Column("promotion", JSON, nullable=False),
    Column("status", String(20), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_invites_due", "status", "expires_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("session_id", ForeignKey("sessions.id"), nullable=False),
    Column("sender_id", ForeignKey("participants.id"), nullable=False),
    Column("sender_name", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
    Index("ix_messages_history", "session_id", "sent_at"),
)

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("session_id", ForeignKey("sessions.id")),
    Column("title", String(200), nullable=False),
    Column("status", String(20), nullable=False, index=True),
    Column("reason", String(500)),
    Column("layout", String(40), nullable=False),
    Column("quality", String(20), nullable=False),
    Column("profile", String(20), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("live_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Index("ix_broadcasts_room", "room_id", "started_at"),
)

# The outbox: one row per event, in the transaction of its change (invariant 2). Feeds gateway and webhooks.
events = Table(
    "events",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("name", String(100), nullable=False),
    Column("recipients", JSON),  # null: everyone in the room; else a list of participant ids
    Column("at", UtcDateTime, nullable=False),
    Column("data", JSON, nullable=False),
    UniqueConstraint("room_id", "seq"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("scope", String(64), primary_key=True),  # whose key it is: a hash of the caller
    Column("key", String(200), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("status", Integer),  # null while the first request is running
    Column("body", JSON),
    Column("created_at", UtcDateTime, nullable=False),
)
