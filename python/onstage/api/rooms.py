"""Rooms, tokens and codes."""

from fastapi import APIRouter, Response

from onstage.actions import reading, rooms, tokens
from onstage.actions.bodies import CreateCode, CreateRoom, CreateToken, EndRoom, UpdateRoom
from onstage.api.answers import CodeView, TokenView
from onstage.api.deps import CallerDep, ContextDep, PublicUrl
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Cursor, Limit, Page, page_of, whole
from onstage.api.problems import answers
from onstage.errors import ErrorCode as E
from onstage.model.views import RoomView

router = APIRouter(prefix="/v1/rooms", tags=["rooms"], route_class=IdempotentRoute)
token_router = APIRouter(prefix="/v1/rooms", tags=["rooms"])
"""Beside the idempotent routes: an answer that is a secret is not kept."""
IN_ROOM = (
    E.CREDENTIALS_MISSING,
    E.CREDENTIALS_INVALID,
    E.TOKEN_INVALID,
    E.TOKEN_EXPIRED,
    E.TOKEN_WRONG_ROOM,
    E.PERMISSION_DENIED,
    E.NOT_ON_STAGE,
    E.PARTICIPANT_REMOVED,
    E.ROOM_NOT_FOUND,
    E.SESSION_ENDED,
    E.PARTICIPANT_LEFT,
    E.MALFORMED,
)


@router.post("", status_code=201, responses=answers(*IN_ROOM, E.ROOM_NAME_TAKEN))
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


@token_router.post("/{room}/tokens", status_code=201, responses=answers(*IN_ROOM, E.UNKNOWN_ROLE))
async def create_token(
    room: str, body: CreateToken, ctx: ContextDep, caller: CallerDep, public_url: PublicUrl
) -> TokenView:
    """A token with which one person joins. Only your server makes tokens."""
    return TokenView.of(await tokens.mint_token(ctx, caller, room, body.new()), public_url)


@router.post("/{room}/codes", status_code=201, responses=answers(*IN_ROOM, E.UNKNOWN_ROLE))
async def create_code(
    room: str, body: CreateCode, ctx: ContextDep, caller: CallerDep, public_url: PublicUrl
) -> CodeView:
    """A short link with which anybody joins in one role (`room.update`)."""
    found = await reading.read_room(ctx, caller, room)
    return CodeView.of(await tokens.create_code(ctx, caller, room, body.role), found, public_url)


@router.get("/{room}/codes", responses=answers(*IN_ROOM))
async def list_codes(room: str, ctx: ContextDep, caller: CallerDep, public_url: PublicUrl) -> Page[CodeView]:
    """The room's codes (`room.update`)."""
    found = await reading.read_room(ctx, caller, room)
    codes = await tokens.list_codes(ctx, caller, room)
    return whole(codes, lambda code: CodeView.of(code, found, public_url))


@router.delete("/{room}/codes/{code}", status_code=204, responses=answers(*IN_ROOM, E.ROOM_CODE_NOT_FOUND))
async def delete_code(room: str, code: str, ctx: ContextDep, caller: CallerDep) -> Response:
    """Make the link useless. Who joined with it stays."""
    await tokens.delete_code(ctx, caller, room, code)
    return Response(status_code=204)
