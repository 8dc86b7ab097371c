"""The door for players and caches: read-only, no session, no redirect, the same bytes for everyone.

`app.py` mounts `live_routes` under `/live`. Checking signed paths stands in front of the endpoints (`guarded.py`).
"""

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onstage.errors import ErrorCode, FieldProblem, OnstageError
from onstage.model.media import RenditionKind
from onstage.origin.assets.thumbnail import CACHING as THUMBNAIL_CACHING
from onstage.origin.assets.thumbnail import Thumbnails
from onstage.origin.doors.caching import MULTIVARIANT, NOBODY_KEEPS, Kind, cache_control
from onstage.origin.doors.gate import Gate, OpenGate
from onstage.origin.doors.guarded import allowed_routes, guarded_routes, in_order, problem
from onstage.origin.doors.passing import Passing
from onstage.origin.doors.viewers import BEACON_COUNTS_S, SID, SID_EXPECTED, Viewers
from onstage.origin.live.broadcast import BroadcastWindow
from onstage.origin.live.served import Served
from onstage.origin.origin import Origin
from onstage.origin.playlists.body import Body
from onstage.origin.playlists.directives import Directives, parse_directives
from onstage.origin.storing.ranges import UnsatisfiableError, asked_range

PLAYLIST_TYPE: Final = "application/vnd.apple.mpegurl"
MEDIA_TYPES: Final = {
    RenditionKind.MUXED: "video/mp4",
    RenditionKind.VIDEO: "video/mp4",
    RenditionKind.AUDIO: "audio/mp4",
    RenditionKind.TEXT: "text/vtt",
}
_BROADCAST_PREFIX: Final = "bc_"
_RETRY_AFTER_S: Final = 1


def live_routes(
    origin: Origin,
    passing: Passing | None = None,
    gate: Gate | None = None,
    viewers: Viewers | None = None,
    thumbnails: Thumbnails | None = None,
) -> list[Route]:
    """Routes below `/live`: `{room or broadcast}/index.m3u8`, `…/thumbnail.jpg`, `{broadcast}/{rendition}/index.m3u8`.

    And its media. Each also behind `~{token}/`. With `passing`, shows that are not here are looked for on other
    servers; without `gate`, everybody may play; with `viewers`, who plays is counted. `thumbnails` is for the caller to
    close; without it, they are made by a thread that ends with the routes.
    """
    gate, door = gate or OpenGate(), _Door(origin, viewers, thumbnails or Thumbnails(origin.clock))
    return in_order(
        guarded_routes("/{show}/index.m3u8", door.multivariant, gate, passing),
        guarded_routes("/{show}/dvr.m3u8", door.long_multivariant, gate, passing),
        guarded_routes("/{show}/thumbnail.jpg", door.thumbnail, gate, passing),
        allowed_routes(gate, passing),
        guarded_routes("/{show}/beacon", door.beacon, gate, passing, methods=["POST", "OPTIONS"]),
        guarded_routes("/{show}/{rendition}/index.m3u8", door.playlist, gate, passing),
        guarded_routes("/{show}/{rendition}/iframes.m3u8", door.iframes, gate, passing),
        guarded_routes("/{show}/{rendition}/dvr.m3u8", door.long_playlist, gate, passing),
        guarded_routes("/{show}/{rendition}/{resource}", door.media, gate, passing),
    )


class _Door:
    """The endpoints. Each finds what is asked for, waits for it where it must, and says how long it may be cached."""

    def __init__(self, origin: Origin, viewers: Viewers | None, thumbnails: Thumbnails) -> None:
        self._origin = origin
        self._viewers = viewers
        self._thumbnails = thumbnails

    async def multivariant(self, request: Request) -> Response:
        """The static list of a room, or that of one broadcast."""
        window, prefix = self._show(request)
        return playlist_answer(window.multivariant(prefix), request, MULTIVARIANT)

    async def long_multivariant(self, request: Request) -> Response:
        """The same of the lists that go back for hours."""
        window, prefix = self._show(request)
        return playlist_answer(window.long_multivariant(prefix), request, MULTIVARIANT)

    async def thumbnail(self, request: Request) -> Response:
        """A small picture of a show, or of a room's."""
        window, _ = self._show(request)
        picture = await self._thumbnails.of(window)
        return Response(picture, media_type="image/jpeg", headers={"Cache-Control": THUMBNAIL_CACHING})

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
        self._count(request, request.path_params["show"], 3 * served.window.constants.target_duration_s)
        is_blocking = any(name in {"_HLS_msn", "_HLS_part"} for name in request.query_params)
        kind = Kind.BLOCKING_PLAYLIST if is_blocking else Kind.PLAIN_PLAYLIST
        try:
            body = await playlist(_directives(request, served))
        except OnstageError as error:
            return problem(error, _caching(served, kind, is_ok=False))
        return playlist_answer(body, request, _caching(served, kind, is_ok=True))

    async def iframes(self, request: Request) -> Response:
        """The list of a rendition's keyframes."""
        served = self._served(request)
        try:
            body = await served.iframes()
        except OnstageError as error:
            return problem(error, _caching(served, Kind.PLAIN_PLAYLIST, is_ok=False))
        return playlist_answer(body, request, _caching(served, Kind.PLAIN_PLAYLIST, is_ok=True))

    async def media(self, request: Request) -> Response:
        """A segment, part or init segment, or a range of it; a hinted part is held and sent whole (§6.2.6)."""
        served = self._served(request)
        try:
            data = await served.media(request.path_params["resource"])
        except OnstageError as error:
            return problem(error, _caching(served, Kind.MEDIA, is_ok=False))
        return _bytes(data, request, MEDIA_TYPES[served.rendition.kind], _caching(served, Kind.MEDIA, is_ok=True))

    async def beacon(self, request: Request) -> Response:
        """Somebody plays behind a cache that keeps their requests from us: count them for a while."""
        window, _ = self._show(request)
        if not SID.fullmatch(request.query_params.get("sid", "")):
            raise OnstageError(ErrorCode.MALFORMED, errors=[FieldProblem("sid", SID_EXPECTED)])
        if window.is_live and not self._count(request, window.broadcast_id, BEACON_COUNTS_S):
            raise OnstageError(ErrorCode.RATE_LIMITED, "Too many viewers are new from this address.", retry_after_s=60)
        return Response(status_code=204, headers={"Cache-Control": NOBODY_KEEPS})

    def _count(self, request: Request, broadcast_id: str, for_s: float) -> bool:
        sid = request.query_params.get("sid")
        return self._viewers is None or sid is None or self._viewers.saw(broadcast_id, sid, for_s, request)

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
    headers = {"Cache-Control": caching, "Accept-Ranges": "bytes"}
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
    headers = {"Cache-Control": caching, "Vary": "Accept-Encoding"}
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
