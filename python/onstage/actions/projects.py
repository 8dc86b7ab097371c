"""Projects: tenants, each with keys, templates, rooms and everything in them of its own."""

from dataclasses import dataclass, replace
from typing import Any

from onstage.actions.access import Caller, access_project, lock_project
from onstage.actions.context import Context
from onstage.actions.cursors import wrong_cursor
from onstage.actions.keys import NewKey, make_key
from onstage.errors import ErrorCode, OnstageError
from onstage.model.ids import Prefix, ProjectId, new_id
from onstage.model.records import Project, ProjectKey
from onstage.store import keys, projects


@dataclass(frozen=True, slots=True)
class MadeProject:
    """A new project, its first key, and that key's secret, which is shown this once."""

    project: Project
    key: ProjectKey
    secret: str


async def create_project(ctx: Context, name: str) -> tuple[Project, str]:
    """A new project and its first key's secret."""
    made = await make_project(ctx, name)
    return made.project, made.secret


async def make_project(ctx: Context, name: str, allowed_origins: tuple[str, ...] | None = None) -> MadeProject:
    """A new project with one key. Only the operator makes projects; who that is, is checked at the door."""
    project_id = ProjectId(new_id(Prefix.PROJECT))
    project = Project(id=project_id, name=name, allowed_origins=allowed_origins, created_at=ctx.clock.now())
    key, secret = make_key(ctx, project_id, NewKey("first"))
    async with ctx.database.begin() as tx:
        await projects.add(tx, project)
        await keys.add(tx, key)
    return MadeProject(project, key, secret)


async def list_projects(ctx: Context, *, after: str | None, limit: int) -> list[Project]:
    """All projects, newest first, for the operator: at most `limit`, from behind the id `after`.

    Raises:
        OnstageError: `malformed` for a cursor that is none.
    """
    async with ctx.database.read() as tx:
        if after is not None and await projects.get(tx, after) is None:
            raise wrong_cursor()
        return await projects.page(tx, after=after, limit=limit)


async def read_project(ctx: Context, caller: Caller) -> Project:
    """The caller's project.

    Raises:
        OnstageError: as `access_project`.
    """
    async with ctx.database.read() as tx:
        return await access_project(tx, caller)


async def update_project(ctx: Context, caller: Caller, change: dict[str, Any]) -> Project:
    """Change what `change` names: `name`, `allowed_origins`.

    Raises:
        OnstageError: as `access_project`.
    """
    async with ctx.database.begin() as tx:
        project = replace(await lock_project(tx, caller), **change)
        await projects.save(tx, project)
    return project


async def delete_project(ctx: Context, caller: Caller) -> None:
    """Revoke the project's keys and find nothing of it any more: no room, no code, no token. Its rows stay.

    Raises:
        OnstageError: as `access_project`; `project_active`.
    """
    now = ctx.clock.now()
    async with ctx.database.begin() as tx:
        project = await lock_project(tx, caller)
        if await projects.is_active(tx, project.id):
            raise OnstageError(ErrorCode.PROJECT_ACTIVE)
        await keys.revoke_all(tx, project.id, at=now)
        await projects.save(tx, replace(project, deleted_at=now))
