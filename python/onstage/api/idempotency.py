"""`Idempotency-Key` on every POST: the same key again gets the first answer, and nothing happens twice."""

import hashlib
import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import IntegrityError
from starlette.responses import JSONResponse

from onstage.actions.context import Context
from onstage.api.deps import context_of
from onstage.errors import ErrorCode, OnstageError
from onstage.store import idempotency as kept

HEADER = "Idempotency-Key"
LONGEST_KEY = 200
_REPLAYED = {"Idempotent-Replayed": "true"}

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class IdempotentRoute(APIRoute):
    """A route whose POST honours the key. The key belongs to the caller: another's same key is another key."""

    def get_route_handler(self) -> Handler:
        """The handler, with the key looked up before and the answer kept after."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None or request.method != "POST":
                return await handler(request)
            return await _handle_once(request, key, handler)

        return handle


async def _handle_once(request: Request, key: str, handler: Handler) -> Response:
    if not 0 < len(key) <= LONGEST_KEY:
        raise OnstageError(ErrorCode.MALFORMED, f"{HEADER} is too long.", expected=f"1 to {LONGEST_KEY} characters")
    ctx = context_of(request)
    scope = _digest(request.headers.get("authorization", "").encode())
    request_hash = _digest(request.method.encode(), str(request.url.path).encode(), await request.body())
    answer = await _reserve(ctx, scope, key, request_hash)
    if answer is not None:
        return answer
    try:
        response = await handler(request)
    except BaseException:
        # Actions change all or nothing, so a failed request may be tried again under its key.
        async with ctx.database.begin() as tx:
            await kept.release(tx, scope, key)
        raise
    body = json.loads(bytes(response.body)) if response.body else None
    async with ctx.database.begin() as tx:
        await kept.finish(tx, scope, key, status=response.status_code, body=body)
    return response


async def _reserve(ctx: Context, scope: str, key: str, request_hash: str) -> Response | None:
    """The kept answer; None when the key is now ours."""
    try:
        async with ctx.database.begin() as tx:
            found = await kept.get(tx, scope, key)
            if found is None:
                await kept.reserve(tx, scope, key, request_hash=request_hash, now=ctx.clock.now())
                return None
    except IntegrityError as cause:  # two servers at once; the other one has it
        raise OnstageError(ErrorCode.IDEMPOTENCY_IN_PROGRESS) from cause
    if found.request_hash != request_hash:
        raise OnstageError(ErrorCode.IDEMPOTENCY_CONFLICT)
    if found.status is None:
        raise OnstageError(ErrorCode.IDEMPOTENCY_IN_PROGRESS)
    return JSONResponse(found.body, found.status, _REPLAYED)


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()
