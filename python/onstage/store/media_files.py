"""Queries on files that may be played."""

from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, func, insert, select

from onstage.model.ids import MediaFileId, ProjectId, RoomId
from onstage.model.playbacks import MediaKind
from onstage.model.records import MediaFile
from onstage.store.database import Tx
from onstage.store.newest_first import newest_first
from onstage.store.tables import media_files


def _file(row: RowMapping) -> MediaFile:
    return MediaFile(
        id=MediaFileId(row["id"]),
        project_id=ProjectId(row["project_id"]),
        room_id=RoomId(row["room_id"]),
        server_id=row["server_id"],
        name=row["name"],
        kind=MediaKind(row["kind"]),
        size_bytes=row["size_bytes"],
        duration_ms=row["duration_ms"],
        width=row["width"],
        height=row["height"],
        created_at=row["created_at"],
    )


async def add(tx: Tx, file: MediaFile) -> None:
    """Insert a file."""
    values: dict[str, Any] = {column.name: getattr(file, column.name) for column in media_files.c}
    await tx.connection.execute(insert(media_files).values(values | {"kind": file.kind.value}))


_BY_ID = select(media_files).where(media_files.c.id == bindparam("media_id"))
_OF_ROOM = select(media_files).where(media_files.c.room_id == bindparam("room_id"))


async def get(tx: Tx, media_id: str) -> MediaFile | None:
    """The file of that id."""
    row = (await tx.connection.execute(_BY_ID, {"media_id": media_id})).mappings().first()
    return None if row is None else _file(row)


async def count(tx: Tx, room_id: str) -> int:
    """How many the room has."""
    query = select(func.count()).select_from(media_files).where(media_files.c.room_id == room_id)
    return int((await tx.connection.execute(query)).scalar_one())


async def page(tx: Tx, room_id: str, *, after: str | None, limit: int) -> list[MediaFile]:
    """The room's files, newest first, at most `limit`, from behind the id `after`."""
    ordered = newest_first(_OF_ROOM, media_files.c.created_at, media_files.c.id, after=after, limit=limit)
    return [_file(row) for row in (await tx.connection.execute(ordered, {"room_id": room_id})).mappings()]


async def ids_on(tx: Tx, server_id: str) -> list[str]:
    """The ids of the files that are on that server."""
    query = select(media_files.c.id).where(media_files.c.server_id == server_id)
    return list((await tx.connection.execute(query)).scalars())


async def ids_of(tx: Tx, room_id: str, server_id: str) -> list[str]:
    """The ids of the room's files that are on that server."""
    query = select(media_files.c.id).where(media_files.c.room_id == room_id, media_files.c.server_id == server_id)
    return list((await tx.connection.execute(query)).scalars())


async def remove(tx: Tx, media_id: str) -> None:
    """Take it away."""
    await tx.connection.execute(delete(media_files).where(media_files.c.id == media_id))
