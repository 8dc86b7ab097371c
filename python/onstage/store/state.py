"""Queries on the session's key-value store. A deleted key keeps its row, and so its version."""

from dataclasses import dataclass

from sqlalchemy import RowMapping, delete, func, insert, select

from onstage.model.ids import SessionId
from onstage.model.records import StateEntry
from onstage.store.database import Tx
from onstage.store.tables import state


@dataclass(frozen=True, slots=True)
class StateSize:
    """How much a session's store holds."""

    keys: int
    keys_ever: int  # also the deleted ones
    total: int  # bytes


def _entry(row: RowMapping) -> StateEntry:
    return StateEntry(
        session_id=SessionId(row["session_id"]),
        key=row["key"],
        value=row["value"],
        version=row["version"],
        updated_by=row["updated_by"],
        updated_at=row["updated_at"],
    )


async def put(tx: Tx, entry: StateEntry, *, size: int) -> None:
    """Write the key, in place of what it was."""
    same = (state.c.session_id == entry.session_id, state.c.key == entry.key)
    await tx.connection.execute(delete(state).where(*same))
    await tx.connection.execute(
        insert(state).values(
            session_id=entry.session_id,
            key=entry.key,
            value=entry.value,
            size=size,
            version=entry.version,
            updated_by=entry.updated_by,
            updated_at=entry.updated_at,
        )
    )


async def get(tx: Tx, session_id: str, key: str) -> StateEntry | None:
    """The key as it is, which may be deleted."""
    query = select(state).where(state.c.session_id == session_id, state.c.key == key)
    row = (await tx.connection.execute(query)).mappings().first()
    return None if row is None else _entry(row)


async def whole(tx: Tx, session_id: str) -> list[StateEntry]:
    """The session's keys that are not deleted, sorted."""
    query = select(state).where(state.c.session_id == session_id, state.c.value.is_not(None))
    rows = (await tx.connection.execute(query)).mappings()
    # Not by the database, whose order of strings is its locale's; clients sort by code unit.
    return sorted(map(_entry, rows), key=lambda entry: entry.key)


async def measure(tx: Tx, session_id: str, *, without: str) -> StateSize:
    """How much the session's store holds beside that key."""
    query = select(func.count(state.c.value), func.count(), func.coalesce(func.sum(state.c.size), 0))
    beside = query.where(state.c.session_id == session_id, state.c.key != without)
    keys, keys_ever, total = (await tx.connection.execute(beside)).one()
    return StateSize(int(keys), int(keys_ever), int(total))
