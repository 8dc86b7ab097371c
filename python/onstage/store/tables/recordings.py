"""Recordings."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, false

from onstage.store.tables.base import COUNT, UtcDateTime, metadata

recordings = Table(
    "recordings",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("broadcast_id", ForeignKey("broadcasts.id"), nullable=False, index=True),
    Column("title", String(200), nullable=False),
    Column("status", String(20), nullable=False, index=True),
    Column("spans", JSON, nullable=False),
    Column("is_incomplete", Boolean, nullable=False, server_default=false()),
    Column("keep_days", Integer),
    Column("reason", String(40)),
    Column("duration_s", Float),
    Column("size_bytes", COUNT),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("ready_at", UtcDateTime),
    Index("ix_recordings_project", "project_id", "started_at"),
)
