"""Media: files of a room, and what is played into a broadcast."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from onstage.actions import media_files, media_playbacks
from onstage.actions.bodies.base import Name
from onstage.actions.bodies.media import PlayMedia, UpdateMedia
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Limit, Page, cursor_of, page_of
from onstage.api.problems import answers
from onstage.api.refusals import FROM_STAGE, IN_ROOM_OF_BROADCAST, ON_BROADCAST
from onstage.errors import ErrorCode as E
from onstage.model.ids import Prefix
from onstage.model.views import MediaFileView, MediaPlaybackView

upload_router = APIRouter(prefix="/v1", tags=["media"])
"""Not of the routes that honour `Idempotency-Key`: to compare a body with the one before, they keep it in memory."""
router = APIRouter(prefix="/v1", tags=["media"], route_class=IdempotentRoute)

_FileCursor = Annotated[str | None, cursor_of(Prefix.MEDIA_FILE)]
_PlaybackCursor = Annotated[str | None, cursor_of(Prefix.PLAYBACK)]
_FILE_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@upload_router.post(
    "/rooms/{room}/media",
    status_code=201,
    responses=answers(*FROM_STAGE, E.MEDIA_LIMIT, E.MEDIA_UNPLAYABLE),
    openapi_extra=_FILE_BODY,
)
async def upload_media(
    room: str, request: Request, ctx: ContextDep, caller: CallerDep, name: Annotated[Name | None, Query()] = None
) -> MediaFileView:
    """Upload a file to be played (`media.play`): the body is the file itself, with its `Content-Type`."""
    kind = request.headers.get("content-type", "application/octet-stream")
    file = await media_files.upload(ctx, caller, room, request.stream(), name=name or "", content_type=kind)
    return MediaFileView.of(file)


@router.get("/rooms/{room}/media", responses=answers(*FROM_STAGE))
async def list_media(
    room: str, ctx: ContextDep, caller: CallerDep, limit: Limit = 50, cursor: _FileCursor = None
) -> Page[MediaFileView]:
    """The room's uploaded files, newest first (`media.play`)."""
    found = await media_files.read_files(ctx, caller, room, after=cursor, limit=limit + 1)
    return page_of(found, MediaFileView.of, limit=limit, id_of=lambda one: one.id)


@router.delete("/rooms/{room}/media/{media}", status_code=204, responses=answers(*FROM_STAGE, E.MEDIA_FILE_NOT_FOUND))
async def delete_media(room: str, media: str, ctx: ContextDep, caller: CallerDep) -> None:
    """Take an uploaded file away (`media.play`). What plays it now may play on."""
    await media_files.delete_file(ctx, caller, room, media)


@router.post(
    "/broadcasts/{broadcast}/media",
    status_code=201,
    responses=answers(*ON_BROADCAST, E.BROADCAST_OVER, E.MEDIA_FILE_NOT_FOUND, E.MEDIA_LIMIT, E.URL_NOT_ALLOWED),
)
async def play_media(broadcast: str, body: PlayMedia, ctx: ContextDep, caller: CallerDep) -> MediaPlaybackView:
    """Play a file into the show (`media.play`). `media.started` tells when it is seen, `media.ended` how it ended."""
    return MediaPlaybackView.of(await media_playbacks.play(ctx, caller, broadcast, body.new()))


@router.get("/broadcasts/{broadcast}/media", responses=answers(*IN_ROOM_OF_BROADCAST))
async def list_playbacks(
    broadcast: str, ctx: ContextDep, caller: CallerDep, limit: Limit = 50, cursor: _PlaybackCursor = None
) -> Page[MediaPlaybackView]:
    """What plays in the broadcast, and what has, newest first."""
    found = await media_playbacks.read_playbacks(ctx, caller, broadcast, after=cursor, limit=limit + 1)
    return page_of(found, MediaPlaybackView.of, limit=limit, id_of=lambda one: one.id)


@router.patch(
    "/broadcasts/{broadcast}/media/{playback}",
    responses=answers(*ON_BROADCAST, E.PLAYBACK_NOT_FOUND, E.PLAYBACK_OVER),
)
async def update_playback(
    broadcast: str, playback: str, body: UpdateMedia, ctx: ContextDep, caller: CallerDep
) -> MediaPlaybackView:
    """Change volume, pause, loop or position (`media.play`), from the next picture on."""
    changed = await media_playbacks.update_playback(ctx, caller, broadcast, playback, body.change())
    return MediaPlaybackView.of(changed)


@router.delete(
    "/broadcasts/{broadcast}/media/{playback}",
    status_code=204,
    responses=answers(*ON_BROADCAST, E.PLAYBACK_NOT_FOUND, E.PLAYBACK_OVER),
)
async def stop_playback(broadcast: str, playback: str, ctx: ContextDep, caller: CallerDep) -> None:
    """Play it no more (`media.play`)."""
    await media_playbacks.stop_playback(ctx, caller, broadcast, playback)
