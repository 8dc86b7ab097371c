"""Queries on idempotency keys: what a POST with that key was answered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from onstage.store.database import Tx
from onstage.store.tables import idempotency_keys as keys


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The first answer to a key; `status` is None while its request is still running."""

    request_hash: str
    status: int | None
    body: str | None  # sealed, but for what `actions/idempotency` hands on


async def get(tx: Tx, scope: str, key: str) -> KeptAnswer | None:
    """What is kept for that key."""
    query = select(keys).where(keys.c.scope == scope, keys.c.key == key)
    row = (await tx.connection.execute(query)).mappings().first()
    return None if row is None else KeptAnswer(row["request_hash"], row["status"], row["body"])


async def reserve(tx: Tx, scope: str, key: str, *, request_hash: str, now: datetime) -> None:
    """Take the key for a request that starts."""
    await tx.connection.execute(insert(keys).values(scope=scope, key=key, request_hash=request_hash, created_at=now))


async def finish(tx: Tx, scope: str, key: str, *, status: int, body: str | None) -> None:
    """Keep the answer."""
    query = update(keys).where(keys.c.scope == scope, keys.c.key == key)
    await tx.connection.execute(query.values(status=status, body=body))


async def release(tx: Tx, scope: str, key: str) -> None:
    """Give the key back: its request changed nothing."""
    await tx.connection.execute(delete(keys).where(keys.c.scope == scope, keys.c.key == key))


async def forget_unfinished(tx: Tx, scope: str, key: str, *, before: datetime) -> None:
    """Delete a reservation of that key that is older and has no answer."""
    abandoned = delete(keys).where(keys.c.scope == scope, keys.c.key == key, keys.c.status.is_(None))
    await tx.connection.execute(abandoned.where(keys.c.created_at < before))


async def forget_before(tx: Tx, moment: datetime) -> None:
    """Delete what is older."""
    await tx.connection.execute(delete(keys).where(keys.c.created_at < moment))
