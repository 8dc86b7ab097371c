"""The engine behind our own origin: bytes pass as they are, both ways, and nothing of the query is ever logged."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from structlog.testing import capture_logs
from yarl import URL

from onstage.livekit.proxy import RtcProxy
from tests.support.serving import free_port, serving
from tests.support.waiting import EventLog

SECRET = "eyJhbGciOiJIUzI1NiJ9.hush"


class StandInEngine:
    """A WebSocket server that does what the test says and keeps what it heard."""

    def __init__(self) -> None:
        self.heard: EventLog[Any] = EventLog()
        self.script: Callable[[WebSocket], Awaitable[None]] = self.echo
        self.app = Starlette(
            routes=[
                WebSocketRoute("/rtc", self._signal),
                Route("/rtc/validate", self._validate),
                Route("/rtc/v1/validate", lambda _request: PlainTextResponse("404 page not found", 404)),
            ]
        )

    async def _signal(self, socket: WebSocket) -> None:
        self.heard.add((socket.scope["query_string"].decode(), socket.headers.get("authorization")))
        await self.script(socket)

    def _validate(self, request: Request) -> Response:
        ok = request.query_params.get("access_token") == SECRET
        headers = {"Access-Control-Allow-Origin": "*", "X-Internal": "no"}
        return PlainTextResponse("success" if ok else "invalid token", 200 if ok else 401, headers)

    async def echo(self, socket: WebSocket) -> None:
        await socket.accept()
        try:
            while True:
                message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    raise WebSocketDisconnect(message["code"])
                if message.get("bytes") is not None:
                    await socket.send_bytes(message["bytes"])
                else:
                    await socket.send_text(message["text"])
        except WebSocketDisconnect as end:
            self.heard.add(("closed", end.code))


class House:
    def __init__(self, engine: StandInEngine, url: str, session: aiohttp.ClientSession) -> None:
        self.engine = engine
        self.url = url
        self.session = session


@pytest_asyncio.fixture
async def house() -> AsyncIterator[House]:
    engine = StandInEngine()
    async with AsyncExitStack() as stack:
        target = await stack.enter_async_context(serving(engine.app, port=free_port()))
        proxy = RtcProxy(target)
        stack.push_async_callback(proxy.close)
        url = await stack.enter_async_context(serving(Starlette(routes=proxy.routes), port=free_port()))
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        yield House(engine, url, session)


async def test_frames_pass_both_ways_in_order(house: House) -> None:
    frames = [bytes([number]) * size for number, size in enumerate((0, 1, 125, 70_000, 1_000_000))]
    async with house.session.ws_connect(f"{house.url}/rtc", max_msg_size=0) as socket:
        for frame in frames:
            await socket.send_bytes(frame)
        assert [await socket.receive_bytes() for _ in frames] == frames
        await socket.send_str("text, for debugging")
        assert await socket.receive_str() == "text, for debugging"


async def test_a_frame_beyond_the_limit_closes_the_connection(house: House) -> None:
    async with house.session.ws_connect(f"{house.url}/rtc", max_msg_size=0) as socket:
        await socket.send_bytes(bytes(5_000_000))
        assert (await socket.receive()).data == 1009


async def test_query_and_authorization_pass_unchanged(house: House) -> None:
    query = f"access_token={SECRET}&attributes=e30%3D&x=a+b%2Bc&join_request={'A' * 12_000}=="
    url = URL(f"{house.url}/rtc?{query}", encoded=True)
    async with house.session.ws_connect(url, headers={"Authorization": f"Bearer {SECRET}"}):
        assert house.engine.heard.seen[0] == (query, f"Bearer {SECRET}")


@pytest.mark.parametrize("code", [1000, 1001, 3000, 4321])
async def test_close_codes_pass_to_the_engine(house: House, code: int) -> None:
    socket = await house.session.ws_connect(f"{house.url}/rtc")
    await socket.close(code=code)
    await house.engine.heard.first(lambda one: one == ("closed", code))


async def test_close_codes_and_reasons_pass_to_the_client(house: House) -> None:
    async def script(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_bytes(b"last words")
        await socket.close(4001, "over")

    house.engine.script = script
    async with house.session.ws_connect(f"{house.url}/rtc", autoclose=False) as socket:
        assert await socket.receive_bytes() == b"last words"
        close = await socket.receive()
        assert (close.type, close.data, close.extra) == (aiohttp.WSMsgType.CLOSE, 4001, "over")


async def test_a_client_that_vanishes_is_closed_at_the_engine(house: House) -> None:
    session = aiohttp.ClientSession()
    socket = await session.ws_connect(f"{house.url}/rtc")
    await socket.send_bytes(b"here")
    await socket.receive_bytes()
    assert socket._response.connection is not None
    assert socket._response.connection.transport is not None
    socket._response.connection.transport.abort()
    await house.engine.heard.first(lambda one: one[0] == "closed")
    await session.close()


@pytest.mark.parametrize("status", [401, 404, 500])
async def test_a_refused_connection_keeps_its_status(house: House, status: int) -> None:
    async def script(socket: WebSocket) -> None:
        await socket.send_denial_response(PlainTextResponse("requested room does not exist", status))

    house.engine.script = script
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await house.session.ws_connect(f"{house.url}/rtc?access_token={SECRET}")
    assert caught.value.status == status


async def test_the_404_that_clients_fall_back_on_stays_plain(house: House) -> None:
    async with house.session.get(f"{house.url}/rtc/v1/validate") as answer:
        assert answer.status == 404
        assert answer.content_type == "text/plain"
        assert await answer.text() == "404 page not found"


async def test_the_word_on_a_token_passes(house: House) -> None:
    async with house.session.get(f"{house.url}/rtc/validate?access_token={SECRET}") as answer:
        assert (answer.status, await answer.text()) == (200, "success")
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "X-Internal" not in answer.headers
    async with house.session.get(f"{house.url}/rtc/validate?access_token=other") as answer:
        assert (answer.status, await answer.text()) == (401, "invalid token")


async def test_without_an_engine_clients_are_told_to_come_later() -> None:
    proxy = RtcProxy(f"http://127.0.0.1:{free_port()}")
    async with serving(Starlette(routes=proxy.routes), port=free_port()) as url, aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await session.ws_connect(f"{url}/rtc")
        assert caught.value.status == 503
        async with session.get(f"{url}/rtc/validate") as answer:
            assert answer.status == 503
    await proxy.close()


async def test_the_token_is_in_no_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as lines:
        async with house.session.ws_connect(f"{house.url}/rtc?access_token={SECRET}") as socket:
            await socket.send_bytes(b"x")
            await socket.receive_bytes()
        async with house.session.get(f"{house.url}/rtc/validate?access_token={SECRET}") as answer:
            await answer.read()
        dead = RtcProxy(f"http://127.0.0.1:{free_port()}")
        async with serving(Starlette(routes=dead.routes), port=free_port()) as url:
            answer = await house.session.get(f"{url}/rtc/validate?access_token={SECRET}")
            assert answer.status == 503
        await dead.close()
    assert lines
    assert SECRET not in f"{lines} {caplog.text}"


async def test_many_connections_do_not_wait_for_each_other(house: House) -> None:
    sockets = await asyncio.gather(*(house.session.ws_connect(f"{house.url}/rtc") for _ in range(150)))
    for number, socket in enumerate(sockets):
        await socket.send_str(str(number))
    assert [await socket.receive_str() for socket in sockets] == [str(number) for number in range(150)]
    await asyncio.gather(*(socket.close() for socket in sockets))
