"""The door to assets, `/downloads/~{token}/{recording}/{folder}/{file}`: for whoever has a URL that is good."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from obstore.exceptions import BaseError, NotFoundError
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from onstage.errors import ErrorCode, OnstageError
from onstage.origin.assets.shelf import Shelf
from onstage.origin.doors.caching import NOBODY_KEEPS
from onstage.origin.doors.guarded import READING, problem
from onstage.origin.doors.passing import Passing
from onstage.origin.storing.ranges import ByteRange, UnsatisfiableError, asked_range

_CORS: Final = {
    "Access-Control-Allow-Origin": "*",  # the URL is what lets in, and no page has it by itself
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Range, If-Range",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag",
}
_CACHING = "private, max-age=3600"


@dataclass(frozen=True, slots=True)
class Stored:
    """An asset that can be had. `tag` changes with its bytes, `saved_as` is a file's name for people.

    `is_kept`: whether caches of browsers may have it.
    """

    size: int
    content_type: str
    tag: str
    saved_as: str
    is_attachment: bool
    is_kept: bool = True


Find = Callable[[str, str, str], Awaitable[Stored]]


def asset_routes(shelf: Shelf, find: Find, passing: Passing | None = None) -> list[Route]:
    """Routes below `/downloads`. `find` is asked with token, recording and name, and refuses by `OnstageError`.

    With `passing`, files that are in another server's folder are had from there.
    """
    door = _Door(shelf, find, passing)
    return [Route("/~{token}/{show}/{folder}/{file}", door.answer, methods=READING)]


class _Door:
    """The endpoint."""

    def __init__(self, shelf: Shelf, find: Find, passing: Passing | None) -> None:
        self._shelf = shelf
        self._find = find
        self._passing = passing

    async def answer(self, request: Request) -> Response:
        """The file, or the part of it that is asked for (RFC 9110 §14)."""
        try:
            response = Response(status_code=204) if request.method == "OPTIONS" else await self._file(request)
        except OnstageError as error:
            response = problem(error, NOBODY_KEEPS)
        response.headers.update(_CORS)
        return response

    async def _file(self, request: Request) -> Response:
        asked = request.path_params
        name = f"{asked['folder']}/{asked['file']}"
        stored = await self._find(asked["token"], asked["show"], name)
        headers = _headers(stored)
        try:
            part = _part(request, stored)
        except UnsatisfiableError:
            return Response(status_code=416, headers={"Content-Range": f"bytes */{stored.size}"})
        if part is not None:
            headers |= {"Content-Range": part.header(stored.size), "Content-Length": str(part.last - part.first + 1)}
        status = 200 if part is None else 206
        if request.method == "HEAD":
            return Response(status_code=status, headers=headers, media_type=stored.content_type)
        try:
            pieces = await self._shelf.read(f"{asked['show']}/{name}", part)
        except (NotFoundError, FileNotFoundError) as cause:  # it is in another server's folder
            passed = None if self._passing is None else await self._passing.answer(request)
            if passed is None:
                raise OnstageError(ErrorCode.ASSET_NOT_FOUND) from cause
            return passed
        except (BaseError, OSError) as cause:
            raise OnstageError(ErrorCode.STORAGE_AWAY) from cause
        return StreamingResponse(pieces, status, headers, stored.content_type)


def _part(request: Request, stored: Stored) -> ByteRange | None:
    """A client that goes on with what it has of another version gets all of this one (RFC 9110 §13.1.5)."""
    if request.headers.get("if-range", stored.tag) != stored.tag:
        return None
    return asked_range(request.headers.get("range"), stored.size)


def _headers(stored: Stored) -> dict[str, str]:
    how = "attachment" if stored.is_attachment else "inline"
    plain = stored.saved_as.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_").replace("\\", "_")
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": _CACHING if stored.is_kept else NOBODY_KEEPS,
        "Content-Disposition": f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(stored.saved_as, safe='')}",
        "Content-Length": str(stored.size),
        "ETag": stored.tag,
        "X-Content-Type-Options": "nosniff",
    }
