"""The gateway behind an ASGI server: the public port's own, with nothing to set up."""

import asyncio
from collections import deque

from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from onstage.actions.origins import foreign_origin
from onstage.gateway.connection import Connection
from onstage.gateway.frames import Frame
from onstage.gateway.server import GatewayServer

GATEWAY_PATH = "/v1/gateway"
_FULL_CHARS = 65_536
_RETRY_AFTER_S = 2


class AsgiGateway:
    """The endpoint of `GATEWAY_PATH`."""

    def __init__(self, server: GatewayServer, public_url: str | None = None) -> None:
        self._server = server
        self._public_url = public_url

    async def endpoint(self, socket: WebSocket) -> None:
        """One client, for as long as its socket is open."""
        wire = _AsgiWire(socket, self._public_url)
        connection = self._server.take(wire)
        if connection is None:
            headers = {"Retry-After": str(_RETRY_AFTER_S)}
            await socket.send_denial_response(PlainTextResponse("too many connections", 429, headers))
            return
        try:
            await socket.accept()
            await wire.serve(connection)
        finally:
            connection.on_lost()


class _AsgiWire:
    """Reads in the endpoint's task; writes in another one that lives while there is something to write."""

    def __init__(self, socket: WebSocket, public_url: str | None) -> None:
        self._socket = socket
        self._public_url = public_url
        self._connection: Connection | None = None
        self._texts: deque[str] = deque()
        self._chars = 0
        self.is_full = False
        """Whether more than a buffer's worth is on its way."""
        self._close_code: int | None = None
        self._may_read = asyncio.Event()
        self._may_read.set()
        self._writer: asyncio.Task[None] | None = None
        self._reader: asyncio.Task[None] | None = None

    async def serve(self, connection: Connection) -> None:
        """Until either side ends it, or the ASGI server cancels it."""
        self._connection = connection
        self._reader = asyncio.ensure_future(self._read(connection))
        try:
            await asyncio.wait({self._reader})
            if self._writer is not None:
                await asyncio.wait({self._writer})
        finally:
            self.abort()
        if not self._reader.cancelled():
            self._reader.result()

    async def _read(self, connection: Connection) -> None:
        while True:
            await self._may_read.wait()
            message = await self._socket.receive()
            if message["type"] == "websocket.disconnect":
                if self._writer is not None:
                    self._writer.cancel()
                return
            text: str | None = message.get("text")
            if text is None:
                connection.on_bad_frame("Frames are JSON text.")
            else:
                connection.on_text(text)

    @property
    def address(self) -> str:
        """The client's, as the ASGI server says."""
        return "" if self._socket.client is None else self._socket.client.host

    @property
    def forwarded_for(self) -> str | None:
        """For whom a proxy says that it speaks."""
        return ", ".join(self._socket.headers.getlist("x-forwarded-for")) or None

    @property
    def origin(self) -> str | None:
        """The page's, if it is not one of ours."""
        headers = self._socket.headers
        return foreign_origin(headers.get("origin"), self._public_url or f"http://{headers.get('host', '')}")

    def write(self, frame: Frame) -> None:
        """Hand to the writing task."""
        if self._close_code is None:
            self._texts.append(frame.text)
            self._chars += len(frame.text)
            self.is_full = self._chars > _FULL_CHARS
            self._start_writer()

    def close(self, code: int) -> None:
        """Close once all is written."""
        if self._close_code is None:
            self._close_code = code
            self._start_writer()

    def abort(self) -> None:
        """End the endpoint, and with it the socket."""
        for task in (self._writer, self._reader):
            if task is not None:
                task.cancel()

    def pause_reading(self) -> None:
        """Leave the next message with the ASGI server."""
        self._may_read.clear()

    def resume_reading(self) -> None:
        """Take it."""
        self._may_read.set()

    def _start_writer(self) -> None:
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._texts:
                await self._socket.send_text(self._texts[0])
                self._chars -= len(self._texts.popleft())
                self._tell_of_room()
            if self._close_code is not None:
                await self._stop_reading()  # granian can't close while a receive waits
                await self._socket.close(self._close_code)
        except (WebSocketDisconnect, RuntimeError):
            self._texts.clear()  # the reader hears of it
        finally:
            self._writer = None

    async def _stop_reading(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.wait({self._reader})

    def _tell_of_room(self) -> None:
        if self.is_full and self._chars <= _FULL_CHARS // 2:
            self.is_full = False
            assert self._connection is not None, "it was told so"
            self._connection.on_room()
