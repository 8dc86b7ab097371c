"""`Idempotency-Key` on a POST: the same key again gets the first answer, and nothing happens twice.

Not on joins and tokens: repeating those changes nothing, and their answers are secrets that must not be kept.
"""

import contextlib
import hashlib
import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.responses import JSONResponse

from onstage.actions import idempotency
from onstage.actions.context import Context
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
    kept = await idempotency.reserve(ctx, scope, key, hashlib.sha256(asked).hexdigest())
    if kept is not None:
        return JSONResponse(kept.body, kept.status or 200, _REPLAYED)
    try:
        response = await handler(request)
    except BaseException:
        with contextlib.suppress(OnstageError):  # the store is away: the key is free again after a minute
            await idempotency.release(ctx, scope, key)
        raise
    with contextlib.suppress(OnstageError):  # likewise; what was done is answered as done
        body = json.loads(bytes(response.body)) if response.body else None
        await idempotency.finish(ctx, scope, key, status=response.status_code, body=body)
    return response
