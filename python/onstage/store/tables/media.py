"""Files that may be played into a show, and what is played."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table

from onstage.store.tables.base import UtcDateTime, metadata

media_files = Table(
    "media_files",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("server_id", String(40), nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("duration_ms", Integer),
    Column("width", Integer),
    Column("height", Integer),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_media_files_room", "room_id", "created_at"),
)

playbacks = Table(
    "playbacks",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("room_id", ForeignKey("rooms.id"), nullable=False),
    Column("broadcast_id", ForeignKey("broadcasts.id"), nullable=False),
    Column("url", String(2000)),
    Column("media_id", String(40)),
    Column("title", String(200), nullable=False),
    Column("shown_as", String(10), nullable=False),
    Column("status", String(10), nullable=False),
    Column("reason", String(20)),
    Column("detail", String(500)),
    Column("volume_percent", Integer, nullable=False),
    Column("is_muted", Boolean, nullable=False),
    Column("is_paused", Boolean, nullable=False),
    Column("is_looping", Boolean, nullable=False),
    Column("position_ms", Integer, nullable=False),
    Column("position_at", UtcDateTime, nullable=False),
    Column("seeks", Integer, nullable=False),
    Column("kind", String(10)),
    Column("duration_ms", Integer),
    Column("width", Integer),
    Column("height", Integer),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Index("ix_playbacks_broadcast", "broadcast_id", "created_at"),
)
