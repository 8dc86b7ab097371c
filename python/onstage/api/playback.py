"""Playback tokens, with which a room's shows are played where its `playback.access` is `signed`."""

from typing import Annotated

from fastapi import APIRouter, Response

from onstage.actions import playback
from onstage.actions.bodies.playback import CreatePlaybackToken
from onstage.api.deps import CallerDep, ContextDep, PublicUrl
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Limit, Page, cursor_of, page_of
from onstage.api.problems import answers
from onstage.api.refusals import OF_PROJECT
from onstage.errors import ErrorCode as E
from onstage.model.ids import Prefix
from onstage.model.views import NewPlaybackTokenView, PlaybackTokenView

router = APIRouter(prefix="/v1/rooms/{room}/playback_tokens", tags=["playback"], route_class=IdempotentRoute)
_Cursor = Annotated[str | None, cursor_of(Prefix.PLAYBACK_TOKEN)]


@router.post("", status_code=201, responses=answers(*OF_PROJECT))
async def create_playback_token(
    room: str,
    ctx: ContextDep,
    caller: CallerDep,
    public_url: PublicUrl,
    body: CreatePlaybackToken | None = None,
) -> NewPlaybackTokenView:
    """A token with which anybody plays the room's shows until it expires, and the URL that has it in its path.

    Also of a deleted room, by its id, while it has recordings: `/vod/~{token}/{recording}/index.m3u8` plays them.
    """
    given = body or CreatePlaybackToken()
    made, token = await playback.create_playback_token(ctx, caller, room, given.new())
    url = public_url + playback.live_path(made.room_id, token)
    return NewPlaybackTokenView.of_new(made, token, url)


@router.get("", responses=answers(*OF_PROJECT))
async def list_playback_tokens(
    room: str, ctx: ContextDep, caller: CallerDep, limit: Limit = 50, cursor: _Cursor = None
) -> Page[PlaybackTokenView]:
    """Those that your server had made, newest first, revoked ones too; not those that joining gives."""
    found = await playback.list_playback_tokens(ctx, caller, room, after=cursor, limit=limit + 1)
    return page_of(found, PlaybackTokenView.of, limit=limit, id_of=lambda one: one.id)


@router.delete("/{playback_token}", status_code=204, responses=answers(*OF_PROJECT, E.PLAYBACK_TOKEN_NOT_FOUND))
async def revoke_playback_token(room: str, playback_token: str, ctx: ContextDep, caller: CallerDep) -> Response:
    """Make the token useless, from the next request on. It stays in the list until it expires."""
    await playback.revoke_playback_token(ctx, caller, room, playback_token)
    return Response(status_code=204)
