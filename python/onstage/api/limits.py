"""No request body larger than what any route needs."""

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onstage.api.problems import problem_response
from onstage.errors import ErrorCode, OnstageError

LARGEST_BODY_BYTES = 262_144


class BodyLimit:
    """Answers 413 as soon as a body is known to be too large, declared or not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > LARGEST_BODY_BYTES:
            await problem_response(_too_large())(scope, receive, send)
            return
        await self._limited(scope, receive, send)

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the body as it comes. What is too large is answered here; the inner answer to it is dropped."""
        received = 0
        is_too_large = False

        async def counted() -> Message:
            nonlocal received, is_too_large
            message = await receive()
            received += len(message.get("body", b""))
            if received > LARGEST_BODY_BYTES and not is_too_large:
                is_too_large = True
                await problem_response(_too_large())(scope, receive, send)
            return {"type": "http.disconnect"} if is_too_large else message

        async def unless_answered(message: Message) -> None:
            if not is_too_large:
                await send(message)

        try:
            await self._app(scope, counted, unless_answered)
        except ClientDisconnect:
            if not is_too_large:
                raise


def _too_large() -> OnstageError:
    return OnstageError(ErrorCode.BODY_TOO_LARGE, expected=f"at most {LARGEST_BODY_BYTES} bytes")
