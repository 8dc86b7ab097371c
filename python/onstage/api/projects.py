"""The project that calls, and the admin API with which the operator keeps projects."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from onstage.actions import keys, projects
from onstage.actions.access import ServerCaller
from onstage.actions.bodies.projects import CreateKey, CreateProject, UpdateKey, UpdateProject
from onstage.api.deps import CallerDep, ContextDep, require_operator
from onstage.api.paging import Limit, Page, cursor_of, page_of
from onstage.api.problems import answers
from onstage.api.refusals import OF_PROJECT
from onstage.errors import ErrorCode as E
from onstage.model.ids import Prefix
from onstage.model.views import KeyView, NewKeyView, NewProjectView, ProjectView

router = APIRouter(prefix="/v1/project", tags=["projects"])
admin_router = APIRouter(prefix="/v1/projects", tags=["admin"], dependencies=[Depends(require_operator)])
"""Nothing here is kept for an `Idempotency-Key`: its answers hold secrets, and its caller is not of a project."""
_Cursor = Annotated[str | None, cursor_of(Prefix.PROJECT)]
_KeyCursor = Annotated[str | None, cursor_of(Prefix.KEY)]
_OF_OPERATOR = (E.CREDENTIALS_MISSING, E.CREDENTIALS_INVALID, E.ADMIN_OFF, E.RATE_LIMITED, E.MALFORMED)
_ON_PROJECT = (*_OF_OPERATOR, E.PROJECT_NOT_FOUND)
_ON_KEY = (*_ON_PROJECT, E.KEY_NOT_FOUND)


@router.get("", responses=answers(*OF_PROJECT))
async def get_own_project(ctx: ContextDep, caller: CallerDep) -> ProjectView:
    """The project whose credentials these are."""
    return ProjectView.of(await projects.read_project(ctx, caller))


@router.patch("", responses=answers(*OF_PROJECT))
async def update_own_project(body: UpdateProject, ctx: ContextDep, caller: CallerDep) -> ProjectView:
    """Change its name, and whose pages may call."""
    return ProjectView.of(await projects.update_project(ctx, caller, body.change()))


def operator_of(project: str) -> ServerCaller:
    """The operator, in place of that project's servers."""
    return ServerCaller(project)


OperatorDep = Annotated[ServerCaller, Depends(operator_of)]


@admin_router.post("", status_code=201, responses=answers(*_OF_OPERATOR))
async def create_project(body: CreateProject, ctx: ContextDep) -> NewProjectView:
    """A new project with its first key, whose secret is shown this once."""
    made = await projects.make_project(ctx, body.name, body.origins)
    return NewProjectView(project=ProjectView.of(made.project), key=KeyView.of(made.key), secret=made.secret)


@admin_router.get("", responses=answers(*_OF_OPERATOR))
async def list_projects(ctx: ContextDep, limit: Limit = 50, cursor: _Cursor = None) -> Page[ProjectView]:
    """All projects, newest first."""
    found = await projects.list_projects(ctx, after=cursor, limit=limit + 1)
    return page_of(found, ProjectView.of, limit=limit, id_of=lambda project: project.id)


@admin_router.get("/{project}", responses=answers(*_ON_PROJECT))
async def get_project(ctx: ContextDep, operator: OperatorDep) -> ProjectView:
    """One project."""
    return ProjectView.of(await projects.read_project(ctx, operator))


@admin_router.patch("/{project}", responses=answers(*_ON_PROJECT))
async def update_project(body: UpdateProject, ctx: ContextDep, operator: OperatorDep) -> ProjectView:
    """Change its name, and whose pages may call."""
    return ProjectView.of(await projects.update_project(ctx, operator, body.change()))


@admin_router.delete("/{project}", status_code=204, responses=answers(*_ON_PROJECT, E.PROJECT_ACTIVE))
async def delete_project(ctx: ContextDep, operator: OperatorDep) -> Response:
    """Close it for good: its keys are revoked, and nothing of it is found any more. Its history stays in the store."""
    await projects.delete_project(ctx, operator)
    return Response(status_code=204)


@admin_router.post("/{project}/keys", status_code=201, responses=answers(*_ON_PROJECT, E.TOO_MANY_KEYS))
async def create_project_key(body: CreateKey, ctx: ContextDep, operator: OperatorDep) -> NewKeyView:
    """Another key of the project, whose secret is shown this once."""
    return NewKeyView.of_new(*await keys.create_key(ctx, operator, body.new()))


@admin_router.get("/{project}/keys", responses=answers(*_ON_PROJECT))
async def list_project_keys(
    ctx: ContextDep, operator: OperatorDep, limit: Limit = 50, cursor: _KeyCursor = None
) -> Page[KeyView]:
    """The project's keys, newest first, revoked ones too."""
    found = await keys.list_keys(ctx, operator, after=cursor, limit=limit + 1)
    return page_of(found, KeyView.of, limit=limit, id_of=lambda key: key.id)


@admin_router.get("/{project}/keys/{key}", responses=answers(*_ON_KEY))
async def get_project_key(key: str, ctx: ContextDep, operator: OperatorDep) -> KeyView:
    """One key of the project."""
    return KeyView.of(await keys.read_key(ctx, operator, key))


@admin_router.patch("/{project}/keys/{key}", responses=answers(*_ON_KEY, E.KEY_REVOKED))
async def update_project_key(key: str, body: UpdateKey, ctx: ContextDep, operator: OperatorDep) -> KeyView:
    """Change its name, bounds or expiry."""
    return KeyView.of(await keys.update_key(ctx, operator, key, body.change()))


@admin_router.delete("/{project}/keys/{key}", status_code=204, responses=answers(*_ON_KEY))
async def revoke_project_key(key: str, ctx: ContextDep, operator: OperatorDep) -> Response:
    """Make the key useless, the last one too."""
    await keys.revoke_key(ctx, operator, key)
    return Response(status_code=204)
