"""The gateway on a port of its own, for thousands of sockets: asyncio and the sans-I/O part of `websockets` (ADR 6).

What comes in is parsed by `websockets`. What goes out is bytes that were made once for everybody, handed to the
transport: a server's frames are neither masked nor compressed, so they are the same on every connection.
"""

import asyncio
import re
import socket
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from websockets.exceptions import PayloadTooBig
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from onstage.actions.origins import foreign_origin
from onstage.gateway.asgi import GATEWAY_PATH
from onstage.gateway.connection import HELLO_TIMEOUT_S, Connection
from onstage.gateway.frames import LARGEST_FRAME_BYTES, Frame
from onstage.gateway.server import GatewayServer

_FULL_BYTES = 65_536
_KERNEL_BYTES = 262_144
"""Of a socket's send buffer, which would grow to megabytes for a client that does not read."""
_BACKLOG = 4_096
_HANDSHAKE_TIMEOUT_S = 10.0
_RETRY_AFTER_S = 2
_ANY_PORT = re.compile(r":\d+$")


@dataclass(frozen=True, slots=True)
class Pages:
    """Where our own pages are: not at the gateway's port."""

    public_url: str | None
    port: int

    def foreign_origin(self, origin: str | None, host: str) -> str | None:
        """The page's origin, if it is not one of ours. `host`: the header of that name, with the gateway's port."""
        return foreign_origin(origin, self.public_url or f"http://{_ANY_PORT.sub('', host)}:{self.port}")


class OwnPort:
    """Listens, and hands every socket to the server."""

    def __init__(self, server: GatewayServer, pages: Pages) -> None:
        self._server = server
        self._pages = pages
        self._listening: asyncio.Server | None = None

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None) -> None:
        """Listen.

        Raises:
            OSError: the address or port can't be used.
        """
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(
            lambda: _Socket(self._server, self._pages),
            host,
            port,
            backlog=_BACKLOG,
            ssl=tls,
            ssl_handshake_timeout=None if tls is None else _HANDSHAKE_TIMEOUT_S,
        )

    def stop(self) -> None:
        """Take no more sockets; those that are open belong to the server."""
        if self._listening is not None:
            self._listening.close()


class _Socket(asyncio.Protocol):
    """One socket: a `Wire` for its connection, once the handshake is through."""

    __slots__ = (
        "_connection",
        "_fragments",
        "_is_closing",
        "_is_open",
        "_pages",
        "_protocol",
        "_server",
        "_transport",
        "_waits_for_connection",
        "_waits_for_room",
        "forwarded_for",
        "is_full",
        "origin",
    )

    def __init__(self, server: GatewayServer, pages: Pages) -> None:
        self._server = server
        self._pages = pages
        self._protocol = ServerProtocol(max_size=LARGEST_FRAME_BYTES)
        self._transport: asyncio.Transport
        self._connection: Connection | None = None
        self._fragments = bytearray()
        self._is_open = False  # the handshake is through
        self._is_closing = False
        self._waits_for_connection = False  # for either, nothing is read
        self._waits_for_room = False
        self.is_full = False
        self.origin: str | None = None
        self.forwarded_for: str | None = None

    # What the transport tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A socket is open: until its first frame it counts among its address's unproven ones."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _KERNEL_BYTES)
        self._transport.set_write_buffer_limits(high=_FULL_BYTES)
        self._connection = self._server.take(self)
        if self._connection is None:  # it is told so when it asks, and not waited for any longer than others
            self._server.timers.after(HELLO_TIMEOUT_S, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._shake_hands(event)
            else:
                self._on_frame(cast(WireFrame, event))
        self._tell_of_refusal()
        self._flush()

    def eof_received(self) -> None:
        """The client sends no more: then it hears no more either."""
        self._protocol.receive_eof()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        """The socket is gone."""
        self._is_closing = True
        if self._connection is not None:
            self._connection.on_lost()

    def pause_writing(self) -> None:
        """The client reads too slowly."""
        self.is_full = True

    def resume_writing(self) -> None:
        """There is room again."""
        self.is_full = self._waits_for_room = False
        self._read_on()
        if self._connection is not None:
            self._connection.on_room()

    def _shake_hands(self, request: Request) -> None:
        self._read_headers(request)
        if self._connection is None or not self._server.may_stay(self._connection, self):
            response = self._protocol.reject(HTTPStatus.TOO_MANY_REQUESTS, "too many connections\n")
            response.headers["Retry-After"] = str(_RETRY_AFTER_S)
        elif request.path.partition("?")[0] != GATEWAY_PATH:
            response = self._protocol.reject(HTTPStatus.NOT_FOUND, f"The gateway is at {GATEWAY_PATH}.\n")
        else:
            response = self._protocol.accept(request)
        self._protocol.send_response(response)
        self._is_open = self._protocol.state is State.OPEN

    def _read_headers(self, request: Request) -> None:
        headers = request.headers
        self.forwarded_for = ", ".join(headers.get_all("X-Forwarded-For")) or None
        self.origin = self._pages.foreign_origin(headers.get("Origin"), headers.get("Host", ""))

    def _on_frame(self, frame: WireFrame) -> None:
        if frame.opcode is Opcode.CLOSE or self._connection is None:
            return  # the protocol answers it, and the transport tells of the end
        if frame.opcode is Opcode.BINARY:
            self._connection.on_bad_frame("Frames are JSON text.")
        elif frame.opcode in (Opcode.TEXT, Opcode.CONT):
            self._fragments += frame.data
            if frame.fin:
                self._on_message(self._connection)

    def _on_message(self, connection: Connection) -> None:
        message, self._fragments = self._fragments, bytearray()
        try:
            text = message.decode()
        except UnicodeDecodeError:
            connection.on_bad_frame("Frames are UTF-8.")
        else:
            connection.on_text(text)

    def _tell_of_refusal(self) -> None:
        """What `websockets` refuses while it is being received is said goodbye to as any other bad frame."""
        refused = self._protocol.parser_exc
        if self._connection is not None and refused is not None:
            is_large = isinstance(refused, PayloadTooBig)
            detail = f"Frames have at most {LARGEST_FRAME_BYTES} bytes." if is_large else "That is no WebSocket frame."
            self._connection.on_bad_frame(detail)

    def _flush(self) -> None:
        """Send what the protocol itself has to say: the handshake, pongs, closes.

        No queue bounds that. Who makes us say more than they read is read no further until they have.
        """
        for data in self._protocol.data_to_send():
            if data:
                self._transport.write(data)
                self._waits_for_room = self.is_full
            else:
                self._close_transport()  # the end of its stream
        if self._waits_for_room:
            self._transport.pause_reading()

    def _close_transport(self) -> None:
        self._is_closing = True
        self._transport.close()

    # What a connection asks

    @property
    def address(self) -> str:
        """The client's."""
        peer = self._transport.get_extra_info("peername")
        return str(peer[0]) if peer else ""

    def write(self, frame: Frame) -> None:
        """Hand to the transport."""
        if self._is_open and not self._is_closing:
            self._transport.write(frame.wire)

    def close(self, code: int) -> None:
        """Say close, and wait for the client's or for `abort`."""
        if not self._is_open:
            self._close_transport()
        elif not self._is_closing:
            self._is_closing = True
            if self._protocol.state is State.OPEN:
                self._protocol.send_close(code)
            self._flush()

    def abort(self) -> None:
        """Drop the socket."""
        self._transport.abort()

    def pause_reading(self) -> None:
        """Leave it to the kernel."""
        self._waits_for_connection = True
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Go on."""
        self._waits_for_connection = False
        self._read_on()

    def _read_on(self) -> None:
        if not (self._waits_for_connection or self._waits_for_room or self._transport.is_closing()):
            self._transport.resume_reading()
