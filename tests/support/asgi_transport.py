"""httpx over ASGI, streaming: a body's pieces arrive when the app sends them, which httpx's own transport hides."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
from starlette.types import ASGIApp, Message


class StreamingASGITransport(httpx.AsyncBaseTransport):
    """Each request is a task of the app; `http_version` is what a real connection would have negotiated."""

    def __init__(self, app: ASGIApp, http_version: bytes = b"HTTP/2") -> None:
        self._app = app
        self._http_version = http_version

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        sent: asyncio.Queue[Message] = asyncio.Queue()
        task = asyncio.create_task(self._run(request, sent))
        start = await sent.get()
        if start["type"] == "error":
            raise start["error"]
        return httpx.Response(
            start["status"],
            headers=start["headers"],
            stream=_Body(sent, task, is_empty=request.method == "HEAD"),
            extensions={"http_version": self._http_version},
        )

    async def _run(self, request: httpx.Request, sent: "asyncio.Queue[Message]") -> None:
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "2",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.split(b"?")[0],
            "query_string": request.url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "server": (request.url.host, request.url.port),
            "client": ("127.0.0.1", 1),
        }
        try:
            await self._app(scope, _nothing_comes, sent.put)
        except Exception as error:  # noqa: BLE001 - given to who asked
            await sent.put({"type": "error", "error": error})


async def _nothing_comes() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


class _Body(httpx.AsyncByteStream):
    def __init__(self, sent: "asyncio.Queue[Message]", task: "asyncio.Task[None]", *, is_empty: bool) -> None:
        self._sent = sent
        self._task = task
        self._is_empty = is_empty

    async def __aiter__(self) -> AsyncIterator[bytes]:
        more = not self._is_empty
        while more:
            message = await self._sent.get()
            if message["type"] == "error":
                raise message["error"]
            more = message.get("more_body", False)
            if message.get("body"):
                yield message["body"]

    async def aclose(self) -> None:
        await self._task
