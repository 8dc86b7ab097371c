"""No request body larger than what any route needs, and none that never comes to its end."""

import asyncio
import re

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onstage.actions.image_files import LARGEST_BYTES
from onstage.api.problems import problem_response
from onstage.errors import ErrorCode, OnstageError

LARGEST_BODY_BYTES = 262_144
LARGEST_IMAGE_BYTES = LARGEST_BYTES
BODY_WITHIN_S = 30.0
_TAKES_IMAGES = re.compile(r"/v1/rooms/[^/]+/images")
_READ_ANYWAY_BYTES = 4 * LARGEST_BODY_BYTES
"""How much of a body that is refused is read and forgotten, so that its connection is good for the next request."""
_READ_ANYWAY_S = 2.0


_UPLOADS = re.compile(r"/v1/rooms/[^/]+/media/?")
UPLOAD_WITHIN_S = 3600.0


class BodyLimit:
    """Answers 413 to a body that is too large, declared or not, and 408 to one that takes too long."""

    def __init__(self, app: ASGIApp, within_s: float = BODY_WITHIN_S, *, most_upload_bytes: int = 0) -> None:
        """`most_upload_bytes` is for the one route that takes files, and hands them on as they come."""
        self._app = app
        self._within_s = within_s
        self._most_upload_bytes = max(most_upload_bytes, LARGEST_BODY_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most, within_s = self._bounds(scope)
        body = _Body(receive, within_s, most)
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > most:
            body.refusal = _too_large(most)
        else:
            await self._within_limit(scope, body, send)
        if body.refusal is not None:
            await _refuse(scope, body, send, body.refusal)

    def _bounds(self, scope: Scope) -> tuple[int, float]:
        """The most bytes that a body may have, and the seconds it may take."""
        if scope["method"] == "POST" and _UPLOADS.fullmatch(scope["path"]):
            return self._most_upload_bytes, UPLOAD_WITHIN_S
        is_image = _TAKES_IMAGES.fullmatch(scope["path"]) is not None
        return LARGEST_IMAGE_BYTES if is_image else LARGEST_BODY_BYTES, self._within_s

    async def _within_limit(self, scope: Scope, body: "_Body", send: Send) -> None:
        """Hand on what comes. Once the body is refused, the inner answer to what was cut off is dropped."""

        async def unless_refused(message: Message) -> None:
            if body.refusal is None:
                body.is_answered = True
                await send(message)

        try:
            await self._app(scope, body.receive, unless_refused)
        except ClientDisconnect:
            if body.refusal is None:
                raise


class _Body:
    """A body as it comes: counted, and timed until it is whole."""

    def __init__(self, receive: Receive, within_s: float, most: int) -> None:
        self._most = most
        self._receive = receive
        self._within_s = within_s
        self._ends_at = asyncio.get_running_loop().time() + within_s
        self._read = 0
        self.is_whole = self.is_cut_off = self.is_answered = False
        self.refusal: OnstageError | None = None

    async def receive(self) -> Message:
        """The next message; that the client is gone, once the body is refused."""
        message = await self._next()
        if self._read > self._most:
            self._refuse(_too_large(self._most))
        return message if self.refusal is None else {"type": "http.disconnect"}

    def _refuse(self, refusal: OnstageError) -> None:
        if not self.is_answered:
            self.refusal = self.refusal or refusal

    async def read_anyway(self) -> None:
        """Read the rest, unless it is too much or too slow."""
        self._ends_at = min(self._ends_at, asyncio.get_running_loop().time() + _READ_ANYWAY_S)
        while not (self.is_whole or self.is_cut_off) and self._read < _READ_ANYWAY_BYTES:
            await self._next()

    async def _next(self) -> Message:
        if self.is_whole:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._ends_at):
                message = await self._receive()
        except TimeoutError:
            self._refuse(_too_slow(self._within_s))
            self.is_cut_off = True
            return {"type": "http.disconnect"}
        self._read += len(message.get("body", b""))
        self.is_whole = not message.get("more_body", False)
        return message


async def _refuse(scope: Scope, body: _Body, send: Send, refusal: OnstageError) -> None:
    """Answer that the body is none. A connection on which more of it may come is closed, once some of it was read."""
    await body.read_anyway()
    answer = problem_response(refusal, Headers(scope=scope))
    if scope["http_version"].startswith("1") and not body.is_whole:
        answer.headers["Connection"] = "close"  # RFC 9112 §9.6: what is still to come is not read as a request
    await answer(scope, body.receive, send)


def _too_large(most: int) -> OnstageError:
    return OnstageError(ErrorCode.BODY_TOO_LARGE, expected=f"at most {most} bytes")


def _too_slow(within_s: float) -> OnstageError:
    return OnstageError(ErrorCode.BODY_TOO_SLOW, expected=f"the whole body within {within_s:g} s")
