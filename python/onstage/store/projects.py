"""Queries on projects."""

from sqlalchemy import RowMapping, Select, bindparam, insert, or_, select, update

from onstage.model.ids import ProjectId
from onstage.model.records import Project
from onstage.store.database import Tx
from onstage.store.newest_first import newest_first
from onstage.store.tables import broadcasts, projects, rooms, sessions


def _project(row: RowMapping) -> Project:
    origins = row["allowed_origins"]
    return Project(
        id=ProjectId(row["id"]),
        name=row["name"],
        allowed_origins=None if origins is None else tuple(origins),
        created_at=row["created_at"],
        deleted_at=row["deleted_at"],
    )


async def add(tx: Tx, project: Project) -> None:
    """Insert a project."""
    origins = project.allowed_origins
    await tx.connection.execute(
        insert(projects).values(
            id=project.id,
            name=project.name,
            allowed_origins=None if origins is None else list(origins),
            created_at=project.created_at,
        )
    )


_ALIVE = select(projects).where(projects.c.deleted_at.is_(None))
_BY_ID = _ALIVE.where(projects.c.id == bindparam("project_id"))
_BY_ID_LOCKED = _BY_ID.with_for_update()
_BY_ID_HELD = _BY_ID.with_for_update(read=True, key_share=True)


async def get(tx: Tx, project_id: str) -> Project | None:
    """The project of that id; as everywhere here, not a deleted one."""
    return await _first(tx, _BY_ID, project_id=project_id)


async def lock(tx: Tx, project_id: str) -> Project | None:
    """The project of that id, for one transaction alone until that ends."""
    return await _first(tx, _BY_ID_LOCKED, project_id=project_id)


async def hold(tx: Tx, project_id: str) -> Project | None:
    """The project of that id, kept from being changed or deleted until the transaction ends; many may at once."""
    return await _first(tx, _BY_ID_HELD, project_id=project_id)


async def save(tx: Tx, project: Project) -> None:
    """Write what of a project can change."""
    origins = project.allowed_origins
    await tx.connection.execute(
        update(projects)
        .where(projects.c.id == project.id)
        .values(
            name=project.name,
            allowed_origins=None if origins is None else list(origins),
            deleted_at=project.deleted_at,
        )
    )


async def page(tx: Tx, *, after: str | None, limit: int) -> list[Project]:
    """Projects, newest first, at most `limit`, from behind the id `after`."""
    query = newest_first(_ALIVE, projects.c.created_at, projects.c.id, after=after, limit=limit)
    return [_project(row) for row in (await tx.connection.execute(query)).mappings()]


async def is_active(tx: Tx, project_id: str) -> bool:
    """Whether a room of the project has an open session, or a broadcast that is not over."""
    in_project = select(rooms.c.id).where(rooms.c.project_id == project_id)
    people = select(sessions.c.id).where(sessions.c.room_id.in_(in_project), sessions.c.ended_at.is_(None))
    on_air = select(broadcasts.c.id).where(broadcasts.c.project_id == project_id, broadcasts.c.ended_at.is_(None))
    return bool((await tx.connection.execute(select(or_(people.exists(), on_air.exists())))).scalar_one())


async def _first(tx: Tx, query: Select[tuple[object, ...]], **which: str) -> Project | None:
    row = (await tx.connection.execute(query, which)).mappings().first()
    return None if row is None else _project(row)


async def by_name(tx: Tx, name: str) -> Project | None:
    """The oldest project of that name."""
    return await _first(tx, _ALIVE.where(projects.c.name == name).order_by(projects.c.created_at).limit(1))
