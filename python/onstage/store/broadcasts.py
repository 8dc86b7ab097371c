"""Queries on broadcasts."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, and_, bindparam, exists, insert, or_, select, update

from onstage.model.captions import CaptionTrack
from onstage.model.degradation import Degradation
from onstage.model.ids import BroadcastId, ProjectId, RoomId, SessionId
from onstage.model.ladder import Ladder
from onstage.model.look import Look
from onstage.model.marks import Mark
from onstage.model.media import VideoEncoderName
from onstage.model.mix import Mix
from onstage.model.outputs import Outputs
from onstage.model.records import Broadcast, BroadcastReason, BroadcastStatus, CanvasShape, Layout, Quality
from onstage.store.database import Tx
from onstage.store.newest_first import newest_first
from onstage.store.tables import broadcasts, recordings

_OUTPUTS: TypeAdapter[Outputs] = TypeAdapter(Outputs)
_LADDER = TypeAdapter(Ladder)
_AT_A_TIME = 500
_ACTIVE = [status.value for status in BroadcastStatus if status.is_active]


def _broadcast(row: RowMapping) -> Broadcast:
    return Broadcast(
        id=BroadcastId(row["id"]),
        project_id=ProjectId(row["project_id"]),
        room_id=RoomId(row["room_id"]),
        session_id=None if row["session_id"] is None else SessionId(row["session_id"]),
        title=row["title"],
        status=BroadcastStatus(row["status"]),
        reason=None if row["reason"] is None else BroadcastReason(row["reason"]),
        layout=Layout.model_validate(row["layout"]),
        look=Look.model_validate(row["look"]),
        canvas=CanvasShape(row["canvas"]),
        quality=None if row["quality"] is None else Quality(row["quality"]),
        ladder=_LADDER.validate_python(row["ladder"]),
        encoder=VideoEncoderName(row["encoder"]),
        profile=row["profile"],
        captions=tuple(CaptionTrack.model_validate(one) for one in row["captions"]),
        started_at=row["started_at"],
        live_at=row["live_at"],
        ended_at=row["ended_at"],
        server_id=row["server_id"],
        outputs=_OUTPUTS.validate_python(row["outputs"]),
        max_duration_s=row["max_duration_s"],
        dvr_window_s=row["dvr_window_s"],
        mix=Mix.model_validate(row["mix"]),
        marks=tuple(Mark(one) for one in row["marks"]),
        degraded=tuple(Degradation(one) for one in row["degraded"]),
    )


def _values(broadcast: Broadcast) -> dict[str, Any]:
    """The columns that can change."""
    return {
        "session_id": broadcast.session_id,
        "title": broadcast.title,
        "status": broadcast.status.value,
        "reason": broadcast.reason,
        "layout": broadcast.layout.model_dump(mode="json"),
        "mix": broadcast.mix.model_dump(mode="json"),
        "look": broadcast.look.model_dump(mode="json"),
        "live_at": broadcast.live_at,
        "ended_at": broadcast.ended_at,
        "degraded": [one.value for one in broadcast.degraded],
        "marks": [one.value for one in broadcast.marks],
        "outputs": _OUTPUTS.dump_python(broadcast.outputs, mode="json"),
    }


async def add(tx: Tx, broadcast: Broadcast) -> None:
    """Insert a broadcast."""
    fixed = {
        "id": broadcast.id,
        "project_id": broadcast.project_id,
        "room_id": broadcast.room_id,
        "canvas": broadcast.canvas.value,
        "quality": None if broadcast.quality is None else broadcast.quality.value,
        "ladder": _LADDER.dump_python(broadcast.ladder, mode="json"),
        "encoder": broadcast.encoder.value,
        "profile": broadcast.profile,
        "captions": [one.model_dump(mode="json") for one in broadcast.captions],
        "started_at": broadcast.started_at,
        "server_id": broadcast.server_id,
        "max_duration_s": broadcast.max_duration_s,
        "dvr_window_s": broadcast.dvr_window_s,
    }
    await tx.connection.execute(insert(broadcasts).values(**fixed, **_values(broadcast)))


async def save(tx: Tx, broadcast: Broadcast) -> None:
    """Write what of a broadcast can change."""
    query = update(broadcasts).where(broadcasts.c.id == broadcast.id)
    await tx.connection.execute(query.values(**_values(broadcast)))


_BY_ID = select(broadcasts).where(broadcasts.c.id == bindparam("broadcast_id"))


async def get(tx: Tx, broadcast_id: str) -> Broadcast | None:
    """The broadcast of that id."""
    row = (await tx.connection.execute(_BY_ID, {"broadcast_id": broadcast_id})).mappings().first()
    return None if row is None else _broadcast(row)


_OF_ROOM = select(broadcasts).where(broadcasts.c.room_id == bindparam("room_id"))
_NEWEST_FIRST = (broadcasts.c.started_at.desc(), broadcasts.c.id.desc())
_ACTIVE_IN = _OF_ROOM.where(broadcasts.c.status.in_(_ACTIVE)).order_by(*_NEWEST_FIRST)


async def active_in(tx: Tx, room_id: str) -> list[Broadcast]:
    """The room's broadcasts that are starting, live or stopping, newest first."""
    rows = (await tx.connection.execute(_ACTIVE_IN, {"room_id": room_id})).mappings()
    return [_broadcast(row) for row in rows]


async def any_since(tx: Tx, room_id: str, moment: datetime) -> bool:
    """Whether the room has had a broadcast at that moment or later."""
    lasted = or_(broadcasts.c.ended_at.is_(None), broadcasts.c.ended_at >= moment)
    query = select(broadcasts.c.id).where(broadcasts.c.room_id == room_id, lasted)
    return (await tx.connection.execute(query.limit(1))).first() is not None


_OVER_IN = _OF_ROOM.where(broadcasts.c.ended_at.is_not(None))
_LAST_OVER_IN = newest_first(_OVER_IN, broadcasts.c.ended_at, broadcasts.c.id, after=None, limit=1)


async def last_over_in(tx: Tx, room_id: str) -> Broadcast | None:
    """Of the room's broadcasts that are over, the last to end."""
    row = (await tx.connection.execute(_LAST_OVER_IN, {"room_id": room_id})).mappings().first()
    return None if row is None else _broadcast(row)


async def to_watch(tx: Tx, room_id: str) -> Broadcast | None:
    """The broadcast that the room's viewers are led to: the newest that is live, else that runs, else the last."""
    running = await active_in(tx, room_id)
    live = [one for one in running if one.status is BroadcastStatus.LIVE]
    return next(iter(live + running), None) or await last_over_in(tx, room_id)


async def all_active(tx: Tx) -> list[Broadcast]:
    """Every broadcast that should have a composer."""
    rows = (await tx.connection.execute(select(broadcasts).where(broadcasts.c.status.in_(_ACTIVE)))).mappings()
    return [_broadcast(row) for row in rows]


async def active_on(tx: Tx, server_id: str) -> list[Broadcast]:
    """What should have a composer on that server, oldest first; those of before servers had names as well."""
    is_its = or_(broadcasts.c.server_id == server_id, broadcasts.c.server_id.is_(None))
    query = select(broadcasts).where(broadcasts.c.status.in_(_ACTIVE), is_its)
    query = query.order_by(broadcasts.c.started_at, broadcasts.c.id)
    return [_broadcast(row) for row in (await tx.connection.execute(query)).mappings()]


async def wanted_of(tx: Tx, ids: Collection[str], server_id: str, *, others: Collection[str] | None = None) -> set[str]:
    """Those of `ids` whose media is needed: it runs, is recorded, or is another server's to clear away.

    `others` are the servers that clear away by themselves; all but this one when None.
    """
    is_recorded = exists().where(recordings.c.broadcast_id == broadcasts.c.id)
    is_anothers = and_(broadcasts.c.server_id.is_not(None), broadcasts.c.server_id != server_id)
    if others is not None:
        is_anothers = and_(is_anothers, broadcasts.c.server_id.in_(others))
    query = select(broadcasts.c.id).where(or_(broadcasts.c.status.in_(_ACTIVE), is_anothers, is_recorded))
    wanted, asked = set[str](), list(ids)
    for first in range(0, len(asked), _AT_A_TIME):
        some = query.where(broadcasts.c.id.in_(asked[first : first + _AT_A_TIME]))
        wanted |= set((await tx.connection.execute(some)).scalars())
    return wanted


async def unrecorded_on(tx: Tx, ids: Collection[str], server_id: str) -> list[Broadcast]:
    """Those of `ids` that are that server's, and of which there is no recording any more."""
    is_recorded = exists().where(recordings.c.broadcast_id == broadcasts.c.id)
    is_its = or_(broadcasts.c.server_id == server_id, broadcasts.c.server_id.is_(None))
    query = select(broadcasts).where(broadcasts.c.id.in_(ids), is_its, ~is_recorded)
    return [_broadcast(row) for row in (await tx.connection.execute(query)).mappings()]


async def page(tx: Tx, room_id: str, *, after: str | None, limit: int) -> list[Broadcast]:
    """The room's broadcasts, newest first, at most `limit`, from behind the id `after`."""
    ordered = newest_first(_OF_ROOM, broadcasts.c.started_at, broadcasts.c.id, after=after, limit=limit)
    return [_broadcast(row) for row in (await tx.connection.execute(ordered, {"room_id": room_id})).mappings()]
