"""A webhook receiver on a real socket, down to its bad habits: it writes bytes, not HTTP by the book."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.support.waiting import EventLog, until

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass(frozen=True, slots=True)
class Received:
    """One request, whole."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.body)
        return data

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


Behaviour = Callable[[Received, asyncio.StreamWriter], Awaitable[None]]


def answering(raw: bytes) -> Behaviour:
    """Answers every request with these bytes, and keeps the connection."""

    async def answer(_request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return answer


def status(code: int, *headers: str) -> Behaviour:
    """Answers with this status and an empty body."""
    lines = "".join(f"{header}\r\n" for header in headers)
    return answering(f"HTTP/1.1 {code} Something\r\n{lines}Content-Length: 0\r\n\r\n".encode())


@dataclass(slots=True)
class Receiver:
    """What came in, in order; `behaves` may be changed at any time."""

    port: int = 0
    behaves: Behaviour = field(default_factory=lambda: answering(OK))
    log: EventLog[Received] = field(default_factory=EventLog)
    connections: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def received(self) -> list[Received]:
        return self.log.seen

    @property
    def types(self) -> list[str]:
        return [one.json["type"] for one in self.received]

    async def up(self, tls: ssl.SSLContext | None = None) -> None:
        """Listen, again on the same port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Listen no more, and cut who is connected."""
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await self._server.wait_closed()

    async def until_received(self, count: int) -> list[Received]:
        """Everything, once it is at least so many."""
        await until(lambda: len(self.received) >= count, what=f"{count} requests")
        return self.received

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            while request := await _read(reader):
                self.in_flight += 1
                self.most_in_flight = max(self.most_in_flight, self.in_flight)
                self.log.add(request)
                try:
                    await self.behaves(request, writer)
                finally:
                    self.in_flight -= 1
                if writer.is_closing():
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Received | None:
    head = await reader.readuntil(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").rstrip().split("\r\n")
    headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(line, headers, body)


@asynccontextmanager
async def receiving(*, tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """A receiver that answers 200."""
    receiver = Receiver()
    await receiver.up(tls)
    try:
        yield receiver
    finally:
        await receiver.down()
