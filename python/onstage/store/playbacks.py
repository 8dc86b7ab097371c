"""Queries on what is played into shows."""

from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, select, update

from onstage.model.ids import BroadcastId, MediaFileId, PlaybackId, ProjectId, RoomId
from onstage.model.playbacks import MediaKind, PlaybackEndReason, PlaybackStatus, ShownAs
from onstage.model.records import Playback
from onstage.store.database import Tx
from onstage.store.newest_first import newest_first
from onstage.store.tables import playbacks

_ENUMS = ("shown_as", "status", "reason", "kind")


def _playback(row: RowMapping) -> Playback:
    return Playback(
        id=PlaybackId(row["id"]),
        project_id=ProjectId(row["project_id"]),
        room_id=RoomId(row["room_id"]),
        broadcast_id=BroadcastId(row["broadcast_id"]),
        url=row["url"],
        media_id=None if row["media_id"] is None else MediaFileId(row["media_id"]),
        title=row["title"],
        shown_as=ShownAs(row["shown_as"]),
        status=PlaybackStatus(row["status"]),
        reason=None if row["reason"] is None else PlaybackEndReason(row["reason"]),
        detail=row["detail"],
        volume_percent=row["volume_percent"],
        is_muted=row["is_muted"],
        is_paused=row["is_paused"],
        is_looping=row["is_looping"],
        position_ms=row["position_ms"],
        position_at=row["position_at"],
        seeks=row["seeks"],
        kind=None if row["kind"] is None else MediaKind(row["kind"]),
        duration_ms=row["duration_ms"],
        width=row["width"],
        height=row["height"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
    )


def _values(playback: Playback) -> dict[str, Any]:
    values = {column.name: getattr(playback, column.name) for column in playbacks.c}
    return values | {name: None if values[name] is None else values[name].value for name in _ENUMS}


async def add(tx: Tx, playback: Playback) -> None:
    """Insert a playback."""
    await tx.connection.execute(insert(playbacks).values(_values(playback)))


async def save(tx: Tx, playback: Playback) -> None:
    """Write it as it is now."""
    query = update(playbacks).where(playbacks.c.id == playback.id)
    await tx.connection.execute(query.values(_values(playback)))


_BY_ID = select(playbacks).where(playbacks.c.id == bindparam("playback_id"))
_OF_BROADCAST = select(playbacks).where(playbacks.c.broadcast_id == bindparam("broadcast_id"))
_ACTIVE_OF = _OF_BROADCAST.where(playbacks.c.status != PlaybackStatus.ENDED.value)
_IN_ORDER = _ACTIVE_OF.order_by(playbacks.c.created_at, playbacks.c.id)


async def get(tx: Tx, playback_id: str) -> Playback | None:
    """The playback of that id."""
    row = (await tx.connection.execute(_BY_ID, {"playback_id": playback_id})).mappings().first()
    return None if row is None else _playback(row)


async def active_of(tx: Tx, broadcast_id: str) -> list[Playback]:
    """What is loading or playing in the broadcast, in the order it was asked for."""
    rows = (await tx.connection.execute(_IN_ORDER, {"broadcast_id": broadcast_id})).mappings()
    return [_playback(row) for row in rows]


async def page(tx: Tx, broadcast_id: str, *, after: str | None, limit: int) -> list[Playback]:
    """The broadcast's playbacks, newest first, at most `limit`, from behind the id `after`."""
    ordered = newest_first(_OF_BROADCAST, playbacks.c.created_at, playbacks.c.id, after=after, limit=limit)
    return [_playback(row) for row in (await tx.connection.execute(ordered, {"broadcast_id": broadcast_id})).mappings()]
