"""Which template a room has, and which roles that gives it."""

from onstage.errors import ErrorCode, OnstageError
from onstage.model.records import Room
from onstage.model.role import Role
from onstage.model.template import Template
from onstage.store import templates
from onstage.store.database import Tx


async def template_of(tx: Tx, room: Room) -> Template:
    """The room's template as it is now: changes reach who joins, or changes role, from then on."""
    template = await templates.named(tx, room.project_id, room.template)
    assert template is not None, "a template that rooms use can't be deleted"
    return template


async def role_of(tx: Tx, room: Room, name: str) -> Role:
    """The room's role of that name.

    Raises:
        OnstageError: `unknown_role`.
    """
    return role_in(await template_of(tx, room), name)


def role_in(template: Template, name: str) -> Role:
    """The template's role of that name.

    Raises:
        OnstageError: `unknown_role`.
    """
    role = template.role(name)
    if role is None:
        raise OnstageError(
            ErrorCode.UNKNOWN_ROLE,
            f"The template {template.name!r} has no role {name!r}.",
            expected=", ".join(template.role_names),
        )
    return role
