"""How a room comes to be: by a call, or by the join of somebody whose token says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from onstage.actions.bodies.base import field_problems
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.errors import ErrorCode, OnstageError
from onstage.events import RoomCreated
from onstage.model.ids import Prefix, ProjectId, RoomId, new_id
from onstage.model.records import Room
from onstage.model.room_settings import RoomSettings
from onstage.model.template import Template
from onstage.model.views import RoomView
from onstage.store import rooms, templates
from onstage.store.database import Tx


@dataclass(frozen=True, slots=True)
class NewRoom:
    """What a room is made from. `settings` is a merge patch on what the template's rooms begin with."""

    name: str
    title: str
    template: str
    is_locked: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


async def make_room(ctx: Context, tx: Tx, project_id: ProjectId, new: NewRoom) -> Room | None:
    """The new room; None when its name is taken.

    Raises:
        OnstageError: `template_not_found`, `malformed` for settings that don't go together.
    """
    template = await named_template(tx, project_id, new.template)
    now = ctx.clock.now()
    room = Room(
        id=RoomId(new_id(Prefix.ROOM)),
        project_id=project_id,
        name=new.name,
        title=new.title or new.name,
        template=template.name,
        is_locked=new.is_locked,
        metadata=new.metadata,
        seq=0,
        created_at=now,
        updated_at=now,
        settings=patched(template.settings, new.settings, template),
    )
    if await rooms.find(tx, project_id, new.name) is not None or not await rooms.try_add(tx, room):
        return None
    await emit(ctx, tx, room, RoomCreated(room=RoomView.of(room)))
    return room


async def named_template(tx: Tx, project_id: str, name: str) -> Template:
    """The template a room of the project means by that name, held until the transaction ends.

    Raises:
        OnstageError: `template_not_found`.
    """
    template = await templates.hold(tx, project_id, name)
    if template is None:
        raise OnstageError(ErrorCode.TEMPLATE_NOT_FOUND, f"The project has no template {name!r}.")
    return template


def patched(settings: RoomSettings, patch: Mapping[str, Any], template: Template) -> RoomSettings:
    """The settings after a merge patch. What it takes away is as the template has it.

    Raises:
        OnstageError: `malformed`, with each wrong field.
    """
    try:
        return settings.patched(patch, template.settings)
    except ValidationError as cause:
        problems = field_problems(cause.errors(), within="settings")
        raise OnstageError(ErrorCode.MALFORMED, errors=problems) from cause
