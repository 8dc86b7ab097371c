"""Sockets that mean no good: too much at once, too slowly, too many, or nothing at all."""

import asyncio
import base64
import json
import os
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from socket import SO_RCVBUF, SOL_SOCKET
from urllib.parse import urlsplit

import pytest
import websockets

from onstage.actions import presence
from onstage.gateway import own_port as gateway_port
from onstage.gateway.connection import BYE_TIMEOUT_S, HELLO_TIMEOUT_S, MOST_WAITING, PING_EVERY_S
from onstage.gateway.frames import LARGEST_FRAME_BYTES
from onstage.model.ids import random_text
from tests.support.gateway import Door, GatewayClient, ServedHouse, served
from tests.support.house import House
from tests.support.waiting import DEADLINE_S, until

_MASK = b"\x00\x00\x00\x00"
_SMALL_BYTES = 65_536
_MOST_ON_THE_WAY = 16 * 1_048_576
"""More than all buffers of two kernels hold."""


class RawSocket:
    """A WebSocket client that sends what no library would."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, head: bytes, payload: bytes = b"", mask: bytes = _MASK) -> None:
        self._writer.write(head + mask + payload)

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    def push(self, data: bytes) -> int:
        """Send what the kernel takes now; how many bytes."""
        own = self._writer.get_extra_info("socket")
        try:
            return os.write(own.fileno(), data)
        except BlockingIOError:
            return 0

    async def read(self, size: int) -> bytes:
        async with asyncio.timeout(DEADLINE_S):
            return await self._reader.readexactly(size)

    async def rest(self) -> bytes:
        """All that still comes, until the server closes."""
        async with asyncio.timeout(DEADLINE_S):
            try:
                return await self._reader.read()
            except ConnectionResetError:
                return b""


@asynccontextmanager
async def raw(url: str, *, shakes_hands: bool = True) -> AsyncIterator[RawSocket]:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_RCVBUF, _SMALL_BYTES)
    if shakes_hands:
        key = base64.b64encode(random_text(16).encode()).decode()
        writer.write(
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    try:
        yield RawSocket(reader, writer)
    finally:
        writer.close()


def header(opcode: int, size: int, *, final: bool = True, masked: bool = True) -> bytes:
    first, mask = (0x80 if final else 0) | opcode, 0x80 if masked else 0
    if size < 126:
        return bytes((first, mask | size))
    if size < 1 << 16:
        return bytes((first, mask | 126)) + size.to_bytes(2, "big")
    return bytes((first, mask | 127)) + size.to_bytes(8, "big")


@pytest.fixture
async def own_port(house: House) -> AsyncIterator[ServedHouse]:
    async with served(house, Door.OWN_PORT) as opened:
        yield opened


async def test_a_frame_that_says_it_is_too_large_is_refused_before_it_has_come(own_port: ServedHouse) -> None:
    for size in (LARGEST_FRAME_BYTES + 1, 1 << 31, (1 << 63) - 1):
        async with raw(own_port.gateway_url) as socket:
            socket.send(header(1, size), b'{"type": "hello"')
            answer = await socket.rest()
        assert b'"code": "protocol_error"' in answer
        assert str(LARGEST_FRAME_BYTES).encode() in answer
    await until(lambda: own_port.gateway.connections == 0, what="nothing to be left of them")


async def test_a_message_in_pieces_is_bounded_as_a_whole(own_port: ServedHouse) -> None:
    piece = b"x" * (LARGEST_FRAME_BYTES // 4)
    async with raw(own_port.gateway_url) as socket:
        socket.send(header(1, len(piece), final=False), piece)
        for _ in range(4):
            socket.send(header(0, len(piece), final=False), piece)
        assert b'"code": "protocol_error"' in await socket.rest()


async def test_pieces_of_nothing_take_no_memory(own_port: ServedHouse) -> None:
    """No bound of a message's size holds for them: they may go on for ever."""
    nothing, pong = header(0, 0, final=False) + _MASK, header(10, 0, masked=False)
    async with raw(own_port.gateway_url) as socket:
        tracemalloc.start()
        try:
            socket.write(header(1, 0, final=False) + _MASK + nothing * 20_000 + header(9, 0) + _MASK)
            assert await socket.read(len(pong)) == pong, "all of them have been taken"
            kept = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, gateway_port.__file__)])
        finally:
            tracemalloc.stop()
        assert sum(one.size for one in kept.traces) < 10_000
        socket.send(header(0, 2), b"{}")
        await until(lambda: own_port.gateway.connections == 0, what="the whole to be refused, which is no hello")


async def test_a_hello_in_pieces_is_as_good_as_in_one(doors: ServedHouse) -> None:
    hello = json.dumps({"type": "hello", "token": await doors.token("anna", "host")})
    async with websockets.connect(doors.gateway_url) as socket:
        await socket.send(iter([hello[:20], hello[20:21], hello[21:]]))
        assert (await GatewayClient(socket).first())["type"] == "welcome"


@pytest.mark.parametrize(
    ("head", "payload"),
    [
        (header(1, 2, masked=False), b"{}"),  # RFC 6455 §5.1: a client masks
        (header(3, 2), b"{}"),  # an opcode that there is not
        (bytes((0xC1, 0x82)), b"{}"),  # compressed, which was not agreed on
        (header(0, 2), b"{}"),  # goes on with what was never begun
        (header(9, 126), b"x" * 126),  # a ping that is too long
        (header(1, 2), b"\xff\xfe"),  # not UTF-8
        (header(2, 2), b"{}"),  # binary
    ],
)
async def test_what_is_no_frame_of_a_client_ends_the_connection(
    own_port: ServedHouse, head: bytes, payload: bytes
) -> None:
    async with raw(own_port.gateway_url) as socket:
        is_masked = bool(head[1] & 0x80)
        socket.send(head, payload, mask=_MASK if is_masked else b"")
        await until(lambda: own_port.gateway.connections == 0, what="nothing to be left of it")
        await own_port.house.clock.advance(BYE_TIMEOUT_S)  # for its close, which does not come
        assert b'"code": "protocol_error"' in await socket.rest()


@pytest.mark.parametrize("start", [b"", b"GET /v1/gateway HTTP/1.1\r\nHost: x\r\n", b"\x16\x03\x01\x02\x00"])
async def test_a_handshake_that_never_ends_is_not_waited_for(own_port: ServedHouse, start: bytes) -> None:
    async with raw(own_port.gateway_url, shakes_hands=False) as socket:
        socket.write(start)
        await until(lambda: own_port.gateway.connections == 1, what="the socket to be taken")
        await own_port.house.clock.advance(HELLO_TIMEOUT_S)
        assert b"protocol_error" not in await socket.rest(), "it speaks no WebSocket yet"
    await until(lambda: own_port.gateway.connections == 0, what="nothing to be left of it")


@pytest.mark.parametrize("start", [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"nonsense\r\n\r\n", b"x" * 20_000])
async def test_what_asks_for_no_websocket_is_turned_away(own_port: ServedHouse, start: bytes) -> None:
    async with raw(own_port.gateway_url, shakes_hands=False) as socket:
        socket.write(start)
        assert b" 101 " not in await socket.rest()
    await until(lambda: own_port.gateway.connections == 0, what="nothing to be left of it")


async def test_a_client_that_sends_close_after_close_is_let_go(own_port: ServedHouse) -> None:
    async with raw(own_port.gateway_url) as socket:
        for _ in range(3):
            socket.send(header(8, 2), (1000).to_bytes(2, "big"))
        assert await socket.rest() == bytes((0x88, 2)) + (1000).to_bytes(2, "big")
    await until(lambda: own_port.gateway.connections == 0, what="nothing to be left of it")


@pytest.mark.parametrize("door", list(Door))
async def test_an_address_has_so_many_sockets_that_have_proven_nothing_and_no_more(house: House, door: Door) -> None:
    async with served(house, door, most_unproven=3) as doors, AsyncExitStack() as stack:
        token = await doors.token("anna", "host")
        anna = await stack.enter_async_context(doors.client(token))
        await anna.first()
        for _ in range(3):
            await stack.enter_async_context(websockets.connect(doors.gateway_url))
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(doors.gateway_url)
        assert refused.value.response.status_code == 429
        assert refused.value.response.headers["Retry-After"]
        assert (await anna.request("message.send", text="who has proven to be somebody goes on"))["ok"]
        await house.clock.advance(HELLO_TIMEOUT_S)
        await until(lambda: doors.gateway.connections == 1, what="the others to be sent away")
        async with doors.client(await doors.token("gus", "guest")) as gus:
            assert (await gus.first())["type"] == "welcome"


async def test_a_socket_too_many_that_says_nothing_is_not_kept(house: House) -> None:
    async with served(house, Door.OWN_PORT, most_unproven=1) as doors, raw(doors.gateway_url, shakes_hands=False):
        await until(lambda: doors.gateway.connections == 1, what="the first socket to be taken")
        async with raw(doors.gateway_url, shakes_hands=False) as socket:
            ended = asyncio.create_task(socket.rest())

            async def is_cut() -> bool:
                await house.clock.advance(HELLO_TIMEOUT_S)
                return ended.done()

            await until(is_cut, what="the second to be cut")
            assert await ended == b""


async def test_requests_wait_for_one_another_and_each_is_answered_in_order(doors: ServedHouse) -> None:
    count = 20 * MOST_WAITING
    async with doors.client(await doors.token("anna", "host")) as anna:
        await anna.first()
        for number in range(count):
            name = "participant.fly" if number % 3 else "hand.lower"
            await anna.send({"type": "request", "id": str(number), "name": name, "data": {}})
        replies = [await anna.frame() for _ in range(count)]
    assert [one["id"] for one in replies] == [str(number) for number in range(count)]


async def test_who_floods_and_never_reads_is_cut(doors: ServedHouse) -> None:
    token = await doors.token("anna", "host")
    async with doors.client(token, max_queue=1, write_limit=1, close_timeout=1) as anna:
        await anna.first()
        anna.socket.transport.pause_reading()
        flood = asyncio.create_task(_flood(anna))
        await until(lambda: not doors.is_connected(anna), what="the flood to be cut")
        await doors.house.clock.advance(BYE_TIMEOUT_S)
        await until(lambda: doors.gateway.connections == 0, what="its socket to be dropped")
        anna.socket.transport.abort()
        await asyncio.gather(flood, return_exceptions=True)


async def _flood(client: GatewayClient) -> None:
    request = {"type": "request", "id": "x" * 64, "name": "y" * 64, "data": {}}  # refused with some hundred bytes
    while True:
        await client.send(request)


async def test_who_pings_and_never_reads_is_read_no_further_until_they_do(own_port: ServedHouse) -> None:
    """Each ping is owed a pong, and one that can't be sent is memory; it needs no token."""
    ping, pong = header(9, 125) + _MASK + b"x" * 125, header(10, 125, masked=False) + b"x" * 125
    async with raw(own_port.gateway_url) as flood, own_port.client(await own_port.token("anna", "host")) as anna:
        await anna.first()
        sent, stuck_for = 0, 0
        while stuck_for < 10:
            taken = flood.push((ping * 1000)[sent % len(ping) :])
            sent, stuck_for = sent + taken, 0 if taken else stuck_for + 1
            assert sent < _MOST_ON_THE_WAY, "the server reads on, and keeps what it can't send"
            await anna.send({"type": "ping"})
            assert await anna.frame() == {"type": "pong"}, "others are served meanwhile"
        pongs = sent // len(ping)
        assert await flood.read(pongs * len(pong)) == pong * pongs
        await own_port.house.clock.advance(HELLO_TIMEOUT_S)
        await own_port.house.clock.advance(BYE_TIMEOUT_S)
        assert b"protocol_error" in await flood.rest(), "it said no hello"


async def test_a_crowd_of_idle_sockets_costs_no_tasks_and_stay(own_port: ServedHouse) -> None:
    count = 100
    tokens = [await own_port.house.token(f"viewer-{number}", "viewer") for number in range(count)]
    for token in tokens:
        await presence.join(own_port.house.ctx, token)
    async with AsyncExitStack() as stack:
        clients: list[GatewayClient] = []
        tasks: list[int] = []
        for token in tokens:
            clients.append(await stack.enter_async_context(own_port.client(token, ping_interval=None)))
            await clients[-1].first()
            tasks.append(len(asyncio.all_tasks()))
        assert tasks[-1] <= tasks[0], "an idle connection has no task"
        assert own_port.gateway.connections == count
        for _ in range(3):
            await own_port.house.clock.advance(PING_EVERY_S)
            for client in clients:
                assert json.loads(await client.socket.recv()) == {"type": "ping"}
                await client.send({"type": "ping"})
                assert json.loads(await client.socket.recv()) == {"type": "pong"}
        assert own_port.gateway.connections == count
