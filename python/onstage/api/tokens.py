"""Participant tokens and room codes."""

from fastapi import APIRouter, Response

from onstage.actions import tokens
from onstage.actions.bodies.tokens import CreateCode, CreateToken
from onstage.api.answers import CodeView, TokenView
from onstage.api.deps import CallerDep, ContextDep, PublicUrl
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Page, whole
from onstage.api.problems import answers
from onstage.api.refusals import IN_ROOM
from onstage.errors import ErrorCode as E
from onstage.model.role import Level

router = APIRouter(prefix="/v1/rooms", tags=["tokens"], route_class=IdempotentRoute)
secret_router = APIRouter(prefix="/v1/rooms", tags=["tokens"])
"""Beside the idempotent routes: an answer that is a secret is not kept."""


@secret_router.post("/{room}/tokens", status_code=201, responses=answers(*IN_ROOM, E.UNKNOWN_ROLE))
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
    code, role = await tokens.create_code(ctx, caller, room, body.role)
    return CodeView.of(code, role.level, public_url)


@router.get("/{room}/codes", responses=answers(*IN_ROOM))
async def list_codes(room: str, ctx: ContextDep, caller: CallerDep, public_url: PublicUrl) -> Page[CodeView]:
    """The room's codes (`room.update`)."""
    codes = await tokens.list_codes(ctx, caller, room)
    return whole(codes, lambda one: CodeView.of(one[0], one[1].level if one[1] else Level.VIEWER, public_url))


@router.delete("/{room}/codes/{code}", status_code=204, responses=answers(*IN_ROOM, E.ROOM_CODE_NOT_FOUND))
async def delete_code(room: str, code: str, ctx: ContextDep, caller: CallerDep) -> Response:
    """Make the link useless. Who joined with it stays."""
    await tokens.delete_code(ctx, caller, room, code)
    return Response(status_code=204)
