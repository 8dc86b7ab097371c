"""A wrapper that breaks an origin on purpose: it sees each exchange and may change the request and the answer."""

import asyncio
import gzip
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass
class Exchange:
    """A request and, once there is one, its answer; the body is not compressed."""

    path: str
    query: dict[str, str]
    method: str
    asked_at: float
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay_s: float = 0.0
    trickles: bool = False

    @property
    def text(self) -> str:
        return self.body.decode()

    @text.setter
    def text(self, value: str) -> None:
        self.body = value.encode()

    @property
    def is_main(self) -> bool:
        return self.path.endswith("/bc_probe/index.m3u8")

    @property
    def is_list(self) -> bool:
        """A media playlist that was answered with 200."""
        return self.path.endswith("index.m3u8") and not self.is_main and self.status == 200

    @property
    def is_delta(self) -> bool:
        return self.is_list and "#EXT-X-SKIP" in self.text

    @property
    def is_media(self) -> bool:
        return not self.path.endswith(".m3u8") and self.status == 200

    @property
    def is_part(self) -> bool:
        return self.is_media and "/part" in self.path

    def number(self, name: str, default: int = 0) -> int:
        """A directive's number; `default` where there is none."""
        value = self.query.get(name, "")
        return int(value) if value.isdigit() else default

    def sub(self, pattern: str, value: str, count: int = 0) -> None:
        """Replace in the text, line by line."""
        self.text = re.sub(pattern, value, self.text, count=count, flags=re.MULTILINE)


Change = Callable[[Exchange], None]


class MutatingOrigin:
    """Adds the Date a server would, then lets `on_request` and `on_answer` do their worst."""

    def __init__(self, app: ASGIApp, *, on_request: Change | None = None, on_answer: Change | None = None) -> None:
        self._app = app
        self._on_request = on_request
        self._on_answer = on_answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        pairs = parse_qs(scope["query_string"].decode(), keep_blank_values=True).items()
        query = {name: values[0] for name, values in pairs}
        exchange = Exchange(scope["path"], query, scope["method"], asyncio.get_running_loop().time())
        if self._on_request is not None:
            self._on_request(exchange)
        encoded = "&".join(f"{name}={value}" for name, value in exchange.query.items()).encode()
        scope = {**scope, "query_string": encoded, "path": exchange.path, "raw_path": exchange.path.encode()}
        await self._app(scope, receive, _collecting(exchange))
        is_gzip = exchange.headers.get("content-encoding") == "gzip"
        if is_gzip:
            exchange.body = gzip.decompress(exchange.body)
        exchange.headers["date"] = "Thu, 01 Jan 2026 00:00:00 GMT"
        if self._on_answer is not None:
            self._on_answer(exchange)
        if is_gzip and exchange.headers.get("content-encoding") == "gzip":
            exchange.body = gzip.compress(exchange.body, mtime=0)
        await _answer(exchange, send)


def _collecting(exchange: Exchange) -> Send:
    async def collect(message: Message) -> None:
        if message["type"] == "http.response.start":
            exchange.status = message["status"]
            exchange.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            exchange.body += message.get("body", b"")

    return collect


async def _answer(exchange: Exchange, send: Send) -> None:
    await asyncio.sleep(exchange.delay_s)
    exchange.headers["content-length"] = str(len(exchange.body))
    headers = [(name.encode(), value.encode()) for name, value in exchange.headers.items()]
    await send({"type": "http.response.start", "status": exchange.status, "headers": headers})
    half = len(exchange.body) // 2 if exchange.trickles else 0
    if half:
        await send({"type": "http.response.body", "body": exchange.body[:half], "more_body": True})
        await asyncio.sleep(0.2)
    await send({"type": "http.response.body", "body": exchange.body[half:], "more_body": False})
