"""`/live`, `/vod` and `/downloads` of another server's show: asked for there, and passed through (design §10.14).

Whoever has one behind each server, or one URL for all, reaches every show; a cache in front keeps most of it away.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import aiohttp
import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from yarl import URL

CONNECT_TIMEOUT_S: Final = 3.0
SILENCE_S: Final = 30.0
"""Longer than any request is held."""
_CHUNK_BYTES: Final = 65_536
_PASSED: Final = "Onstage-Passed"
_TO_THERE: Final = ("accept-encoding", "origin", "if-none-match", "if-modified-since", "range", "if-range")
_FROM_THERE: Final = (
    "content-type",
    "content-length",
    "content-encoding",
    "content-disposition",
    "content-range",
    "accept-ranges",
    "cache-control",
    "vary",
    "etag",
    "retry-after",
    "x-content-type-options",
    "access-control-allow-origin",
    "access-control-expose-headers",
)

Find = Callable[[str], Awaitable[str | None]]

log = structlog.get_logger(__name__)


class Passing:
    """Requests for shows of other servers."""

    def __init__(self, find: Find) -> None:
        """`find` gives the URL of the other server that has the room's, broadcast's or recording's show, if one has."""
        self._find = find
        self._session_or_none: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections to other servers."""
        if self._session_or_none is not None:
            await self._session_or_none.close()

    async def answer(self, request: Request) -> Response | None:
        """The other server's answer; None when there is no other, or it does not answer. Nothing is passed twice."""
        if _PASSED.lower() in request.headers:
            return None
        base = await self._find(request.path_params["show"])
        if base is None:
            return None
        url = URL(f"{base.rstrip('/')}{request.url.path}?{request.url.query}", encoded=True)
        headers = {name: value for name in _TO_THERE if (value := request.headers.get(name)) is not None}
        headers["X-Forwarded-For"] = _forwarded_for(request)
        try:
            there = await self._session.request(request.method, url, headers={**headers, _PASSED: "1"})
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("show_not_passed_through", server=base, error=type(error).__name__)
            return None
        kept = {name: there.headers[name] for name in _FROM_THERE if name in there.headers}
        return StreamingResponse(_body(there), there.status, headers=kept)

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._session_or_none is None:
            timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT_S, sock_read=SILENCE_S)
            everybody = aiohttp.TCPConnector(limit=0)  # players hold their requests for the next part
            self._session_or_none = aiohttp.ClientSession(connector=everybody, timeout=timeout, auto_decompress=False)
        return self._session_or_none


def _forwarded_for(request: Request) -> str:
    """Whom it is from, for a neighbour that trusts us as a proxy: viewers are counted by address."""
    peer = [] if request.client is None else [request.client.host]
    return ", ".join([*request.headers.getlist("x-forwarded-for"), *peer])


async def _body(there: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    async with there:
        async for chunk in there.content.iter_chunked(_CHUNK_BYTES):
            yield chunk
