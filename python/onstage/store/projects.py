"""Queries on projects."""

from sqlalchemy import RowMapping, insert, select

from onstage.model.ids import ProjectId
from onstage.model.records import Project
from onstage.store.database import Tx
from onstage.store.tables import projects


def _project(row: RowMapping) -> Project:
    origins = row["allowed_origins"]
    return Project(
        id=ProjectId(row["id"]),
        name=row["name"],
        allowed_origins=None if origins is None else tuple(origins),
        created_at=row["created_at"],
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


async def get(tx: Tx, project_id: str) -> Project | None:
    """The project of that id."""
    row = (await tx.connection.execute(select(projects).where(projects.c.id == project_id))).mappings().first()
    return None if row is None else _project(row)


async def by_name(tx: Tx, name: str) -> Project | None:
    """The oldest project of that name."""
    query = select(projects).where(projects.c.name == name).order_by(projects.c.created_at).limit(1)
    row = (await tx.connection.execute(query)).mappings().first()
    return None if row is None else _project(row)
