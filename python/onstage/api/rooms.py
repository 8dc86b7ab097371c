"""Rooms."""

from typing import Annotated

from fastapi import APIRouter, Query

from onstage.actions import reading, rooms
from onstage.actions.bodies.rooms import CreateRoom, EndRoom, UpdateRoom
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Limit, Page, cursor_of, page_of
from onstage.api.problems import answers
from onstage.api.refusals import FROM_STAGE, IN_ROOM, OF_PROJECT
from onstage.errors import ErrorCode as E
from onstage.model.filters import RoomFilter
from onstage.model.ids import Prefix
from onstage.model.views import RoomDetailsView, RoomView

router = APIRouter(prefix="/v1/rooms", tags=["rooms"], route_class=IdempotentRoute)

_Prefix = Annotated[str | None, Query(max_length=120, description="Only those whose name begins so, in any case.")]
_Contains = Annotated[str | None, Query(max_length=120, description="Only those with this in their name, in any case.")]
_Template = Annotated[str | None, Query(max_length=100, description="Only those of this template.")]
_Active = Annotated[bool | None, Query(description="Only those with an open session, or only those without.")]
_Locked = Annotated[bool | None, Query(description="Only those that are locked, or only those that are not.")]
_Cursor = Annotated[str | None, cursor_of(Prefix.ROOM)]
_End = Annotated[bool, Query(description="End the room's session first, if one is open.")]


@router.post("", status_code=201, responses=answers(*OF_PROJECT, E.ROOM_NAME_TAKEN, E.TEMPLATE_NOT_FOUND))
async def create_room(body: CreateRoom, ctx: ContextDep, caller: CallerDep) -> RoomView:
    """Make a room. Its name is unique in the project."""
    return RoomView.of(await rooms.create_room(ctx, caller, body.new()))


@router.get("", responses=answers(*OF_PROJECT))
async def list_rooms(
    ctx: ContextDep,
    caller: CallerDep,
    *,
    name_prefix: _Prefix = None,
    name_contains: _Contains = None,
    template: _Template = None,
    active: _Active = None,
    locked: _Locked = None,
    limit: Limit = 50,
    cursor: _Cursor = None,
) -> Page[RoomView]:
    """The project's rooms, newest first."""
    which = RoomFilter(name_prefix, name_contains, template, active, locked)
    found = await reading.read_rooms(ctx, caller, which=which, after=cursor, limit=limit + 1)
    return page_of(found, RoomView.of, limit=limit, id_of=lambda room: room.id)


@router.get("/{room}", responses=answers(*IN_ROOM))
async def get_room(room: str, ctx: ContextDep, caller: CallerDep) -> RoomDetailsView:
    """One room, by id or name, with its open session, who is present, and the broadcast that runs."""
    found = await reading.read_room(ctx, caller, room)
    return RoomDetailsView.now(found.room, found.session, found.counts, found.broadcast)


@router.patch("/{room}", responses=answers(*FROM_STAGE, E.ROOM_NAME_TAKEN, E.TEMPLATE_NOT_FOUND, E.ROOM_IN_USE))
async def update_room(room: str, body: UpdateRoom, ctx: ContextDep, caller: CallerDep) -> RoomView:
    """Change name, title, lock, metadata, settings, or, while nobody is there, the template (`room.update`)."""
    return RoomView.of(await rooms.update_room(ctx, caller, room, body.change()))


@router.delete("/{room}", status_code=204, responses=answers(*OF_PROJECT, E.ROOM_IN_USE))
async def delete_room(room: str, ctx: ContextDep, caller: CallerDep, *, end: _End = False) -> None:
    """Take the room away, with its codes and bans. Its name is free again; its sessions stay in the history."""
    await rooms.delete_room(ctx, caller, room, end=end)


@router.post("/{room}/end", responses=answers(*FROM_STAGE))
async def end_room(room: str, ctx: ContextDep, caller: CallerDep, body: EndRoom | None = None) -> RoomView:
    """End the session: everybody leaves, the broadcast stops (`room.end`). The next join opens another."""
    given = body or EndRoom()
    return RoomView.of(await rooms.end_room(ctx, caller, room, reason=given.reason, lock=given.lock))
