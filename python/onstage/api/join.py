"""Joining: from a token or a room code to everything a client needs."""

from fastapi import APIRouter, Request

from onstage.actions import playback, presence, reading, tokens
from onstage.actions.bodies.tokens import Join
from onstage.actions.context import Context
from onstage.api.answers import EngineView, JoinView, PlaybackView
from onstage.api.deps import ContextDep, GatewayUrl, Origin, PublicUrl
from onstage.api.problems import answers
from onstage.api.rate_limits import address_of
from onstage.errors import ErrorCode, FieldProblem, OnstageError
from onstage.errors import ErrorCode as E
from onstage.media.engine import client_url
from onstage.model.records import Participant, Room
from onstage.model.views import ParticipantView, RoleView, RoomView

router = APIRouter(prefix="/v1", tags=["join"])


@router.post(
    "/join",
    responses=answers(
        E.TOKEN_INVALID,
        E.TOKEN_EXPIRED,
        E.TOKEN_REVOKED,
        E.TOKEN_EXCEEDS_KEY,
        E.ORIGIN_NOT_ALLOWED,
        E.JOIN_TOO_EARLY,
        E.JOIN_TOO_LATE,
        E.PARTICIPANT_REMOVED,
        E.PARTICIPANT_BANNED,
        E.ROOM_NOT_FOUND,
        E.ROOM_CODE_NOT_FOUND,
        E.ROOM_CODE_EXPIRED,
        E.ROOM_CODE_USED_UP,
        E.RATE_LIMITED,
        E.ROOM_LOCKED,
        E.ROOM_NOT_OPEN,
        E.ROOM_FULL,
        E.IDENTITY_CONNECTED,
        E.UNKNOWN_ROLE,
        E.STAGE_FULL,
        E.MALFORMED,
    ),
)
async def join(
    body: Join, request: Request, ctx: ContextDep, public_url: PublicUrl, gateway_url: GatewayUrl, origin: Origin
) -> JoinView:
    """Come into the room. The same identity again is the same participant, as it is now.

    Within a session the server's word wins over a later token's: its role, name, permissions, metadata and attributes
    are not taken; `remove_at` and `remove_after_s` are. Its `join_from` and `join_until` are for who is not there.
    """
    async with ctx.rate_limits.counting_failures(address_of(ctx, request)):
        token = await _token(ctx, body)
        room, participant = await presence.join(ctx, token, connection_id=body.connection_id, origin=origin)
    return JoinView(
        participant=ParticipantView.of(participant),
        room=RoomView.of(room),
        roles={role.name: RoleView.of(role) for role in await reading.read_roles(ctx, room)},
        token=token,
        gateway_url=gateway_url,
        engine=_engine(ctx, participant, public_url),
        playback=await _playback(ctx, room, participant, public_url),
    )


async def _playback(ctx: Context, room: Room, participant: Participant, public_url: str) -> PlaybackView:
    found = await playback.playback_of(ctx, room, participant)
    return PlaybackView(
        url=public_url + found.path,
        dvr_url=None if found.dvr_path is None else public_url + found.dvr_path,
        profile=found.profile,
        expires_at=found.expires_at,
    )


async def _token(ctx: Context, body: Join) -> str:
    if (body.token is None) == (body.code is None):
        problem = FieldProblem("token", "give `token` or `code`, and not both")
        raise OnstageError(ErrorCode.MALFORMED, errors=[problem])
    if body.token is not None:
        return body.token
    return (await tokens.mint_for_code(ctx, body.code or "", body.name or "")).token


def _engine(ctx: Context, participant: Participant, public_url: str) -> EngineView | None:
    if not participant.level.uses_engine:
        return None
    return EngineView(url=client_url(public_url), token=ctx.engine.access_token(tokens.engine_grant(participant)))
