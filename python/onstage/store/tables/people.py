"""Participants, their connections and invites, and the stretches of time they spent at a level."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from onstage.store.tables.base import COUNT, UtcDateTime, metadata

_HAS_HAND_UP = text("hand_raised_at IS NOT NULL")

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
    Column("attributes", JSON, nullable=False, server_default="{}"),
    Column("extra_permissions", JSON, nullable=False, server_default="[]"),
    Column("priority", Integer, nullable=False, server_default="5"),
    Column("is_chat_muted", Boolean, nullable=False, server_default=false()),
    Column("is_backstage", Boolean, nullable=False, server_default=false()),
    Column("role_seq", COUNT, nullable=False, server_default="0"),
    Column("joined_seq", COUNT, nullable=False, server_default="0"),
    Column("subscribe_to", JSON(none_as_null=True)),
    Column("removes_at", UtcDateTime, index=True),
    Column("token_id", String(64)),
    Column("key_id", String(40)),
    Column("let_in_by", String(40)),
    # When they have left, unless gateway or engine tie them to the room before. Null while something does.
    Column("leaves_at", UtcDateTime, index=True),
    UniqueConstraint("session_id", "identity"),
    # So that among ten thousand viewers the few of a role are counted, and the few hands found, without looking at all.
    Index("ix_participants_present", "session_id", "presence", "level"),
    Index("ix_participants_role", "session_id", "presence", "role"),
    Index(
        "ix_participants_hands",
        "session_id",
        "presence",
        "hand_raised_at",
        "id",
        sqlite_where=_HAS_HAND_UP,
        postgresql_where=_HAS_HAND_UP,
    ),
)

# What ties a participant to the room now (design §10.5): a gateway connection of one server, or the engine's.
connections = Table(
    "connections",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("participant_id", ForeignKey("participants.id"), nullable=False, index=True),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("kind", String(20), nullable=False),  # gateway | engine
    Column("server_id", String(40), index=True),  # null: the engine's
    Column("connected_at", UtcDateTime, nullable=False),
)

stretches = Table(
    "stretches",
    metadata,
    Column("number", COUNT, primary_key=True, autoincrement=True),
    Column("session_id", ForeignKey("sessions.id"), nullable=False),
    Column("participant_id", ForeignKey("participants.id"), nullable=False, index=True),
    Column("level", String(20), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index("ix_stretches_level", "session_id", "level", "ended_at"),
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
