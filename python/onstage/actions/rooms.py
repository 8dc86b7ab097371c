"""Rooms: made, changed, ended."""

from dataclasses import dataclass, field, replace
from typing import Any

from onstage.actions.access import Caller, access_project, access_room
from onstage.actions.broadcasts import stop_in
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.presence import everybody_leaves
from onstage.actions.sessions import close_session
from onstage.errors import ErrorCode, OnstageError
from onstage.events import RoomCreated, RoomEnded, RoomUpdated
from onstage.model.ids import Prefix, RoomId, new_id
from onstage.model.permission import Permission
from onstage.model.records import Room
from onstage.model.room_settings import RoomSettings
from onstage.model.views import RoomView
from onstage.store import rooms, sessions, templates
from onstage.store.database import Tx


@dataclass(frozen=True, slots=True)
class NewRoom:
    """What a room is made from."""

    name: str
    title: str
    template: str
    is_locked: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)
    settings: RoomSettings = field(default_factory=RoomSettings)


@dataclass(frozen=True, slots=True)
class RoomChange:
    """What is to change; None leaves it."""

    name: str | None = None
    title: str | None = None
    is_locked: bool | None = None
    metadata: dict[str, Any] | None = None


async def create_room(ctx: Context, caller: Caller, new: NewRoom) -> Room:
    """A new room.

    Raises:
        OnstageError: `room_name_taken`, `malformed` for an unknown template.
    """
    now = ctx.clock.now()
    async with ctx.database.begin() as tx:
        project = await access_project(tx, caller)
        await _require_template(tx, project.id, new.template)
        await _require_free_name(tx, project.id, new.name)
        room = Room(
            id=RoomId(new_id(Prefix.ROOM)),
            project_id=project.id,
            name=new.name,
            title=new.title or new.name,
            template=new.template,
            is_locked=new.is_locked,
            metadata=new.metadata,
            seq=0,
            created_at=now,
            updated_at=now,
            settings=new.settings,
        )
        await rooms.add(tx, room)
        await emit(ctx, tx, room, RoomCreated(room=RoomView.of(room)))
    return room


async def _require_template(tx: Tx, project_id: str, name: str) -> None:
    if await templates.named(tx, project_id, name) is None:
        raise OnstageError(ErrorCode.TEMPLATE_NOT_FOUND, f"The project has no template {name!r}.")


async def _require_free_name(tx: Tx, project_id: str, name: str) -> None:
    if await rooms.find(tx, project_id, name) is not None:
        raise OnstageError(ErrorCode.ROOM_NAME_TAKEN, f"A room {name!r} exists.")


async def update_room(ctx: Context, caller: Caller, room: str, change: RoomChange) -> Room:
    """The room with the change made.

    Raises:
        OnstageError: as `access_room`, and `room_name_taken`.
    """
    async with ctx.database.begin() as tx:
        old, _ = await access_room(tx, caller, room, Permission.ROOM_UPDATE)
        if change.name is not None and change.name != old.name:
            await _require_free_name(tx, old.project_id, change.name)
        new = replace(
            old,
            name=old.name if change.name is None else change.name,
            title=old.title if change.title is None else change.title,
            is_locked=old.is_locked if change.is_locked is None else change.is_locked,
            metadata=old.metadata if change.metadata is None else change.metadata,
            updated_at=ctx.clock.now(),
        )
        await rooms.save(tx, new)
        await emit(ctx, tx, new, RoomUpdated(room=RoomView.of(new)))
    return new


async def end_room(ctx: Context, caller: Caller, room: str, *, reason: str, lock: bool) -> Room:
    """End the room's session: the broadcast stops, everybody leaves. The next join opens another (design §10.7).

    Raises:
        OnstageError: as `access_room`; `session_ended` when nobody is there.
    """
    async with ctx.database.begin() as tx:
        found, _ = await access_room(tx, caller, room, Permission.ROOM_END)
        session = await sessions.open_of(tx, found.id)
        if session is None:
            raise OnstageError(ErrorCode.SESSION_ENDED, "The room has no session to end.")
        if lock:
            found = replace(found, is_locked=True, updated_at=ctx.clock.now())
            await rooms.save(tx, found)
        await stop_in(ctx, tx, found, reason="room_ended")
        await emit(ctx, tx, found, RoomEnded(room=RoomView.of(found), reason=reason))
        await everybody_leaves(ctx, tx, found, session)
        await close_session(ctx, tx, found, session, reason=reason)
        tx.after_commit.append(lambda: ctx.after_change.room_ended(found.id))
    return found
