"""Server processes, what each has taken on, and the answers kept for idempotency keys."""

from sqlalchemy import JSON, Column, Integer, String, Table

from onstage.store.tables.base import UtcDateTime, metadata

servers = Table(
    "servers",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("url", String(500)),  # where other servers reach it
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

# A job that only one server does at a time.
leases = Table(
    "leases",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("holder", String(40), nullable=False),
    Column("held_until", UtcDateTime, nullable=False),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("scope", String(64), primary_key=True),  # whose key it is: a hash of the caller
    Column("key", String(200), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("owner", String(40)),  # the request that may keep its answer; null when it has given up
    Column("done_at", UtcDateTime),  # written by the very transaction that carries it out
    Column("status", Integer),  # null until the answer is kept
    Column("body", JSON),
    Column("created_at", UtcDateTime, nullable=False),
)
