"""No request body larger than what any route needs."""

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
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > LARGEST_BODY_BYTES:
                raise _too_large()
            return message

        await self._app(scope, limited, send)


def _too_large() -> OnstageError:
    return OnstageError(ErrorCode.BODY_TOO_LARGE, expected=f"at most {LARGEST_BODY_BYTES} bytes")
