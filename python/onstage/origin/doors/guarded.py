"""Routes to media behind a gate: the token's check, the pages that may read, HEAD and OPTIONS, problems as JSON.

`/live` and `/vod` are made of these: an endpoint behind them finds what is asked for, and knows of nobody.
"""

import json
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onstage.errors import ErrorCode, OnstageError
from onstage.model.ids import Prefix
from onstage.model.playback import PlaybackGrant
from onstage.origin.doors.caching import ALLOWED, NOBODY_KEEPS, UNKNOWN
from onstage.origin.doors.gate import Gate, Rules
from onstage.origin.doors.passing import Passing

_EXPOSED: Final = "Age, Date, Retry-After"
"""hls.js tunes in behind caches by the age of a playlist (RFC 8216bis appendix C), which CORS hides by default."""
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}
_NOT_HERE: Final = {ErrorCode.BROADCAST_NOT_FOUND, ErrorCode.BROADCAST_NOT_LIVE, ErrorCode.STORAGE_AWAY}
_REFUSED_AT_GATE: Final = {
    ErrorCode.PLAYBACK_TOKEN_MISSING,
    ErrorCode.PLAYBACK_TOKEN_INVALID,
    ErrorCode.PLAYBACK_TOKEN_EXPIRED,
    ErrorCode.PLAYBACK_TOKEN_REVOKED,
    ErrorCode.PLAYBACK_TOKEN_WRONG_ROOM,
}
READING: Final = ("GET", "HEAD", "OPTIONS")

Endpoint = Callable[[Request], Awaitable[Response]]


def guarded_routes(
    path: str,
    endpoint: Endpoint,
    gate: Gate,
    passing: Passing | None = None,
    *,
    methods: Sequence[str] = READING,
    not_found: ErrorCode = ErrorCode.BROADCAST_NOT_FOUND,
) -> list[Route]:
    """`/~{token}` + `path`, and `path` alone, which names a `{show}`. `endpoint` is asked once the gate lets in.

    Mount all routes with a token before those without: a show is never called `~…`. `not_found` is for shows that the
    gate does not know.
    """
    guarded = _Guarded(endpoint, gate, passing, not_found)

    async def answer(request: Request) -> Response:
        return await _answer(request, guarded)

    return [Route(f"/~{{token}}{path}", answer, methods=methods), Route(path, answer, methods=methods)]


def in_order(*routes: list[Route]) -> list[Route]:
    """Those with a token first."""
    flat = [one for some in routes for one in some]
    return sorted(flat, key=lambda one: not one.path.startswith("/~"))


def allowed_routes(
    gate: Gate, passing: Passing | None = None, *, not_found: ErrorCode = ErrorCode.BROADCAST_NOT_FOUND
) -> list[Route]:
    """`{show}/allowed`: 204 for whom the gate lets in, for caches that ask before they answer from what they have.

    The answer may be kept under its whole path for `caching.ALLOWED`; so long a revoked token is good there.
    """

    async def allowed(_request: Request) -> Response:
        return Response(status_code=204, headers={"Cache-Control": ALLOWED})

    return guarded_routes("/{show}/allowed", allowed, gate, passing, not_found=not_found)


@dataclass(frozen=True, slots=True)
class _Guarded:
    """An endpoint, and what stands in front of it."""

    endpoint: Endpoint
    gate: Gate
    passing: Passing | None
    not_found: ErrorCode


async def _answer(request: Request, guarded: _Guarded) -> Response:
    rules = None
    try:
        rules = await guarded.gate.rules_of(request.path_params["show"])
        response = await _admitted(request, guarded, rules)
    except OnstageError as error:
        passed = await _passed(request, guarded.passing, error)
        if passed is not None:
            return passed
        response = problem(error, NOBODY_KEEPS if error.code in _REFUSED_AT_GATE else UNKNOWN)
    _say_who_may_read(request, response, None if rules is None else rules.origins)
    if request.method == "HEAD":
        response.body = b""  # the headers stay; over HTTP/2 the server would send the body, and clients reset
    return response


async def _passed(request: Request, passing: Passing | None, error: OnstageError) -> Response | None:
    """What another server says, where it is about a show that is not here; it asks the gate as well."""
    if passing is None or error.code not in _NOT_HERE or request.method == "OPTIONS":
        return None
    return await passing.answer(request)


async def _admitted(request: Request, guarded: _Guarded, rules: Rules | None) -> Response:
    if request.method == "OPTIONS":
        return Response(status_code=204, headers=_PREFLIGHT)
    if rules is None:
        raise _unknown(request.path_params["show"], guarded.not_found)
    grant = rules.admit(request.path_params.get("token"))
    response = await guarded.endpoint(request)
    if grant is not None:
        await _confirm(guarded.gate, request.path_params["show"], grant)
    return response


def _unknown(show: str, not_found: ErrorCode) -> OnstageError:
    """Nobody knows it, so nobody plays it: a room may come to be."""
    if show.startswith(f"{Prefix.ROOM}_"):
        return OnstageError(ErrorCode.BROADCAST_NOT_LIVE, retry_after_s=1)
    return OnstageError(not_found)


async def _confirm(gate: Gate, show: str, grant: PlaybackGrant) -> None:
    """It may have been held for seconds, in which the token was revoked."""
    rules = await gate.rules_of(show)
    if rules is not None and rules.is_signed:
        rules.confirm(grant)


def _say_who_may_read(request: Request, response: Response, origins: Collection[str] | None) -> None:
    """CORS (Fetch Standard §3.2). Where only some pages may, answers differ by page, and caches have to know."""
    if origins is None:
        response.headers["Access-Control-Allow-Origin"] = "*"
    else:
        response.headers.add_vary_header("Origin")
        origin = request.headers.get("origin", "").lower()
        if origin not in origins:
            return
        response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = _EXPOSED


def problem(error: OnstageError, caching: str) -> Response:
    """The failure as `application/problem+json` (RFC 9457)."""
    headers = {"Cache-Control": caching}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    return Response(json.dumps(error.problem()), error.status, headers=headers, media_type="application/problem+json")
