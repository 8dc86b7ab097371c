"""`Idempotency-Key` on a POST: the same key again gets the first answer, and nothing is done twice.

If something was done and the answer was lost, the same key again is told so; if nothing was, the key is free again.
Answers are kept sealed, since some are secrets. Not on joins, which nobody's credentials go with (a code's holder is
nobody yet), and not on the operator's calls.
"""

import contextlib
import hashlib
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from onstage.actions import idempotency
from onstage.actions.context import Context
from onstage.actions.idempotency import Reservation
from onstage.api.deps import authenticate, context_of
from onstage.errors import ErrorCode, OnstageError

HEADER = "Idempotency-Key"
LONGEST_KEY = 200
_REPLAYED = {"Idempotent-Replayed": "true"}

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class IdempotentRoute(APIRoute):
    """A route whose POST honours the key."""

    def get_route_handler(self) -> Handler:
        """The handler, with the key looked up before and the answer kept after."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None or request.method != "POST":
                return await handler(request)
            if not 0 < len(key) <= LONGEST_KEY:
                expected = f"1 to {LONGEST_KEY} characters"
                raise OnstageError(ErrorCode.MALFORMED, f"{HEADER} is empty or too long.", expected=expected)
            return await _handle_once(context_of(request), request, key, handler)

        return handle


async def _handle_once(ctx: Context, request: Request, key: str, handler: Handler) -> Response:
    caller = await authenticate(request)
    scope = idempotency.scope_of(caller)
    asked = b"\0".join((request.url.path.encode(), await request.body()))
    own = await idempotency.reserve(ctx, scope, key, hashlib.sha256(asked).hexdigest())
    if not isinstance(own, Reservation):
        return Response(own.body, own.status or 200, _REPLAYED, "application/json" if own.body else None)
    try:
        with idempotency.carrying_out(ctx, own):
            response = await handler(request)
    except BaseException:
        with contextlib.suppress(OnstageError):  # the store is away: in a minute it finds out by itself
            await idempotency.release(ctx, own)
        raise
    with contextlib.suppress(OnstageError):  # likewise; what was done is answered as done
        body = bytes(response.body).decode()
        await idempotency.finish(ctx, own, status=response.status_code, body=body)
    return response
