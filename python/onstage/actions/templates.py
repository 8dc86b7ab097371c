"""Templates: made, changed, cloned, deleted. Every write is a new version; a live room has it from the next join on."""

from dataclasses import replace
from typing import Any

from onstage.actions.access import Caller, access_project, lock_project
from onstage.actions.bodies.base import parse
from onstage.actions.bodies.templates import TemplateBody
from onstage.actions.context import Context
from onstage.actions.images import fetched_look, keep_urls, use_images
from onstage.errors import ErrorCode, OnstageError
from onstage.model.ids import Prefix, ProjectId, TemplateId, new_id
from onstage.model.merge_patch import merged
from onstage.model.records import Project, StoredTemplate
from onstage.model.template import BUILT_IN_TEMPLATES, Template
from onstage.model.template_rules import problems_of
from onstage.model.views import TemplateContent
from onstage.store import templates
from onstage.store.database import Tx

MOST_TEMPLATES = 200
"""Of one project's own."""


async def create_template(ctx: Context, caller: Caller, template: Template) -> StoredTemplate:
    """A new template.

    Raises:
        OnstageError: `permission_denied` for a participant, `malformed`, `template_name_taken`,
            `template_limit_reached`; as `keep_urls`.
    """
    look = template.broadcast.look
    if any(look.images()):
        async with ctx.database.read() as tx:  # nobody else makes us fetch anything
            project_id = (await access_project(tx, caller)).id
        look = look.renamed(await keep_urls(ctx, project_id, look.images()))
        template = replace(template, broadcast=template.broadcast.model_copy(update={"look": look}))
    async with ctx.database.begin() as tx:
        project = await lock_project(tx, caller)
        await use_images(ctx, tx, project.id, look, look.model_dump(mode="json", exclude_defaults=True))
        return await _add(ctx, tx, project, template)


async def clone_template(ctx: Context, caller: Caller, template: str, name: str) -> StoredTemplate:
    """A copy under another name, which begins at version 1.

    Raises:
        OnstageError: as `create_template`; `template_not_found`.
    """
    async with ctx.database.begin() as tx:
        project = await lock_project(tx, caller)
        found = _found(await templates.find(tx, project.id, template), template)
        return await _add(ctx, tx, project, replace(found.template, name=name))


async def _add(ctx: Context, tx: Tx, project: Project, template: Template) -> StoredTemplate:
    """A new template of the project, which is held: of two who add the last one, one does."""
    _require_sense(template)
    if await templates.count(tx, project.id) >= MOST_TEMPLATES:
        raise OnstageError(ErrorCode.TEMPLATE_LIMIT_REACHED, expected=f"fewer than {MOST_TEMPLATES}")
    now = ctx.clock.now()
    new = StoredTemplate(
        id=TemplateId(new_id(Prefix.TEMPLATE)),
        project_id=ProjectId(project.id),
        version=1,
        template=template,
        created_at=now,
        updated_at=now,
    )
    if template.name in BUILT_IN_TEMPLATES or not await templates.try_add(tx, new):
        raise OnstageError(ErrorCode.TEMPLATE_NAME_TAKEN, f"A template {template.name!r} exists.")
    return new


async def update_template(
    ctx: Context, caller: Caller, template: str, patch: dict[str, Any], *, if_version: int | None
) -> StoredTemplate:
    """The template's next version: the one before with a merge patch (RFC 7396) applied.

    Raises:
        OnstageError: `permission_denied` for a participant, `template_not_found`, `template_built_in`,
            `template_changed`, `malformed` with paths in the whole template; as `fetched_look`.
    """
    patch = await _fetched(ctx, caller, patch)
    async with ctx.database.begin() as tx:
        old = await _own(tx, await access_project(tx, caller), template)
        if if_version not in (None, old.version):
            raise OnstageError(ErrorCode.TEMPLATE_CHANGED, expected=f"if_version {old.version}")
        content = TemplateContent.of_template(old.template).model_dump(mode="json", exclude_none=True)
        body = parse(TemplateBody, merged(content, patch))
        changed = body.template(old.template.name)
        _require_sense(changed)
        await use_images(
            ctx, tx, old.project_id or "", changed.broadcast.look, (patch.get("broadcast") or {}).get("look")
        )
        new = replace(old, template=changed, version=old.version + 1, updated_at=ctx.clock.now())
        await templates.save(tx, new)
    return new


async def _fetched(ctx: Context, caller: Caller, patch: dict[str, Any]) -> dict[str, Any]:
    """The patch with images by their ids."""
    broadcast = patch.get("broadcast")
    if not broadcast or not broadcast.get("look"):
        return patch
    async with ctx.database.read() as tx:  # nobody else makes us fetch anything
        project = await access_project(tx, caller)
    look = await fetched_look(ctx, project.id, broadcast["look"])
    return patch | {"broadcast": broadcast | {"look": look}}


def _require_sense(template: Template) -> None:
    if problems := problems_of(template):
        raise OnstageError(ErrorCode.MALFORMED, errors=problems)


async def delete_template(ctx: Context, caller: Caller, template: str) -> None:
    """Delete a template that no room has.

    Raises:
        OnstageError: `permission_denied` for a participant, `template_not_found`, `template_built_in`,
            `template_in_use`.
    """
    async with ctx.database.begin() as tx:
        project = await access_project(tx, caller)
        found = await _own(tx, project, template)
        if await templates.is_used(tx, project.id, found.template.name):
            raise OnstageError(ErrorCode.TEMPLATE_IN_USE)
        await templates.remove(tx, found.id or "")


async def _own(tx: Tx, project: Project, template: str) -> StoredTemplate:
    """A template of the project's own, held for a change."""
    found = _found(await templates.lock(tx, project.id, template), template)
    if found.is_built_in:
        raise OnstageError(ErrorCode.TEMPLATE_BUILT_IN)
    return found


def _found(found: StoredTemplate | None, template: str) -> StoredTemplate:
    if found is None:
        raise OnstageError(ErrorCode.TEMPLATE_NOT_FOUND, f"The project has no template {template!r}.")
    return found


async def read_templates(ctx: Context, caller: Caller, *, after: str | None, limit: int) -> list[StoredTemplate]:
    """A page of the built-in templates and the project's own, by name.

    Raises:
        OnstageError: `permission_denied` for a participant.
    """
    async with ctx.database.read() as tx:
        project = await access_project(tx, caller)
        return await templates.page(tx, project.id, after=after, limit=limit)


async def read_template(ctx: Context, caller: Caller, template: str) -> StoredTemplate:
    """One template, by id or name.

    Raises:
        OnstageError: `permission_denied` for a participant, `template_not_found`.
    """
    async with ctx.database.read() as tx:
        project = await access_project(tx, caller)
        return _found(await templates.find(tx, project.id, template), template)


async def read_versions(
    ctx: Context, caller: Caller, template: str, *, below: int | None, limit: int
) -> list[StoredTemplate]:
    """A page of what the template was and is, newest first.

    Raises:
        OnstageError: as `read_template`.
    """
    async with ctx.database.read() as tx:
        project = await access_project(tx, caller)
        found = _found(await templates.find(tx, project.id, template), template)
        if not found.is_built_in:
            return await templates.versions(tx, found, below=below, limit=limit)
        return [found] if below is None or below > found.version else []


async def read_version(ctx: Context, caller: Caller, template: str, number: int) -> StoredTemplate:
    """What the template was at that version.

    Raises:
        OnstageError: as `read_template`; `template_not_found` for a version there never was.
    """
    async with ctx.database.read() as tx:
        project = await access_project(tx, caller)
        found = _found(await templates.find(tx, project.id, template), template)
        version = found if found.version == number else await templates.version(tx, found, number)
        return _found(version, f"{template}, version {number}")
