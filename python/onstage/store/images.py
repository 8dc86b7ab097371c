"""Queries on images."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from onstage.model.ids import ImageId, ProjectId
from onstage.model.records import StoredImage
from onstage.store.database import Tx
from onstage.store.tables import images

_FACTS = [column for column in images.c if column.name not in ("data", "used_at")]


async def of_content(tx: Tx, project_id: str, sha256: str) -> StoredImage | None:
    """The project's image of that content."""
    query = select(*_FACTS).where(images.c.project_id == project_id, images.c.sha256 == sha256)
    row = (await tx.connection.execute(query)).mappings().first()
    if row is None:
        return None
    return StoredImage(
        id=ImageId(row["id"]),
        project_id=ProjectId(row["project_id"]),
        sha256=row["sha256"],
        width=row["width"],
        height=row["height"],
        created_at=row["created_at"],
    )


async def add(tx: Tx, image: StoredImage, data: bytes) -> None:
    """Insert an image."""
    await tx.connection.execute(
        insert(images).values(
            id=image.id,
            project_id=image.project_id,
            sha256=image.sha256,
            width=image.width,
            height=image.height,
            data=data,
            created_at=image.created_at,
            used_at=image.created_at,
        )
    )


async def use(tx: Tx, project_id: str, ids: Sequence[str], now: datetime) -> set[str]:
    """Note that these are used; those of them that the project has."""
    if not ids:
        return set()
    is_one = (images.c.project_id == project_id) & images.c.id.in_(ids)
    await tx.connection.execute(update(images).where(is_one).values(used_at=now))
    return set((await tx.connection.execute(select(images.c.id).where(is_one))).scalars())


async def forget_unused(tx: Tx, project_id: str, *, keep: int) -> None:
    """Delete all of the project's images but those used last."""
    of_project = select(images.c.id).where(images.c.project_id == project_id)
    kept = of_project.order_by(images.c.used_at.desc(), images.c.id.desc()).limit(keep)
    newest = list((await tx.connection.execute(kept)).scalars())
    gone = delete(images).where(images.c.project_id == project_id, images.c.id.not_in(newest))
    await tx.connection.execute(gone)


async def data_of(tx: Tx, project_id: str, ids: Sequence[str]) -> dict[str, bytes]:
    """The files of those images that the project has, by id."""
    if not ids:
        return {}
    query = select(images.c.id, images.c.data).where(images.c.project_id == project_id, images.c.id.in_(ids))
    return {image_id: bytes(data) for image_id, data in (await tx.connection.execute(query)).all()}
