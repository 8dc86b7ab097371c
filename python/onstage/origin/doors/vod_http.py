"""The door for recordings: playlists and media that never change."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onstage.errors import ErrorCode
from onstage.model.media import RenditionKind
from onstage.origin.doors.caching import IMMUTABLE
from onstage.origin.doors.gate import Gate, OpenGate
from onstage.origin.doors.guarded import allowed_routes, guarded_routes, in_order
from onstage.origin.doors.http import MEDIA_TYPES, playlist_answer
from onstage.origin.doors.passing import Passing
from onstage.origin.playlists.body import Body
from onstage.origin.recordings.vod import Vod

PLAYLIST_CACHING = "public, max-age=60"
"""A playlist never changes, but its recording may be deleted. Captions may still come for five minutes."""


def vod_routes(vod: Vod, gate: Gate | None = None, passing: Passing | None = None) -> list[Route]:
    """Routes below `/vod`: `{recording}/index.m3u8`, `{recording}/{rendition}/index.m3u8` and its media.

    Each also behind `~{token}/`; without `gate`, everybody may play. With `passing`, what is not in a storage that this
    server reaches is looked for on the one that has it.
    """
    gate, door, missing = gate or OpenGate(), _Door(vod), ErrorCode.RECORDING_NOT_FOUND
    return in_order(
        guarded_routes("/{show}/index.m3u8", door.multivariant, gate, passing, not_found=missing),
        allowed_routes(gate, not_found=missing),
        guarded_routes("/{show}/{rendition}/index.m3u8", door.playlist, gate, passing, not_found=missing),
        guarded_routes("/{show}/{rendition}/{resource}", door.media, gate, passing, not_found=missing),
    )


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
        body = await self._vod.playlist(request.path_params["show"], request.path_params["rendition"])
        return playlist_answer(body, request, PLAYLIST_CACHING)

    async def media(self, request: Request) -> Response:
        """A segment or init segment."""
        recording, rendition, name = (request.path_params[one] for one in ("show", "rendition", "resource"))
        kind, data = await self._vod.media(recording, rendition, name)
        caching = PLAYLIST_CACHING if kind is RenditionKind.TEXT else IMMUTABLE
        return Response(data, media_type=MEDIA_TYPES[kind], headers={"Cache-Control": caching})
