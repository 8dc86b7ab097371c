"""What lets people play a show and what takes it back, and how many play."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from onstage.store.tables.base import UtcDateTime, metadata

# Those that a project's server had made; what a join gives is nowhere kept.
playback_tokens = Table(
    "playback_tokens",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("label", String(200)),
    Column("identity", String(200)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("revoked_at", UtcDateTime),
    Index("ix_playback_tokens_newest", "room_id", "created_at", "id"),
)

# Who was shown out: tokens of that identity that were made until then are good no more.
playback_revocations = Table(
    "playback_revocations",
    metadata,
    Column("room_id", ForeignKey("rooms.id"), primary_key=True),
    Column("identity", String(200), primary_key=True),
    Column("issued_until", UtcDateTime, nullable=False),
    Column("forget_at", UtcDateTime, nullable=False, index=True),
)

# How many play a broadcast without being in its room, as the server counts that has it.
playback_counts = Table(
    "playback_counts",
    metadata,
    Column("broadcast_id", ForeignKey("broadcasts.id"), primary_key=True),
    Column("viewers", Integer, nullable=False),
    Column("peak", Integer, nullable=False),
    Column("counted_at", UtcDateTime, nullable=False),
)
