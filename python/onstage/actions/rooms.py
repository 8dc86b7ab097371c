"""Rooms: made, changed, ended, deleted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from onstage.actions.access import Caller, access_room, hold_project, require_server
from onstage.actions.broadcast_stop import stop_in
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.ending import end_session
from onstage.actions.making import NewRoom, make_room, named_template, patched
from onstage.actions.media_files import forget_files
from onstage.actions.playback import tell_playback_changed
from onstage.actions.sessions import settings_changed
from onstage.errors import ErrorCode, OnstageError
from onstage.events import RoomDeleted, RoomUpdated
from onstage.model.permission import Permission
from onstage.model.records import BroadcastReason, EndReason, Room
from onstage.model.views import RoomView
from onstage.store import rooms, sessions
from onstage.store.database import Tx

LAST_WORDS_FOR = timedelta(days=1)
"""How long a deleted room's webhook endpoints stay, to hear of its end: deliveries are given up after that."""


@dataclass(frozen=True, slots=True)
class RoomChange:
    """What is to change; None leaves it. `settings` is a merge patch (RFC 7396)."""

    name: str | None = None
    title: str | None = None
    template: str | None = None
    is_locked: bool | None = None
    metadata: dict[str, Any] | None = None
    settings: Mapping[str, Any] | None = None


async def create_room(ctx: Context, caller: Caller, new: NewRoom) -> Room:
    """A new room.

    Raises:
        OnstageError: `room_name_taken`, `template_not_found`, `malformed` for settings that don't go together.
    """
    async with ctx.database.begin() as tx:
        project = await hold_project(tx, caller)
        room = await make_room(ctx, tx, project.id, new)
        if room is None:
            raise _name_taken(new.name)
    return room


def _name_taken(name: str) -> OnstageError:
    return OnstageError(ErrorCode.ROOM_NAME_TAKEN, f"A room {name!r} exists.")


async def update_room(ctx: Context, caller: Caller, room: str, change: RoomChange) -> Room:
    """The room with the change made.

    Raises:
        OnstageError: as `access_room` with `room.update`; `room_name_taken`; `template_not_found`, and `room_in_use`
            for another template while a session is open; `malformed` for settings that don't go together.
    """
    async with ctx.database.begin() as tx:
        old, _ = await access_room(tx, caller, room, Permission.ROOM_UPDATE)
        await _rename(tx, old, change.name)
        await _require_template_changeable(tx, old, change.template)
        new = replace(await _changed(tx, old, change), updated_at=ctx.clock.now())
        await rooms.save(tx, new)
        await emit(ctx, tx, new, RoomUpdated(room=RoomView.of(new)))
        if new.settings != old.settings:
            await settings_changed(ctx, tx, new)
            tx.after_commit.append(lambda: ctx.after_change.counts_changed(new.id))
        if new.settings.playback != old.settings.playback:
            tell_playback_changed(ctx, tx, new.id)
    return new


async def _rename(tx: Tx, room: Room, name: str | None) -> None:
    if name in (None, room.name):
        return
    if await rooms.find(tx, room.project_id, name) is not None or not await rooms.try_rename(tx, room.id, name):
        raise _name_taken(name)


async def _require_template_changeable(tx: Tx, room: Room, template: str | None) -> None:
    """People's roles are of the template they joined under."""
    if template in (None, room.template):
        return
    if await sessions.open_of(tx, room.id) is not None:
        raise OnstageError(ErrorCode.ROOM_IN_USE, "The template can't change while people are in the room.")


async def _changed(tx: Tx, old: Room, change: RoomChange) -> Room:
    template = await named_template(tx, old.project_id, change.template or old.template)
    return replace(
        old,
        name=old.name if change.name is None else change.name,
        title=old.title if change.title is None else change.title,
        template=template.name,
        is_locked=old.is_locked if change.is_locked is None else change.is_locked,
        metadata=old.metadata if change.metadata is None else change.metadata,
        settings=old.settings if change.settings is None else patched(old.settings, change.settings, template),
    )


async def end_room(ctx: Context, caller: Caller, room: str, *, reason: str, lock: bool) -> Room:
    """End the room's session: the broadcast stops, everybody leaves. The next join opens another (design §10.7).

    Raises:
        OnstageError: as `access_room` with `room.end`; `session_ended` when nobody is there.
    """
    async with ctx.database.begin() as tx:
        found, _ = await access_room(tx, caller, room, Permission.ROOM_END)
        session = await sessions.open_of(tx, found.id)
        if session is None:
            raise OnstageError(ErrorCode.SESSION_ENDED, "The room has no session to end.")
        if lock:
            found = replace(found, is_locked=True, updated_at=ctx.clock.now())
            await rooms.save(tx, found)
        await end_session(ctx, tx, found, session, reason=reason)
    return found


async def delete_room(ctx: Context, caller: Caller, room: str, *, end: bool) -> None:
    """Take the room away, with its codes, bans and, in a day, webhooks; its name is free. Sessions stay in the history.

    Raises:
        OnstageError: `permission_denied` for a participant; `room_not_found`; `room_in_use` while a session is open,
            unless `end` says to end it.
    """
    async with ctx.database.begin() as tx:
        require_server(caller)
        found, _ = await access_room(tx, caller, room, None)
        session = await sessions.open_of(tx, found.id)
        if session is not None:
            if not end:
                raise OnstageError(ErrorCode.ROOM_IN_USE)
            await end_session(ctx, tx, found, session, reason=EndReason.DELETED)
        await stop_in(ctx, tx, found, reason=BroadcastReason.ROOM_DELETED)  # one may run without anybody in the room
        await emit(ctx, tx, found, RoomDeleted(room=RoomView.of(found)))
        await forget_files(ctx, tx, found)
        await rooms.delete(tx, found, at=ctx.clock.now())
        tell_playback_changed(ctx, tx, found.id)


async def forget_webhooks_of_deleted(ctx: Context) -> None:
    """Take away the webhook endpoints of rooms that were deleted long enough ago."""
    async with ctx.database.begin() as tx:
        await rooms.delete_webhooks(tx, deleted_by=ctx.clock.now() - LAST_WORDS_FOR)
