"""Queries on the session's key-value store. A deleted key keeps its row, and so its version."""

from dataclasses import dataclass

from sqlalchemy import RowMapping, bindparam, delete, func, insert, select

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


_IS_OF_SESSION = state.c.session_id == bindparam("session_id")
_IS_KEY = state.c.key == bindparam("key")
_REMOVE = delete(state).where(_IS_OF_SESSION, _IS_KEY)
_ADD = insert(state)


async def put(tx: Tx, entry: StateEntry, *, size: int) -> None:
    """Write the key, in place of what it was."""
    which = {"session_id": entry.session_id, "key": entry.key}
    content = {
        "value": entry.value,
        "size": size,
        "version": entry.version,
        "updated_by": entry.updated_by,
        "updated_at": entry.updated_at,
    }
    await tx.connection.execute(_REMOVE, which)
    await tx.connection.execute(_ADD, {**which, **content})


_GET = select(state).where(_IS_OF_SESSION, _IS_KEY)


async def get(tx: Tx, session_id: str, key: str) -> StateEntry | None:
    """The key as it is, which may be deleted."""
    row = (await tx.connection.execute(_GET, {"session_id": session_id, "key": key})).mappings().first()
    return None if row is None else _entry(row)


_WHOLE = select(state).where(_IS_OF_SESSION, state.c.value.is_not(None))


async def whole(tx: Tx, session_id: str) -> list[StateEntry]:
    """The session's keys that are not deleted, sorted."""
    rows = (await tx.connection.execute(_WHOLE, {"session_id": session_id})).mappings()
    # Not by the database, whose order of strings is its locale's; clients sort by code unit.
    return sorted(map(_entry, rows), key=lambda entry: entry.key)


_MEASURE = select(func.count(state.c.value), func.count(), func.coalesce(func.sum(state.c.size), 0)).where(
    _IS_OF_SESSION, state.c.key != bindparam("without")
)


async def measure(tx: Tx, session_id: str, *, without: str) -> StateSize:
    """How much the session's store holds beside that key."""
    measured = await tx.connection.execute(_MEASURE, {"session_id": session_id, "without": without})
    keys, keys_ever, total = measured.one()
    return StateSize(int(keys), int(keys_ever), int(total))
