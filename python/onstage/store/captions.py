"""Queries on captions."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, bindparam, func, insert, select

from onstage.model.captions import LONGEST_S, Caption
from onstage.model.ids import BroadcastId
from onstage.store.database import Tx
from onstage.store.tables import captions


def _caption(row: RowMapping) -> Caption:
    return Caption(
        id=row["id"],
        broadcast_id=BroadcastId(row["broadcast_id"]),
        language=row["language"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        text=row["text"],
    )


async def add(tx: Tx, cues: Sequence[Caption]) -> None:
    """Insert them."""
    await tx.connection.execute(
        insert(captions),
        [
            {
                "id": cue.id,
                "broadcast_id": cue.broadcast_id,
                "language": cue.language,
                "starts_at": cue.starts_at,
                "ends_at": cue.ends_at,
                "text": cue.text,
            }
            for cue in cues
        ],
    )


_SINCE = (
    select(captions)
    .where(captions.c.broadcast_id == bindparam("broadcast_id"), captions.c.ends_at >= bindparam("since"))
    .order_by(captions.c.starts_at, captions.c.id)
)


_COUNT = select(func.count()).where(
    captions.c.broadcast_id == bindparam("broadcast_id"), captions.c.starts_at >= bindparam("since")
)


async def count_since(tx: Tx, broadcast_id: str, moment: datetime) -> int:
    """How many start at that moment of the broadcast or later."""
    return (await tx.connection.execute(_COUNT, {"broadcast_id": broadcast_id, "since": moment})).scalar_one()


async def since(tx: Tx, broadcast_id: str, moment: datetime) -> list[Caption]:
    """What ends at that moment of the broadcast or later, the first one first."""
    rows = (await tx.connection.execute(_SINCE, {"broadcast_id": broadcast_id, "since": moment})).mappings()
    return [_caption(row) for row in rows]


_BETWEEN = (
    select(captions)
    .where(
        captions.c.broadcast_id == bindparam("broadcast_id"),
        captions.c.language == bindparam("language"),
        captions.c.starts_at >= bindparam("earliest"),  # what the index goes by
        captions.c.starts_at < bindparam("until"),
        captions.c.ends_at > bindparam("since"),
    )
    .order_by(captions.c.starts_at, captions.c.id)
)


async def between(tx: Tx, broadcast_id: str, language: str, since: datetime, until: datetime) -> list[Caption]:
    """What is shown at any moment between these, the first one first."""
    asked: dict[str, object] = {"broadcast_id": broadcast_id, "language": language, "since": since, "until": until}
    asked["earliest"] = since - timedelta(seconds=LONGEST_S)
    rows = (await tx.connection.execute(_BETWEEN, asked)).mappings()
    return [_caption(row) for row in rows]
