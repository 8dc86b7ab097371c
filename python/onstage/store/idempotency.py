"""Queries on idempotency keys: what a POST with that key was answered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, insert, select, update

from onstage.store.database import Tx
from onstage.store.tables import idempotency_keys as keys


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """The first answer to a key; `status` is None while its request is still running."""

    request_hash: str
    status: int | None
    body: str | None  # sealed, but for what `actions/idempotency` hands on


_IS_IT = and_(keys.c.scope == bindparam("its_scope"), keys.c.key == bindparam("its_key"))
_GET = select(keys).where(_IS_IT)


async def get(tx: Tx, scope: str, key: str) -> KeptAnswer | None:
    """What is kept for that key."""
    row = (await tx.connection.execute(_GET, {"its_scope": scope, "its_key": key})).mappings().first()
    return None if row is None else KeptAnswer(row["request_hash"], row["status"], row["body"])


_RESERVE = insert(keys)


async def reserve(tx: Tx, scope: str, key: str, *, request_hash: str, now: datetime) -> None:
    """Take the key for a request that starts."""
    row = {"scope": scope, "key": key, "request_hash": request_hash, "created_at": now}
    await tx.connection.execute(_RESERVE, row)


_FINISH = update(keys).where(_IS_IT)


async def finish(tx: Tx, scope: str, key: str, *, status: int, body: str | None) -> None:
    """Keep the answer."""
    await tx.connection.execute(_FINISH, {"its_scope": scope, "its_key": key, "status": status, "body": body})


_RELEASE = delete(keys).where(_IS_IT)


async def release(tx: Tx, scope: str, key: str) -> None:
    """Give the key back: its request changed nothing."""
    await tx.connection.execute(_RELEASE, {"its_scope": scope, "its_key": key})


_FORGET_UNFINISHED = _RELEASE.where(keys.c.status.is_(None), keys.c.created_at < bindparam("before"))


async def forget_unfinished(tx: Tx, scope: str, key: str, *, before: datetime) -> None:
    """Delete a reservation of that key that is older and has no answer."""
    await tx.connection.execute(_FORGET_UNFINISHED, {"its_scope": scope, "its_key": key, "before": before})


async def forget_before(tx: Tx, moment: datetime) -> None:
    """Delete what is older."""
    await tx.connection.execute(delete(keys).where(keys.c.created_at < moment))
