"""The door for players and caches: read-only, no session, no redirect, the same bytes for everyone.

`app.py` mounts `live_routes` under `/live`. Counting viewers and checking signed paths will stand in front of the
three endpoints, not inside them (design §10.13).
"""

import json
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onstage.errors import ErrorCode, OnstageError
from onstage.model.media import RenditionKind
from onstage.origin.body import Body
from onstage.origin.broadcast import BroadcastWindow
from onstage.origin.caching import MULTIVARIANT, UNKNOWN, Kind, cache_control
from onstage.origin.directives import Directives, parse_directives
from onstage.origin.origin import Origin
from onstage.origin.passing import Passing
from onstage.origin.ranges import UnsatisfiableError, asked_range
from onstage.origin.served import Served

PLAYLIST_TYPE: Final = "application/vnd.apple.mpegurl"
MEDIA_TYPES: Final = {
    RenditionKind.MUXED: "video/mp4",
    RenditionKind.VIDEO: "video/mp4",
    RenditionKind.AUDIO: "audio/mp4",
    RenditionKind.TEXT: "text/vtt",
}
CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    # hls.js tunes in behind caches by the age of a playlist (RFC 8216bis appendix C), which CORS hides by default.
    "Access-Control-Expose-Headers": "Age, Date, Retry-After",
}
_PREFLIGHT: Final = {
    **CORS,
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}
_NOT_HERE: Final = {ErrorCode.BROADCAST_NOT_FOUND, ErrorCode.BROADCAST_NOT_LIVE}
_BROADCAST_PREFIX: Final = "bc_"
_RETRY_AFTER_S: Final = 1

Endpoint = Callable[[Request], Awaitable[Response]]


def live_routes(origin: Origin, passing: Passing | None = None) -> list[Route]:
    """Routes below `/live`: `{room or broadcast}/index.m3u8`, `{broadcast}/{rendition}/index.m3u8` and its media.

    With `passing`, shows that are not here are looked for on other servers.
    """
    door = _Door(origin)
    return [
        route("/{show}/index.m3u8", door.multivariant, passing),
        route("/{show}/dvr.m3u8", door.long_multivariant, passing),
        route("/{show}/{rendition}/index.m3u8", door.playlist, passing),
        route("/{show}/{rendition}/iframes.m3u8", door.iframes, passing),
        route("/{show}/{rendition}/dvr.m3u8", door.long_playlist, passing),
        route("/{show}/{rendition}/{resource}", door.media, passing),
    ]


def route(path: str, endpoint: Endpoint, passing: Passing | None = None) -> Route:
    """A route for players: also their preflights, and problems as JSON."""

    async def answer(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=_PREFLIGHT)
        try:
            response = await endpoint(request)
        except OnstageError as error:
            passed = None if passing is None or error.code not in _NOT_HERE else await passing.answer(request)
            response = passed or _problem(error, UNKNOWN)
        if request.method == "HEAD":
            response.body = b""  # the headers stay; over HTTP/2 the server would send the body, and clients reset
        return response

    return Route(path, answer, methods=["GET", "HEAD", "OPTIONS"])


class _Door:
    """The endpoints. Each finds what is asked for, waits for it where it must, and says how long it may be cached."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin

    async def multivariant(self, request: Request) -> Response:
        """The static list of a room, or that of one broadcast."""
        window, prefix = self._show(request)
        return playlist_answer(window.multivariant(prefix), request, MULTIVARIANT)

    async def long_multivariant(self, request: Request) -> Response:
        """The same of the lists that go back for hours."""
        window, prefix = self._show(request)
        return playlist_answer(window.long_multivariant(prefix), request, MULTIVARIANT)

    def _show(self, request: Request) -> tuple[BroadcastWindow, str]:
        show = request.path_params["show"]
        if show.startswith(_BROADCAST_PREFIX):
            return self._origin.broadcast(show), ""
        window = self._origin.room_live(show)
        if window is None:
            raise OnstageError(ErrorCode.BROADCAST_NOT_LIVE, retry_after_s=_RETRY_AFTER_S)
        return window, f"../{window.broadcast_id}/"

    async def playlist(self, request: Request) -> Response:
        """A media playlist, held until what its directives ask for is there."""
        served = self._served(request)
        return await self._held(request, served, served.playlist)

    async def long_playlist(self, request: Request) -> Response:
        """The same that goes back for hours."""
        served = self._served(request)
        return await self._held(request, served, served.long_playlist)

    async def _held(
        self, request: Request, served: Served, playlist: Callable[[Directives], Awaitable[Body]]
    ) -> Response:
        is_blocking = any(name in {"_HLS_msn", "_HLS_part"} for name in request.query_params)
        kind = Kind.BLOCKING_PLAYLIST if is_blocking else Kind.PLAIN_PLAYLIST
        try:
            body = await playlist(_directives(request, served))
        except OnstageError as error:
            return _problem(error, _caching(served, kind, is_ok=False))
        return playlist_answer(body, request, _caching(served, kind, is_ok=True))

    async def iframes(self, request: Request) -> Response:
        """The list of a rendition's keyframes."""
        served = self._served(request)
        try:
            body = await served.iframes()
        except OnstageError as error:
            return _problem(error, _caching(served, Kind.PLAIN_PLAYLIST, is_ok=False))
        return playlist_answer(body, request, _caching(served, Kind.PLAIN_PLAYLIST, is_ok=True))

    async def media(self, request: Request) -> Response:
        """A segment, part or init segment, or a range of it; a hinted part is held and sent whole (§6.2.6)."""
        served = self._served(request)
        try:
            data = await served.media(request.path_params["resource"])
        except OnstageError as error:
            return _problem(error, _caching(served, Kind.MEDIA, is_ok=False))
        return _bytes(data, request, MEDIA_TYPES[served.rendition.kind], _caching(served, Kind.MEDIA, is_ok=True))

    def _served(self, request: Request) -> Served:
        window = self._origin.broadcast(request.path_params["show"])
        return window.rendition(request.path_params["rendition"])


def _directives(request: Request, served: Served) -> Directives:
    if served.window.is_ended:  # §6.2.5: with ENDLIST, directives are ignored, also wrong ones
        return Directives()
    return parse_directives(request.query_params.multi_items())


def _caching(served: Served, kind: Kind, *, is_ok: bool) -> str:
    return cache_control(kind, is_ok=is_ok, target_duration_s=served.window.constants.target_duration_s)


def _bytes(data: bytes, request: Request, media_type: str, caching: str) -> Response:
    headers = {**CORS, "Cache-Control": caching, "Accept-Ranges": "bytes"}
    try:
        wanted = asked_range(request.headers.get("range"), len(data))
    except UnsatisfiableError:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{len(data)}"})
    if wanted is None:
        return Response(data, media_type=media_type, headers=headers)
    headers["Content-Range"] = wanted.header(len(data))
    return Response(data[wanted.first : wanted.last + 1], 206, headers=headers, media_type=media_type)


def playlist_answer(body: Body, request: Request, caching: str) -> Response:
    """A playlist, compressed for who takes that."""
    headers = {**CORS, "Cache-Control": caching, "Vary": "Accept-Encoding"}
    if not _accepts_gzip(request.headers.get("accept-encoding", "")):
        return Response(body.plain, media_type=PLAYLIST_TYPE, headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(body.gzipped, media_type=PLAYLIST_TYPE, headers=headers)


def _accepts_gzip(accept_encoding: str) -> bool:
    """Whether gzip is among the accepted codings with a weight above 0 (RFC 9110 §12.5.3)."""
    for choice in accept_encoding.lower().split(","):
        coding, _, parameters = choice.partition(";")
        if coding.strip() in {"gzip", "*"}:
            weight = parameters.strip().removeprefix("q=")
            return not weight or weight.strip("0.") != ""
    return False


def _problem(error: OnstageError, caching: str) -> Response:
    headers = {**CORS, "Cache-Control": caching}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    return Response(json.dumps(error.problem()), error.status, headers=headers, media_type="application/problem+json")
