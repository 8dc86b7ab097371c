"""Rooms, tokens and codes."""

from fastapi import APIRouter

from onstage.actions import reading, rooms
from onstage.actions.bodies.rooms import CreateRoom, EndRoom, UpdateRoom
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Cursor, Limit, Page, page_of
from onstage.api.problems import answers
from onstage.api.refusals import IN_ROOM
from onstage.errors import ErrorCode as E
from onstage.model.views import RoomView

router = APIRouter(prefix="/v1/rooms", tags=["rooms"], route_class=IdempotentRoute)


@router.post("", status_code=201, responses=answers(*IN_ROOM, E.ROOM_NAME_TAKEN, E.TEMPLATE_NOT_FOUND))
async def create_room(body: CreateRoom, ctx: ContextDep, caller: CallerDep) -> RoomView:
    """Make a room. Its name is unique in the project."""
    return RoomView.of(await rooms.create_room(ctx, caller, body.new()))


@router.get("", responses=answers(*IN_ROOM))
async def list_rooms(ctx: ContextDep, caller: CallerDep, limit: Limit = 50, cursor: Cursor = None) -> Page[RoomView]:
    """The project's rooms."""
    found = await reading.read_rooms(ctx, caller, after=cursor, limit=limit + 1)
    return page_of(found, RoomView.of, limit=limit, id_of=lambda room: room.id)


@router.get("/{room}", responses=answers(*IN_ROOM))
async def get_room(room: str, ctx: ContextDep, caller: CallerDep) -> RoomView:
    """One room, by id or name."""
    return RoomView.of(await reading.read_room(ctx, caller, room))


@router.patch("/{room}", responses=answers(*IN_ROOM, E.ROOM_NAME_TAKEN))
async def update_room(room: str, body: UpdateRoom, ctx: ContextDep, caller: CallerDep) -> RoomView:
    """Change name, title, lock or metadata (`room.update`)."""
    return RoomView.of(await rooms.update_room(ctx, caller, room, body.change()))


@router.post("/{room}/end", responses=answers(*IN_ROOM))
async def end_room(room: str, ctx: ContextDep, caller: CallerDep, body: EndRoom | None = None) -> RoomView:
    """End the session: everybody leaves, the broadcast stops (`room.end`). The next join opens another."""
    given = body or EndRoom()
    return RoomView.of(await rooms.end_room(ctx, caller, room, reason=given.reason, lock=given.lock))
