"""Queries on bans."""

from datetime import datetime

from sqlalchemy import Integer, RowMapping, bindparam, delete, insert, or_, select

from onstage.model.ids import ProjectId, RoomId
from onstage.model.records import Ban
from onstage.store.database import Tx
from onstage.store.tables import bans


def _ban(row: RowMapping) -> Ban:
    return Ban(
        project_id=ProjectId(row["project_id"]),
        room_id=RoomId(row["room_id"]),
        identity=row["identity"],
        reason=row["reason"],
        banned_by=row["banned_by"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
    )


_HOLDING = select(bans).where(
    bans.c.room_id == bindparam("room_id"), or_(bans.c.expires_at.is_(None), bans.c.expires_at > bindparam("now"))
)


async def put(tx: Tx, ban: Ban) -> None:
    """Write a ban in place of any that the identity has."""
    await remove(tx, ban.room_id, ban.identity)
    await tx.connection.execute(
        insert(bans).values(
            project_id=ban.project_id,
            room_id=ban.room_id,
            identity=ban.identity,
            reason=ban.reason,
            banned_by=ban.banned_by,
            created_at=ban.created_at,
            expires_at=ban.expires_at,
        )
    )


async def remove(tx: Tx, room_id: str, identity: str) -> None:
    """Delete the identity's ban."""
    await tx.connection.execute(delete(bans).where(bans.c.room_id == room_id, bans.c.identity == identity))


_GET = _HOLDING.where(bans.c.identity == bindparam("identity"))


async def get(tx: Tx, room_id: str, identity: str, *, now: datetime) -> Ban | None:
    """The identity's ban, if it still holds."""
    which = {"room_id": room_id, "identity": identity, "now": now}
    row = (await tx.connection.execute(_GET, which)).mappings().first()
    return None if row is None else _ban(row)


async def page(tx: Tx, room_id: str, *, now: datetime, after: str | None, limit: int) -> list[Ban]:
    """The room's bans that still hold, by identity, at most `limit`, from behind the identity `after`."""
    query = _HOLDING.order_by(bans.c.identity).limit(limit)
    if after is not None:
        query = query.where(bans.c.identity > after)
    rows = (await tx.connection.execute(query, {"room_id": room_id, "now": now})).mappings()
    return [_ban(row) for row in rows]


_DUE = (
    select(bans)
    .where(bans.c.expires_at <= bindparam("now"))
    .order_by(bans.c.expires_at)
    .limit(bindparam("limit", type_=Integer))
)


async def due(tx: Tx, now: datetime, *, limit: int) -> list[Ban]:
    """Bans that hold no more, of any room, at most `limit`."""
    return [_ban(row) for row in (await tx.connection.execute(_DUE, {"now": now, "limit": limit})).mappings()]


async def try_remove(tx: Tx, ban: Ban) -> bool:
    """Delete that very ban; False if somebody else did, or it is another one by now."""
    query = delete(bans).where(
        bans.c.room_id == ban.room_id, bans.c.identity == ban.identity, bans.c.expires_at == ban.expires_at
    )
    return (await tx.connection.execute(query)).rowcount == 1
