"""What apps put on a show's timeline."""

from sqlalchemy import Column, Float, ForeignKey, Index, String, Table, Text

from onstage.store.tables.base import UtcDateTime, metadata

timed_metadata = Table(
    "timed_metadata",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("broadcast_id", ForeignKey("broadcasts.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("payload", Text, nullable=False),
    Column("shape", String(20), nullable=False),
    Column("mark", String(20)),  # none: an app sent it
    Index("ix_timed_metadata_broadcast", "broadcast_id", "at"),
)

captions = Table(
    "captions",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("broadcast_id", ForeignKey("broadcasts.id"), nullable=False),
    Column("language", String(50), nullable=False),
    Column("starts_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
    Index("ix_captions_broadcast", "broadcast_id", "starts_at"),
)
