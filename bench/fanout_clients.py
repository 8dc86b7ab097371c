"""Thousands of WebSocket clients in one process, on plain asyncio: what they hear, and how late.

Run by `bench/chat_fanout.py`, which says on its standard input what to do and reads the results line by line.
"""

import asyncio
import base64
import json
import os
import re
import resource
import sys
import time
from typing import Any, cast
from urllib.parse import urlsplit

import uvloop

_SENT_AT = re.compile(rb"t=(\d+);")
_PING, _PONG = b'{"type":"ping"}', b'{"type":"pong"}'
_TEXT, _WS_PING, _WS_PONG = 1, 9, 10  # opcodes, RFC 6455 §5.2
_AT_ONCE = 100
_LONGEST_MS = 60_000
Json = dict[str, Any]


def masked(payload: bytes, opcode: int = _TEXT) -> bytes:
    """A client's frame, with a mask of zeros."""
    size = len(payload)
    head = bytes((0x80 | opcode, 0x80 | size)) if size < 126 else bytes((0x80 | opcode, 0xFE)) + size.to_bytes(2, "big")
    return head + b"\0\0\0\0" + payload


class Hearing:
    """What all clients heard together."""

    def __init__(self) -> None:
        self.late_ms = [0] * _LONGEST_MS
        self._known: dict[bytes, list[int]] = {}

    def again(self, frame: bytes) -> int:
        """If another client was sent the same frame: how many messages it has, noting how late they are. Else 0."""
        sent_at = self._known.get(frame)
        return 0 if sent_at is None else self._note(sent_at)

    def messages(self, frame: bytes) -> int:
        """Note how late the messages of a frame are; how many they are."""
        if len(self._known) > 1_000:
            self._known.clear()
        sent_at = self._known[frame] = [int(at) for at in _SENT_AT.findall(frame)]
        return self._note(sent_at)

    def _note(self, sent_at: list[int]) -> int:
        now = time.monotonic_ns()
        for at in sent_at:
            self.late_ms[min((now - at) // 1_000_000, _LONGEST_MS - 1)] += 1
        return len(sent_at)

    def percentile(self, share: float) -> int:
        """Milliseconds within which that share was heard."""
        wanted, seen = share * sum(self.late_ms), 0
        for ms, count in enumerate(self.late_ms):
            seen += count
            if seen >= wanted:
                return ms
        return _LONGEST_MS


class Client(asyncio.Protocol):
    """One socket: shakes hands, says hello if there is one to be said, and counts what it hears."""

    __slots__ = ("_buffer", "_hearing", "_hello", "_is_open", "_path", "heard", "ready", "transport")

    def __init__(self, hearing: Hearing, path: str, hello: bytes | None) -> None:
        self._hearing = hearing
        self._path = path
        self._hello = hello
        self._buffer = b""
        self._is_open = False
        self.heard = 0
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the WebSocket."""
        self.transport = cast(asyncio.Transport, transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        """Take the handshake's end, then frames."""
        if not self._buffer and (messages := self._hearing.again(data)):  # so that the clients are no bottleneck
            self.heard += messages
            return
        self._buffer += data
        if not self._is_open:
            head, separator, rest = self._buffer.partition(b"\r\n\r\n")
            if not separator:
                return
            assert b" 101 " in head, head
            self._is_open, self._buffer = True, rest
            if self._hello is None:
                self.ready.set_result(None)
            else:
                self.transport.write(masked(self._hello))
        self._take_frames()

    def _take_frames(self) -> None:
        while len(self._buffer) >= 2:
            size, start = self._buffer[1], 2
            if size >= 126:
                start = 4 if size == 126 else 10
                size = int.from_bytes(self._buffer[2:start], "big")
            if len(self._buffer) < start + size:
                return
            frame, self._buffer = self._buffer[: start + size], self._buffer[start + size :]
            self._on_frame(frame, frame[start:])

    def _on_frame(self, frame: bytes, payload: bytes) -> None:
        opcode = frame[0] & 15
        if opcode == _WS_PING:
            self.transport.write(masked(payload, _WS_PONG))
        elif payload == _PING:
            self.transport.write(masked(_PONG))
        elif not self.ready.done():
            assert payload.startswith(b'{"type": "welcome"'), payload[:200]
            self.ready.set_result(None)
        elif not payload.startswith(b'{"type": "reply"'):
            self.heard += self._hearing.messages(frame)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        """Tell who still waits for it to be ready."""
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("the server has closed the connection"))


async def connect(order: Json, hearing: Hearing) -> list[Client]:
    """Open every socket, some at a time."""
    hellos = [json.dumps({"type": "hello", "token": token}).encode() for token in order["tokens"]]
    wanted: list[bytes | None] = [*hellos] or [None] * order["count"]
    clients: list[Client] = []
    for first in range(0, len(wanted), _AT_ONCE):
        some = wanted[first : first + _AT_ONCE]
        clients += await asyncio.gather(*(_open(order["url"], hearing, hello) for hello in some))
    return clients


async def _open(url: str, hearing: Hearing, hello: bytes | None) -> Client:
    parts = urlsplit(url)
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(
        lambda: Client(hearing, parts.path, hello), str(parts.hostname), parts.port or 80
    )
    await client.ready
    return client


async def talk(clients: list[Client], order: Json) -> None:
    """Send messages at an even pace: each from another client over the gateway, or all to the peer's publisher."""
    publisher = None
    if order["publish"]:
        url = urlsplit(order["publish"])
        _, publisher = await asyncio.open_connection(url.hostname, url.port)
    began = time.monotonic()
    for number in range(order["messages"]):
        await asyncio.sleep(began + number / order["per_s"] - time.monotonic())
        text = f"t={time.monotonic_ns()}; and a line of chat about as long as people write them"
        if publisher is None:
            request = {"type": "request", "id": "1", "name": "message.send", "data": {"text": text}}
            clients[number % len(clients)].transport.write(masked(json.dumps(request).encode()))
        else:
            body = order["frame"].replace("TEXT", text).encode()
            path = urlsplit(order["publish"]).path
            head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
            publisher.write(head.encode() + body)
    await asyncio.sleep(order["settle_s"])


async def main() -> None:
    """Do as told: a line to connect, a line to talk."""
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader(limit=64 * 1024 * 1024)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    hearing = Hearing()
    began = time.monotonic()
    clients = await connect(json.loads(await orders.readline()), hearing)
    print(json.dumps({"connected": len(clients), "took_s": time.monotonic() - began}), flush=True)
    order = json.loads(await orders.readline())
    await talk(clients, order)
    result = {
        "p50": hearing.percentile(0.5),
        "p99": hearing.percentile(0.99),
        "max": max((ms for ms, count in enumerate(hearing.late_ms) if count), default=_LONGEST_MS),
        "lost": order["messages"] * len(clients) - sum(client.heard for client in clients),
    }
    print(json.dumps(result), flush=True)
    await orders.readline()
    os._exit(0)  # the sockets need no goodbye


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    uvloop.run(main())
