"""Queries on room codes."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, delete, insert, or_, select, update

from onstage.model.ids import RoomId
from onstage.model.records import RoomCode
from onstage.store.database import Tx
from onstage.store.tables import projects, room_codes, rooms


def _code(row: RowMapping) -> RoomCode:
    return RoomCode(
        code=row["code"],
        room_id=RoomId(row["room_id"]),
        role=row["role"],
        created_at=row["created_at"],
        max_uses=row["max_uses"],
        uses=row["uses"],
        last_used_at=row["last_used_at"],
        expires_at=row["expires_at"],
        key_id=row["key_id"],
    )


async def add(tx: Tx, code: RoomCode) -> None:
    """Insert a room code."""
    await tx.connection.execute(
        insert(room_codes).values(
            code=code.code,
            room_id=code.room_id,
            role=code.role,
            created_at=code.created_at,
            max_uses=code.max_uses,
            uses=code.uses,
            expires_at=code.expires_at,
            key_id=code.key_id,
        )
    )


_GET = (
    select(room_codes)
    .join(rooms, rooms.c.id == room_codes.c.room_id)
    .join(projects, projects.c.id == rooms.c.project_id)
    .where(rooms.c.deleted_at.is_(None), projects.c.deleted_at.is_(None))
    .where(room_codes.c.code == bindparam("code"))
)


async def get(tx: Tx, code: str) -> RoomCode | None:
    """The room code, if it is one, and its room and project are still there."""
    row = (await tx.connection.execute(_GET, {"code": code})).mappings().first()
    return None if row is None else _code(row)


_USE = (
    update(room_codes)
    .where(
        room_codes.c.code == bindparam("which"),
        or_(room_codes.c.max_uses.is_(None), room_codes.c.uses < room_codes.c.max_uses),
        or_(room_codes.c.expires_at.is_(None), room_codes.c.expires_at > bindparam("at")),
    )
    .values(uses=room_codes.c.uses + 1)
)


async def use(tx: Tx, code: str, *, at: datetime) -> bool:
    """Count a use, if there is one left at that moment."""
    counted = await tx.connection.execute(_USE, {"which": code, "at": at, "last_used_at": at})
    return counted.rowcount == 1


async def of_room(tx: Tx, room_id: str) -> Sequence[RoomCode]:
    """The room's codes, oldest first."""
    query = select(room_codes).where(room_codes.c.room_id == room_id)
    rows = await tx.connection.execute(query.order_by(room_codes.c.created_at, room_codes.c.code))
    return [_code(row) for row in rows.mappings()]


async def remove(tx: Tx, room_id: str, code: str) -> bool:
    """Delete the room's code; False if there was none."""
    query = delete(room_codes).where(room_codes.c.room_id == room_id, room_codes.c.code == code)
    return (await tx.connection.execute(query)).rowcount == 1
