"""Queries on idempotency keys: whose each is, whether what it was for is done, and what it was answered."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, insert, select, update

from onstage.store.database import Tx
from onstage.store.tables import idempotency_keys as keys


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What is kept for a key: `status` is None without an answer, `owner` when none will come any more."""

    request_hash: str
    owner: str | None
    done_at: datetime | None
    status: int | None
    body: str | None  # sealed, but for what `actions/idempotency` hands on


@dataclass(frozen=True, slots=True)
class Slot:
    """A key of a caller, and the request that took it."""

    scope: str
    key: str
    owner: str

    def params(self) -> dict[str, str]:
        """What the queries name it by."""
        return {"its_scope": self.scope, "its_key": self.key, "its_owner": self.owner}


_IS_IT = and_(keys.c.scope == bindparam("its_scope"), keys.c.key == bindparam("its_key"))
_IS_OWN = and_(_IS_IT, keys.c.owner == bindparam("its_owner"))
_GET = select(keys).where(_IS_IT)


async def get(tx: Tx, scope: str, key: str) -> KeptAnswer | None:
    """What is kept for that key."""
    row = (await tx.connection.execute(_GET, {"its_scope": scope, "its_key": key})).mappings().first()
    if row is None:
        return None
    return KeptAnswer(row["request_hash"], row["owner"], row["done_at"], row["status"], row["body"])


_RESERVE = insert(keys)


async def reserve(tx: Tx, slot: Slot, *, request_hash: str, now: datetime) -> None:
    """Take the key for a request that starts."""
    row = {"scope": slot.scope, "key": slot.key, "owner": slot.owner, "request_hash": request_hash, "created_at": now}
    await tx.connection.execute(_RESERVE, row)


_WRITE = update(keys).where(_IS_OWN)


async def mark_done(tx: Tx, slot: Slot, *, now: datetime) -> bool:
    """Write, with what is done for the key, that it is; False when the key is another request's by now, or nobody's.

    From here to the end of the transaction nobody else can give the key away: PostgreSQL holds the row.
    """
    return (await tx.connection.execute(_WRITE, {**slot.params(), "done_at": now})).rowcount == 1


async def finish(tx: Tx, slot: Slot, *, status: int, body: str | None) -> None:
    """Keep the answer, unless the key is another request's by now."""
    await tx.connection.execute(_WRITE, {**slot.params(), "status": status, "body": body})


_RELEASE = delete(keys).where(_IS_OWN, keys.c.done_at.is_(None))
_GIVE_UP = update(keys).where(_IS_OWN).values(owner=None)


async def release(tx: Tx, slot: Slot) -> None:
    """Give the key back if nothing was done for it; else write that its answer will not come."""
    await tx.connection.execute(_RELEASE, slot.params())
    await tx.connection.execute(_GIVE_UP, slot.params())


_HAS_NOTHING = and_(keys.c.status.is_(None), keys.c.done_at.is_(None))
_FORGET_UNFINISHED = delete(keys).where(_IS_IT, _HAS_NOTHING, keys.c.created_at < bindparam("before"))


async def forget_unfinished(tx: Tx, scope: str, key: str, *, before: datetime) -> None:
    """Delete a reservation of that key that is older, and for which nothing was done."""
    await tx.connection.execute(_FORGET_UNFINISHED, {"its_scope": scope, "its_key": key, "before": before})


async def forget_before(tx: Tx, moment: datetime) -> None:
    """Delete what is older."""
    await tx.connection.execute(delete(keys).where(keys.c.created_at < moment))
