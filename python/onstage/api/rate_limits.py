"""Counting who calls, at REST's door: each address here, callers once they are known (`deps.authenticate`).

Only `/v1` counts. Pages, playlists, media and health are exempt: they are cheap, and many people share an address.
"""

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from onstage.actions.context import Context
from onstage.actions.rate_limits import bucket_of
from onstage.api.problems import problem_response
from onstage.errors import OnstageError

_COUNTED = "/v1/"


class AddressLimit:
    """Answers 429 to an address that asks too often, before anything else is done for it."""

    def __init__(self, app: ASGIApp, ctx: Context | None) -> None:
        self._app = app
        self._ctx = ctx

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and self._ctx is not None and scope["path"].startswith(_COUNTED):
            try:
                await self._ctx.rate_limits.count_address(address_of(self._ctx, HTTPConnection(scope)))
            except OnstageError as error:
                await problem_response(error, Headers(scope=scope))(scope, receive, send)
                return
        await self._app(scope, receive, send)


def network_of(ctx: Context, request: HTTPConnection) -> str:
    """Whom a request counts against: its address, or the network of one that has many."""
    return bucket_of(address_of(ctx, request))


def address_of(ctx: Context, request: HTTPConnection) -> str:
    """The client's address."""
    peer = None if request.client is None else request.client.host
    return ctx.rate_limits.address_of(peer, ", ".join(request.headers.getlist("x-forwarded-for")) or None)
