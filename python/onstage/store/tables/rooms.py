"""Rooms, codes, sessions, bans."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from onstage.store.tables.base import COUNT, UtcDateTime, metadata

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
    Column("seq", COUNT, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("settings", JSON, nullable=False, server_default="{}"),
    Column("deleted_at", UtcDateTime),
    UniqueConstraint("project_id", "name"),
    Index("ix_rooms_newest", "project_id", "created_at", "id"),
)

room_codes = Table(
    "room_codes",
    metadata,
    Column("code", String(20), primary_key=True),
    Column("room_id", ForeignKey("rooms.id"), nullable=False, index=True),
    Column("role", String(100), nullable=False),
    Column("key_id", String(40)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("max_uses", Integer),
    Column("uses", Integer, nullable=False, server_default="0"),
    Column("last_used_at", UtcDateTime),
    Column("expires_at", UtcDateTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("room_name", String(200), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("end_reason", String(200)),
    Column("ends_at", UtcDateTime, index=True),
    Column("idle_ends_at", UtcDateTime, index=True),
    Column("peaks", JSON, nullable=False, server_default="{}"),
    Column("peak_total", Integer, nullable=False, server_default="0"),
    Index("ix_sessions_project", "project_id", "started_at"),
    Index("ix_sessions_room", "room_id", "started_at"),
    Index(
        "uq_sessions_open",
        "room_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

bans = Table(
    "bans",
    metadata,
    Column("room_id", ForeignKey("rooms.id"), primary_key=True),
    Column("identity", String(200), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("reason", String(500)),
    Column("banned_by", ForeignKey("participants.id")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, index=True),
)
