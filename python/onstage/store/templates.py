"""Queries on templates and their versions. The built-in ones are found beside a project's own."""

from typing import Any

from sqlalchemy import RowMapping, Select, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from onstage.model.ids import ProjectId, TemplateId
from onstage.model.records import StoredTemplate
from onstage.model.template import BUILT_IN_TEMPLATES, Template
from onstage.model.views.templates import TemplateContent
from onstage.store.database import Tx
from onstage.store.tables import rooms, template_versions, templates


def _content(template: Template) -> dict[str, Any]:
    return TemplateContent.of_template(template).model_dump(mode="json")


def _template(name: str, body: dict[str, Any]) -> Template:
    return TemplateContent.model_validate(body).template(name)


def _stored(row: RowMapping) -> StoredTemplate:
    return StoredTemplate(
        id=TemplateId(row["id"]),
        project_id=ProjectId(row["project_id"]),
        version=row["version"],
        template=_template(row["name"], row["body"]),
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _built_in(name: str) -> StoredTemplate | None:
    template = BUILT_IN_TEMPLATES.get(name)
    return None if template is None else StoredTemplate(None, None, 1, template, None, None)


async def _first(tx: Tx, query: Select[tuple[object, ...]], **which: str) -> StoredTemplate | None:
    row = (await tx.connection.execute(query, which)).mappings().first()
    return None if row is None else _stored(row)


_OF_PROJECT = select(templates).where(templates.c.project_id == bindparam("project_id"))
_NAMED = _OF_PROJECT.where(templates.c.name == bindparam("name"))


async def named(tx: Tx, project_id: str, name: str) -> Template | None:
    """The template a room of the project means by that name."""
    if name in BUILT_IN_TEMPLATES:
        return BUILT_IN_TEMPLATES[name]
    found = await _first(tx, _NAMED, project_id=project_id, name=name)
    return None if found is None else found.template


async def hold(tx: Tx, project_id: str, name: str) -> Template | None:
    """As `named`, for a room that begins to use it: it can't be deleted until the transaction ends."""
    if name not in BUILT_IN_TEMPLATES:
        query = select(templates.c.id).where(templates.c.project_id == project_id, templates.c.name == name)
        await tx.connection.execute(query.with_for_update(read=True))
    return await named(tx, project_id, name)


_OWN = (
    _OF_PROJECT.where(or_(templates.c.id == bindparam("template"), templates.c.name == bindparam("template")))
    .order_by(templates.c.id != bindparam("template"))
    .limit(1)
)
_OWN_HELD = _OWN.with_for_update()


async def find(tx: Tx, project_id: str, template: str) -> StoredTemplate | None:
    """The template by id or name; a built-in one by its name."""
    return _built_in(template) or await _first(tx, _OWN, project_id=project_id, template=template)


async def lock(tx: Tx, project_id: str, template: str) -> StoredTemplate | None:
    """As `find`, held until the transaction ends: one change at a time."""
    return _built_in(template) or await _first(tx, _OWN_HELD, project_id=project_id, template=template)


async def page(tx: Tx, project_id: str, *, after: str | None, limit: int) -> list[StoredTemplate]:
    """Built-in ones and the project's own by name, at most `limit`, from behind the name `after`."""
    query = _OF_PROJECT.order_by(templates.c.name).limit(limit)
    if after is not None:
        query = query.where(templates.c.name > after)
    rows = (await tx.connection.execute(query, {"project_id": project_id})).mappings()
    own = [_stored(row) for row in rows]
    built_in = [one for name in BUILT_IN_TEMPLATES if (one := _built_in(name)) and (after is None or name > after)]
    return sorted([*own, *built_in], key=lambda one: one.template.name)[:limit]


async def count(tx: Tx, project_id: str) -> int:
    """How many the project has of its own."""
    query = select(func.count()).where(templates.c.project_id == project_id)
    return int((await tx.connection.execute(query)).scalar_one())


async def try_add(tx: Tx, new: StoredTemplate) -> bool:
    """Insert a template with its first version; False, and nothing is changed, if its name is taken."""
    fixed = {"id": new.id, "project_id": new.project_id, "name": new.template.name, "created_at": new.created_at}
    written = {"version": new.version, "body": _content(new.template), "updated_at": new.updated_at}
    try:
        async with tx.connection.begin_nested():
            await tx.connection.execute(insert(templates).values(**fixed, **written))
    except IntegrityError:
        return False
    await _add_version(tx, new)
    return True


async def save(tx: Tx, new: StoredTemplate) -> None:
    """Write the template's next version."""
    written = {"version": new.version, "body": _content(new.template), "updated_at": new.updated_at}
    await tx.connection.execute(update(templates).where(templates.c.id == new.id).values(written))
    await _add_version(tx, new)


async def _add_version(tx: Tx, new: StoredTemplate) -> None:
    row = {
        "template_id": new.id,
        "version": new.version,
        "body": _content(new.template),
        "created_at": new.updated_at,
    }
    await tx.connection.execute(insert(template_versions).values(row))


async def remove(tx: Tx, template_id: str) -> None:
    """Delete the template with all its versions."""
    await tx.connection.execute(delete(template_versions).where(template_versions.c.template_id == template_id))
    await tx.connection.execute(delete(templates).where(templates.c.id == template_id))


async def is_used(tx: Tx, project_id: str, name: str) -> bool:
    """Whether a room that is not deleted has the template."""
    query = select(rooms.c.id).where(
        rooms.c.project_id == project_id, rooms.c.template == name, rooms.c.deleted_at.is_(None)
    )
    return (await tx.connection.execute(query.limit(1))).first() is not None


async def versions(tx: Tx, of: StoredTemplate, *, below: int | None, limit: int) -> list[StoredTemplate]:
    """Its versions, newest first, at most `limit`, from below the number `below`."""
    query = select(template_versions).where(template_versions.c.template_id == of.id)
    if below is not None:
        query = query.where(template_versions.c.version < below)
    rows = (await tx.connection.execute(query.order_by(template_versions.c.version.desc()).limit(limit))).mappings()
    return [_version(of, row) for row in rows]


async def version(tx: Tx, of: StoredTemplate, number: int) -> StoredTemplate | None:
    """One of its versions."""
    query = select(template_versions).where(
        template_versions.c.template_id == of.id, template_versions.c.version == number
    )
    row = (await tx.connection.execute(query)).mappings().first()
    return None if row is None else _version(of, row)


def _version(of: StoredTemplate, row: RowMapping) -> StoredTemplate:
    template = _template(of.template.name, row["body"])
    return StoredTemplate(of.id, of.project_id, row["version"], template, of.created_at, row["created_at"])
