"""The door for recordings: playlists and media that never change."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onstage.origin.body import Body
from onstage.origin.caching import IMMUTABLE
from onstage.origin.http import CORS, MEDIA_TYPES, playlist_answer, route
from onstage.origin.vod import Vod, reel_of

PLAYLIST_CACHING = "public, max-age=60"
"""A playlist never changes, but its recording may be deleted."""


def vod_routes(vod: Vod) -> list[Route]:
    """Routes below `/vod`: `{recording}/index.m3u8`, `{recording}/{rendition}/index.m3u8` and its media."""
    door = _Door(vod)
    return [
        route("/{show}/index.m3u8", door.multivariant),
        route("/{show}/{rendition}/index.m3u8", door.playlist),
        route("/{show}/{rendition}/{resource}", door.media),
    ]


class _Door:
    """The endpoints."""

    def __init__(self, vod: Vod) -> None:
        self._vod = vod

    async def multivariant(self, request: Request) -> Response:
        """The list of renditions."""
        film = await self._vod.film(request.path_params["show"])
        return playlist_answer(Body.of(film.multivariant()), request, PLAYLIST_CACHING)

    async def playlist(self, request: Request) -> Response:
        """The segments of one."""
        film = await self._vod.film(request.path_params["show"])
        reel = reel_of(film, request.path_params["rendition"])
        return playlist_answer(Body.of(reel.playlist()), request, PLAYLIST_CACHING)

    async def media(self, request: Request) -> Response:
        """A segment or init segment."""
        recording, rendition, name = (request.path_params[one] for one in ("show", "rendition", "resource"))
        data = await self._vod.media(recording, rendition, name)
        kind = reel_of(await self._vod.film(recording), rendition).rendition.kind
        media_type = MEDIA_TYPES[kind]
        return Response(data, media_type=media_type, headers={**CORS, "Cache-Control": IMMUTABLE})
