"""Queries on rooms."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, bindparam, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from onstage.model.filters import RoomFilter
from onstage.model.ids import ProjectId, RoomId
from onstage.model.records import Room
from onstage.model.room_settings import RoomSettings
from onstage.store.database import Tx
from onstage.store.newest_first import newest_first
from onstage.store.tables import bans, media_files, recordings, room_codes, rooms, sessions, webhook_endpoints


def _room(row: RowMapping) -> Room:
    return Room(
        id=RoomId(row["id"]),
        project_id=ProjectId(row["project_id"]),
        name=row["name"],
        title=row["title"],
        template=row["template"],
        is_locked=row["is_locked"],
        metadata=row["metadata"],
        seq=row["seq"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        settings=RoomSettings.model_validate(row["settings"]),
        deleted_at=row["deleted_at"],
    )


def _values(room: Room) -> dict[str, Any]:
    """The columns that can change, but for `seq`."""
    return {
        "name": room.name,
        "title": room.title,
        "template": room.template,
        "is_locked": room.is_locked,
        "metadata": room.metadata,
        "updated_at": room.updated_at,
        "settings": room.settings.model_dump(mode="json"),
        "deleted_at": room.deleted_at,
    }


async def _first(tx: Tx, query: Select[tuple[object, ...]], **which: str) -> Room | None:
    row = (await tx.connection.execute(query, which)).mappings().first()
    return None if row is None else _room(row)


_ADD = insert(rooms)


async def add(tx: Tx, room: Room) -> None:
    """Insert a room."""
    fixed = {"id": room.id, "project_id": room.project_id, "seq": room.seq, "created_at": room.created_at}
    await tx.connection.execute(_ADD, {**fixed, **_values(room)})


async def try_add(tx: Tx, room: Room) -> bool:
    """Insert a room; False, and nothing is changed, if somebody else has taken its name meanwhile."""
    try:
        async with tx.connection.begin_nested():
            await add(tx, room)
    except IntegrityError:
        return False
    return True


async def try_rename(tx: Tx, room_id: str, name: str) -> bool:
    """Give a room another name; False, and nothing is changed, if the name is taken."""
    try:
        async with tx.connection.begin_nested():
            await tx.connection.execute(update(rooms).where(rooms.c.id == room_id).values(name=name))
    except IntegrityError:
        return False
    return True


_SAVE = update(rooms).where(rooms.c.id == bindparam("room_id"))


async def save(tx: Tx, room: Room) -> None:
    """Write what of a room can change, but for its `seq`."""
    await tx.connection.execute(_SAVE, {"room_id": room.id, **_values(room)})


async def delete(tx: Tx, room: Room, *, at: datetime) -> None:
    """Write the room as deleted, which leaves its name to others, and take away its codes, bans and media."""
    await tx.connection.execute(update(rooms).where(rooms.c.id == room.id).values(name=room.id, deleted_at=at))
    for table in (room_codes, bans, media_files):
        await tx.connection.execute(table.delete().where(table.c.room_id == room.id))


async def delete_webhooks(tx: Tx, *, deleted_by: datetime) -> None:
    """Take away the webhook endpoints, with their deliveries, of rooms that were deleted by then."""
    gone = select(rooms.c.id).where(rooms.c.deleted_at <= deleted_by)
    await tx.connection.execute(webhook_endpoints.delete().where(webhook_endpoints.c.room_id.in_(gone)))


_BY_ID = select(rooms).where(rooms.c.id == bindparam("room_id"))
# Rooms that are not deleted, by id or name; should one's name be another's id, the id wins.
_NAMED = (
    select(rooms)
    .where(rooms.c.project_id == bindparam("project_id"), rooms.c.deleted_at.is_(None))
    .where(or_(rooms.c.id == bindparam("room"), rooms.c.name == bindparam("room")))
    .order_by(rooms.c.id != bindparam("room"))
    .limit(1)
)
_DELETED = (
    select(rooms)
    .where(rooms.c.project_id == bindparam("project_id"), rooms.c.id == bindparam("room_id"))
    .where(rooms.c.deleted_at.is_not(None), exists().where(recordings.c.room_id == rooms.c.id))
)
# FOR NO KEY UPDATE: rows that refer to the room, such as connections, may be added meanwhile.
_BY_ID_HELD = _BY_ID.with_for_update(key_share=True)
_NAMED_HELD = _NAMED.with_for_update(key_share=True)


async def lock(tx: Tx, project_id: str, room: str) -> Room | None:
    """The project's room by id or name, held until the transaction ends: one change of a room at a time."""
    await tx.take_turns([f"{project_id} {room}"])
    return await _first(tx, _NAMED_HELD, project_id=project_id, room=room)


async def find(tx: Tx, project_id: str, room: str) -> Room | None:
    """The project's room by id or name, for reading."""
    return await _first(tx, _NAMED, project_id=project_id, room=room)


async def find_deleted(tx: Tx, project_id: str, room_id: str) -> Room | None:
    """The project's room of that id, if it was deleted and there are recordings of it."""
    return await _first(tx, _DELETED, project_id=project_id, room_id=room_id)


async def lock_id(tx: Tx, room_id: str) -> Room | None:
    """The room of that id, whatever its project, held until the transaction ends; also a deleted one."""
    await tx.take_turns([room_id])
    return await _first(tx, _BY_ID_HELD, room_id=room_id)


async def get(tx: Tx, room_id: str) -> Room | None:
    """The room of that id, whatever its project."""
    return await _first(tx, _BY_ID, room_id=room_id)


_HOLD_IDS = (
    select(rooms.c.id)
    .where(rooms.c.id.in_(bindparam("room_ids", expanding=True)))
    .order_by(rooms.c.id)
    .with_for_update(key_share=True)
)


async def lock_ids(tx: Tx, room_ids: Collection[str]) -> None:
    """Hold several rooms until the transaction ends. All who hold several take them in the order of their ids."""
    await tx.take_turns(room_ids)
    await tx.connection.execute(_HOLD_IDS, {"room_ids": list(room_ids)})


_NEXT_SEQ = update(rooms).where(rooms.c.id == bindparam("room_id")).values(seq=rooms.c.seq + 1).returning(rooms.c.seq)


async def next_seq(tx: Tx, room_id: str) -> int:
    """Take the room's next event number."""
    return int((await tx.connection.execute(_NEXT_SEQ, {"room_id": room_id})).scalar_one())


async def page(tx: Tx, project_id: str, which: RoomFilter, *, after: str | None, limit: int) -> Sequence[Room]:
    """The project's rooms, newest first, at most `limit`, from behind the id `after`."""
    alive = select(rooms).where(rooms.c.project_id == project_id, rooms.c.deleted_at.is_(None))
    query = newest_first(_narrowed(alive, which), rooms.c.created_at, rooms.c.id, after=after, limit=limit)
    return [_room(row) for row in (await tx.connection.execute(query)).mappings()]


def _narrowed(query: Select[tuple[object, ...]], which: RoomFilter) -> Select[tuple[object, ...]]:
    name = func.lower(rooms.c.name)
    if which.name_prefix is not None:
        query = query.where(name.startswith(which.name_prefix.lower(), autoescape=True))
    if which.name_contains is not None:
        query = query.where(name.contains(which.name_contains.lower(), autoescape=True))
    if which.template is not None:
        query = query.where(rooms.c.template == which.template)
    if which.is_active is not None:
        has_people = select(sessions.c.id).where(sessions.c.room_id == rooms.c.id, sessions.c.ended_at.is_(None))
        query = query.where(has_people.exists() if which.is_active else ~has_people.exists())
    if which.is_locked is not None:
        query = query.where(rooms.c.is_locked == which.is_locked)
    return query
