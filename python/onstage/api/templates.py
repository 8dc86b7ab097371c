"""Templates and their roles: your server's business only."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from onstage.actions import templates
from onstage.actions.bodies.templates import CloneTemplate, CreateTemplate, UpdateTemplate
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Limit, Page, cursor_like, page_of
from onstage.api.problems import answers
from onstage.api.refusals import OF_PROJECT
from onstage.errors import ErrorCode as E
from onstage.model.views import TemplateView

router = APIRouter(prefix="/v1/templates", tags=["templates"], route_class=IdempotentRoute)

LARGEST_VERSION = 2**31 - 1
Version = Annotated[int, Path(ge=1, le=LARGEST_VERSION)]
Cursor = Annotated[str | None, cursor_like(r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Below = Annotated[int | None, Query(ge=1, le=LARGEST_VERSION, description="`next_cursor` of the page before.")]
_ON_TEMPLATE = (*OF_PROJECT, E.TEMPLATE_NOT_FOUND)
_ADDING = (E.TEMPLATE_NAME_TAKEN, E.TEMPLATE_LIMIT_REACHED)


@router.get("", responses=answers(*OF_PROJECT))
async def list_templates(
    ctx: ContextDep, caller: CallerDep, limit: Limit = 50, cursor: Cursor = None
) -> Page[TemplateView]:
    """The built-in templates and the project's own, in the order of names."""
    found = await templates.read_templates(ctx, caller, after=cursor, limit=limit + 1)
    return page_of(found, TemplateView.of, limit=limit, id_of=lambda one: one.template.name)


@router.post("", status_code=201, responses=answers(*OF_PROJECT, *_ADDING, E.URL_NOT_ALLOWED, E.IMAGE_UNUSABLE))
async def create_template(body: CreateTemplate, ctx: ContextDep, caller: CallerDep) -> TemplateView:
    """Make a template. What a role leaves out is filled in from its level."""
    return TemplateView.of(await templates.create_template(ctx, caller, body.template(body.name)))


@router.get("/{template}", responses=answers(*_ON_TEMPLATE))
async def get_template(template: str, ctx: ContextDep, caller: CallerDep) -> TemplateView:
    """One template, by id or name."""
    return TemplateView.of(await templates.read_template(ctx, caller, template))


@router.patch(
    "/{template}",
    responses=answers(*_ON_TEMPLATE, E.TEMPLATE_BUILT_IN, E.TEMPLATE_CHANGED, E.URL_NOT_ALLOWED, E.IMAGE_UNUSABLE),
)
async def update_template(template: str, body: UpdateTemplate, ctx: ContextDep, caller: CallerDep) -> TemplateView:
    """Write the next version. It reaches a live room at the next join or change of role."""
    found = await templates.update_template(ctx, caller, template, body.patch(), if_version=body.if_version)
    return TemplateView.of(found)


@router.delete("/{template}", status_code=204, responses=answers(*_ON_TEMPLATE, E.TEMPLATE_BUILT_IN, E.TEMPLATE_IN_USE))
async def delete_template(template: str, ctx: ContextDep, caller: CallerDep) -> None:
    """Delete a template that no room has."""
    await templates.delete_template(ctx, caller, template)


@router.post("/{template}/clone", status_code=201, responses=answers(*_ON_TEMPLATE, *_ADDING))
async def clone_template(template: str, body: CloneTemplate, ctx: ContextDep, caller: CallerDep) -> TemplateView:
    """Copy a template, a built-in one too, under another name."""
    return TemplateView.of(await templates.clone_template(ctx, caller, template, body.name))


@router.get("/{template}/versions", responses=answers(*_ON_TEMPLATE))
async def list_template_versions(
    template: str, ctx: ContextDep, caller: CallerDep, limit: Limit = 50, cursor: Below = None
) -> Page[TemplateView]:
    """What the template was and is, newest first."""
    found = await templates.read_versions(ctx, caller, template, below=cursor, limit=limit + 1)
    return page_of(found, TemplateView.of, limit=limit, id_of=lambda one: str(one.version))


@router.get("/{template}/versions/{version}", responses=answers(*_ON_TEMPLATE))
async def get_template_version(template: str, version: Version, ctx: ContextDep, caller: CallerDep) -> TemplateView:
    """What the template was at that version."""
    return TemplateView.of(await templates.read_version(ctx, caller, template, version))
