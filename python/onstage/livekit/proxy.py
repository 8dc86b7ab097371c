"""`/rtc…` of Onstage's origin, passed on to the media engine: one host and one certificate serve all (design §10.17).

The engine signs and checks its own tokens; this only carries bytes. The query holds a token, and up to some kB of the
client's SDP offer: it is never logged, and passed on as it came.
"""

import asyncio
import contextlib
from dataclasses import dataclass

import aiohttp
import structlog
from aiohttp import WSMsgType
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket
from yarl import URL

SIGNAL_PATHS = ("/rtc", "/rtc/v1")
VALIDATE_PATHS = ("/rtc/validate", "/rtc/v1/validate")
MESSAGE_MAX_BYTES = 4 * 1024 * 1024
"""Of one signal message. The largest is the join answer of a room with thousands of visible people."""
CONNECT_TIMEOUT_S = 5.0
CLOSE_TIMEOUT_S = 2.0

_PASSED_ON = ("authorization", "user-agent", "accept-language")
_PASSED_BACK = ("content-type", "access-control-allow-origin", "access-control-allow-headers", "vary")
_NO_CODE, _ABNORMAL, _TOO_BIG, _INTERNAL = 1005, 1006, 1009, 1011  # RFC 6455 §7.4.1

log = structlog.get_logger(__name__)


class RtcProxy:
    """The routes, and the connections to the engine behind them."""

    def __init__(self, target: str) -> None:
        self._target = target.rstrip("/")
        self._session_or_none: aiohttp.ClientSession | None = None
        self.routes: list[BaseRoute] = [
            *(WebSocketRoute(path, self._signal) for path in SIGNAL_PATHS),
            *(Route(path, self._request, methods=["GET"]) for path in (*SIGNAL_PATHS, *VALIDATE_PATHS)),
        ]

    async def close(self) -> None:
        """Close the connections to the engine."""
        if self._session_or_none is not None:
            await self._session_or_none.close()

    async def _request(self, request: Request) -> Response:
        """A plain GET: the engine's word on a token, or its 404 with the plain body that clients fall back on."""
        try:
            async with self._session.get(self._url(request), headers=_headers(request)) as answer:
                body = await answer.content.read(MESSAGE_MAX_BYTES)
                headers = {name: answer.headers[name] for name in _PASSED_BACK if name in answer.headers}
                return Response(body, answer.status, headers)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("rtc_proxy_failed", path=request.url.path, error=type(error).__name__)
            return PlainTextResponse("the media engine does not answer", 503)

    async def _signal(self, client: WebSocket) -> None:
        """A signal connection, for as long as both ends want it."""
        try:
            # Answers the engine's pings itself; the client's own pings and pongs are messages to us, and pass.
            engine = await self._session.ws_connect(
                self._url(client), headers=_headers(client), max_msg_size=MESSAGE_MAX_BYTES, autoclose=False
            )
        except aiohttp.WSServerHandshakeError as refusal:
            await client.send_denial_response(PlainTextResponse(_plain(refusal.status), refusal.status))
            return
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("rtc_proxy_failed", path=client.url.path, error=type(error).__name__)
            await client.send_denial_response(PlainTextResponse("the media engine does not answer", 503))
            return
        try:
            await client.accept()
            await _relay(client, engine)
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_TIMEOUT_S):
                    await engine.close()

    def _url(self, connection: HTTPConnection) -> URL:
        query = connection.scope["query_string"].decode("latin-1")
        return URL(f"{self._target}{connection.scope['path']}?{query}", encoded=True)

    @property
    def _session(self) -> aiohttp.ClientSession:
        if self._session_or_none is None:
            timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT_S, sock_read=None)
            everybody = aiohttp.TCPConnector(limit=0)  # each participant holds one for their whole visit
            self._session_or_none = aiohttp.ClientSession(connector=everybody, timeout=timeout, auto_decompress=False)
        return self._session_or_none


@dataclass(frozen=True, slots=True)
class _Close:
    """How a connection ended, to be told to the other end."""

    code: int
    reason: str | None = None


async def _relay(client: WebSocket, engine: aiohttp.ClientWebSocketResponse) -> None:
    """Pass messages both ways, one at a time each way, so a slow end holds the other back; until one end closes."""
    up = asyncio.create_task(_client_to_engine(client, engine))
    down = asyncio.create_task(_engine_to_client(engine, client))
    try:
        await asyncio.wait([up, down], return_when=asyncio.FIRST_COMPLETED)
    finally:
        # The reading of the client must be over before its closing: granian does them one after the other.
        up.cancel()
        down.cancel()
        ends = await asyncio.gather(up, down, return_exceptions=True)
    by_client, by_engine = (end if isinstance(end, _Close) else None for end in ends)
    if by_client is not None and by_client.code != _TOO_BIG:
        await engine.close(code=by_client.code)
        return
    end = by_client or by_engine or _Close(_INTERNAL)
    with contextlib.suppress(RuntimeError):  # it has gone already
        await client.close(end.code, end.reason)


async def _client_to_engine(client: WebSocket, engine: aiohttp.ClientWebSocketResponse) -> _Close:
    while True:
        message = await client.receive()
        if message["type"] == "websocket.disconnect":
            return _Close(_sendable(message.get("code") or _NO_CODE))
        data, text = message.get("bytes"), message.get("text")
        if len(data or text or "") > MESSAGE_MAX_BYTES:
            return _Close(_TOO_BIG)
        await (engine.send_bytes(data) if data is not None else engine.send_str(text or ""))


async def _engine_to_client(engine: aiohttp.ClientWebSocketResponse, client: WebSocket) -> _Close:
    while True:
        message = await engine.receive()
        match message.type:
            case WSMsgType.BINARY:
                await client.send_bytes(message.data)
            case WSMsgType.TEXT:
                await client.send_text(message.data)
            case WSMsgType.CLOSE:
                return _Close(_sendable(message.data), message.extra or None)
            case _:  # its connection broke
                return _Close(_sendable(engine.close_code or _ABNORMAL))


def _headers(connection: HTTPConnection) -> dict[str, str]:
    return {name: value for name in _PASSED_ON if (value := connection.headers.get(name)) is not None}


def _plain(status: int) -> str:
    """A refusal's body. That of a 404 must not read like LiveKit's own words for a missing room."""
    return "404 page not found" if status == 404 else "refused by the media engine"


def _sendable(code: int) -> int:
    """Codes that a close frame may not carry, as one that it may (RFC 6455 §7.4.1)."""
    return {_NO_CODE: 1000, _ABNORMAL: _INTERNAL}.get(code, code)
