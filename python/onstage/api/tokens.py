"""Participant tokens and room codes."""

from fastapi import APIRouter, Response

from onstage.actions import codes, revoking, tokens
from onstage.actions.bodies.tokens import CreateCode, CreateToken, RevokeTokens
from onstage.api.answers import CodeView, TokenView
from onstage.api.deps import CallerDep, ContextDep, GatewayUrl, PublicUrl
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Page, whole
from onstage.api.problems import answers
from onstage.api.refusals import FOR_TOKENS, OF_PROJECT, ON_CODES
from onstage.errors import ErrorCode as E
from onstage.model.role import Level
from onstage.model.views import RevocationView

router = APIRouter(prefix="/v1", tags=["tokens"], route_class=IdempotentRoute)


@router.post(
    "/rooms/{room}/tokens", status_code=201, responses=answers(*FOR_TOKENS, E.UNKNOWN_ROLE, E.TEMPLATE_NOT_FOUND)
)
async def create_token(
    room: str, body: CreateToken, ctx: ContextDep, caller: CallerDep, public_url: PublicUrl, gateway_url: GatewayUrl
) -> TokenView:
    """A token with which one person joins. Only your server makes tokens, or signs them by itself with a key."""
    return TokenView.of(await tokens.mint_token(ctx, caller, room, body.new()), public_url, gateway_url)


@router.post("/rooms/{room}/tokens/revoke", responses=answers(*OF_PROJECT))
async def revoke_room_tokens(room: str, body: RevokeTokens, ctx: ContextDep, caller: CallerDep) -> RevocationView:
    """Refuse tokens in this room from now on: one by its `jti`, or all of an identity. Who is there by them leaves."""
    return RevocationView.of(await revoking.revoke_tokens(ctx, caller, room, body.revoked()))


@router.post("/tokens/revoke", responses=answers(*OF_PROJECT))
async def revoke_tokens(body: RevokeTokens, ctx: ContextDep, caller: CallerDep) -> RevocationView:
    """The same in every room of the project."""
    return RevocationView.of(await revoking.revoke_tokens(ctx, caller, None, body.revoked()))


@router.post("/rooms/{room}/codes", status_code=201, responses=answers(*ON_CODES, E.UNKNOWN_ROLE, E.OUTRANKED))
async def create_code(
    room: str, body: CreateCode, ctx: ContextDep, caller: CallerDep, public_url: PublicUrl
) -> CodeView:
    """A short link with which anybody joins in one role (`room.update`)."""
    code, role = await codes.create_code(ctx, caller, room, body.new())
    return CodeView.of(code, role.level, public_url)


@router.get("/rooms/{room}/codes", responses=answers(*ON_CODES))
async def list_codes(room: str, ctx: ContextDep, caller: CallerDep, public_url: PublicUrl) -> Page[CodeView]:
    """The room's codes, oldest first (`room.update`): those that the caller could have made."""
    found = await codes.list_codes(ctx, caller, room)
    return whole(found, lambda one: CodeView.of(one[0], one[1].level if one[1] else Level.VIEWER, public_url))


@router.delete("/rooms/{room}/codes/{code}", status_code=204, responses=answers(*ON_CODES, E.ROOM_CODE_NOT_FOUND))
async def delete_code(room: str, code: str, ctx: ContextDep, caller: CallerDep) -> Response:
    """Make the link useless (`room.update`). Who joined with it stays."""
    await codes.delete_code(ctx, caller, room, code)
    return Response(status_code=204)
