"""Assets of recordings."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from onstage.store.tables.base import COUNT, UtcDateTime, metadata

assets = Table(
    "assets",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("recording_id", ForeignKey("recordings.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("name", String(100), nullable=False),
    Column("rendition", String(40)),
    Column("status", String(20), nullable=False),
    Column("reason", String(40)),
    Column("size_bytes", COUNT),
    Column("revision", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ready_at", UtcDateTime),
    UniqueConstraint("recording_id", "name"),
    Index("ix_assets_status", "status", "created_at"),
)
