"""Broadcasts."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table

from onstage.store.tables.base import UtcDateTime, metadata

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
    Column("layout", JSON, nullable=False),
    Column("look", JSON, nullable=False, server_default="{}"),
    Column("canvas", String(10), nullable=False, server_default="16:9"),
    Column("quality", String(20)),  # none: a ladder of its own
    Column("ladder", JSON, nullable=False),
    Column("encoder", String(20), nullable=False, server_default="libx264"),
    Column("profile", String(20), nullable=False),
    Column("captions", JSON, nullable=False, server_default="[]"),
    Column("started_at", UtcDateTime, nullable=False),
    Column("live_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("server_id", String(40), index=True),
    Column("outputs", JSON, nullable=False, server_default="[]"),
    Column("max_duration_s", Integer),
    Column("dvr_window_s", Integer, nullable=False, server_default="0"),
    Column("marks", JSON, nullable=False, server_default="[]"),
    Column("degraded", JSON, nullable=False, server_default="[]"),
    Column("mix", JSON, nullable=False, server_default="{}"),
    Index("ix_broadcasts_room", "room_id", "started_at"),
    Index("ix_broadcasts_over", "room_id", "ended_at"),
)
