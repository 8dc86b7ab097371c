"""Queries on timed metadata."""

from datetime import datetime

from sqlalchemy import RowMapping, bindparam, func, insert, select

from onstage.model.ids import BroadcastId
from onstage.model.marks import Mark
from onstage.model.timed_metadata import PayloadShape, TimedMetadata
from onstage.store.database import Tx
from onstage.store.tables import timed_metadata


def _item(row: RowMapping) -> TimedMetadata:
    return TimedMetadata(
        id=row["id"],
        broadcast_id=BroadcastId(row["broadcast_id"]),
        at=row["at"],
        duration_s=row["duration_s"],
        payload=row["payload"],
        shape=PayloadShape(row["shape"]),
        mark=None if row["mark"] is None else Mark(row["mark"]),
    )


async def add(tx: Tx, item: TimedMetadata) -> None:
    """Insert it."""
    values = {
        "id": item.id,
        "broadcast_id": item.broadcast_id,
        "at": item.at,
        "duration_s": item.duration_s,
        "payload": item.payload,
        "shape": item.shape.value,
        "mark": item.mark,
    }
    await tx.connection.execute(insert(timed_metadata), values)


_SINCE = (
    select(timed_metadata)
    .where(timed_metadata.c.broadcast_id == bindparam("broadcast_id"), timed_metadata.c.at >= bindparam("since"))
    .order_by(timed_metadata.c.at, timed_metadata.c.id)
)
_COUNT = select(func.count()).where(
    timed_metadata.c.broadcast_id == bindparam("broadcast_id"), timed_metadata.c.at >= bindparam("since")
)
_COUNT_SENT = _COUNT.where(timed_metadata.c.mark.is_(None))
_MARKS = select(func.count(), func.max(timed_metadata.c.at, type_=timed_metadata.c.at.type)).where(
    timed_metadata.c.broadcast_id == bindparam("broadcast_id"),
    timed_metadata.c.at >= bindparam("since"),
    timed_metadata.c.mark.is_not(None),
)


async def since(tx: Tx, broadcast_id: str, moment: datetime) -> list[TimedMetadata]:
    """What lies at that moment of the broadcast and later, the first one first."""
    rows = (await tx.connection.execute(_SINCE, {"broadcast_id": broadcast_id, "since": moment})).mappings()
    return [_item(row) for row in rows]


async def count_since(tx: Tx, broadcast_id: str, moment: datetime) -> int:
    """How many of those apps sent."""
    return (await tx.connection.execute(_COUNT_SENT, {"broadcast_id": broadcast_id, "since": moment})).scalar_one()


async def marks_since(tx: Tx, broadcast_id: str, moment: datetime) -> tuple[int, datetime | None]:
    """How many of those are marks, and when the last one of them is."""
    row = (await tx.connection.execute(_MARKS, {"broadcast_id": broadcast_id, "since": moment})).one()
    return row[0], row[1]


_BETWEEN = _SINCE.where(timed_metadata.c.at < bindparam("until")).limit(bindparam("most"))


async def between(tx: Tx, broadcast_id: str, since: datetime, until: datetime, *, most: int) -> list[TimedMetadata]:
    """The first of what lies between these moments, in order."""
    asked = {"broadcast_id": broadcast_id, "since": since, "until": until, "most": most}
    rows = (await tx.connection.execute(_BETWEEN, asked)).mappings()
    return [_item(row) for row in rows]
