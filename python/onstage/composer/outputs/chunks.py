"""RTMP's messages in chunks (Adobe's "Real Time Messaging Protocol" 1.0, §5.3 and §5.4). Pure."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum

CHUNK_BYTES = 4096
"""Of ours. Small enough that sound is not held up behind a picture, and what encoders commonly send."""
_FIRST_CHUNK_BYTES = 128
LARGEST_MESSAGE_BYTES = 1 << 20
"""Of the server's: it only ever answers."""
_LARGEST_CHUNK_BYTES = 1 << 24
_EXTENDED = 0xFFFFFF


class Kind(IntEnum):
    """The message types that we read or write (§5.4, §7.1)."""

    SET_CHUNK_SIZE = 1
    ACKNOWLEDGEMENT = 3
    USER_CONTROL = 4
    WINDOW_SIZE = 5
    AUDIO = 8
    VIDEO = 9
    DATA = 18
    COMMAND = 20


class ProtocolError(Exception):
    """The other end does not speak RTMP."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `at_ms` is its time, `stream` the message stream that it belongs to."""

    kind: int
    body: bytes
    at_ms: int = 0
    stream: int = 0


def chunked(message: Message, *, chunk_stream: int, chunk_bytes: int = CHUNK_BYTES) -> bytes:
    """The message as it is sent: a chunk with a full header, then as many as it takes with the shortest."""
    at_ms = message.at_ms & 0xFFFFFFFF
    extended = struct.pack(">I", at_ms) if at_ms >= _EXTENDED else b""
    head = struct.pack(">B", chunk_stream) + min(at_ms, _EXTENDED).to_bytes(3, "big")
    head += len(message.body).to_bytes(3, "big") + struct.pack("<BI", message.kind, message.stream)
    pieces = [head, extended, message.body[:chunk_bytes]]
    for at in range(chunk_bytes, len(message.body), chunk_bytes):
        pieces += [struct.pack(">B", 0xC0 | chunk_stream), extended, message.body[at : at + chunk_bytes]]
    return b"".join(pieces)


@dataclass(slots=True)
class _Half:
    """What has come of a chunk stream's message, and the header that the next one may leave out."""

    kind: int = 0
    size: int = 0
    stream: int = 0
    is_extended: bool = False
    body: bytearray = field(default_factory=bytearray)


class ChunkReader:
    """Bytes in, messages out, in whatever pieces the bytes come."""

    def __init__(self) -> None:
        self.chunk_bytes = _FIRST_CHUNK_BYTES
        self._buffer = bytearray()
        self._halves: dict[int, _Half] = {}

    def feed(self, data: bytes) -> Iterator[Message]:
        """Take `data`, and yield each message that is now complete; its time is left out.

        Raises:
            ProtocolError: The bytes are no chunks.
        """
        self._buffer += data
        while True:
            try:
                message = self._next()
            except (struct.error, IndexError):
                return  # not all of a chunk is there
            if message is not None:
                if message.kind == Kind.SET_CHUNK_SIZE:
                    self._resize(message.body)
                yield message

    def _resize(self, body: bytes) -> None:
        size = int.from_bytes(body[:4], "big")
        if not 0 < size <= _LARGEST_CHUNK_BYTES:
            raise ProtocolError(f"chunks of {size} bytes")
        self.chunk_bytes = size

    def _next(self) -> Message | None:
        """One chunk; nothing is taken from the buffer unless it is whole."""
        form, chunk_stream, at = self._basic_header()
        known = self._halves.get(chunk_stream)
        if known is None and form > 1:
            raise ProtocolError("a chunk goes on with what never began")
        half = known or _Half()
        kind, size, stream, is_extended = half.kind, half.size, half.stream, half.is_extended
        if form < 3:
            is_extended = self._buffer[at : at + 3] == b"\xff\xff\xff"
            self._buffer[at + 2]
        if form < 2:
            size, kind = int.from_bytes(self._buffer[at + 3 : at + 6], "big"), self._buffer[at + 6]
        if form == 0:
            (stream,) = struct.unpack_from("<I", self._buffer, at + 7)
        at += (11, 7, 3, 0)[form] + (4 if is_extended else 0)
        if size > LARGEST_MESSAGE_BYTES:
            raise ProtocolError(f"a message of {size} bytes")
        end = at + min(size - len(half.body), self.chunk_bytes)
        if len(self._buffer) < end:
            raise IndexError
        half.kind, half.size, half.stream, half.is_extended = kind, size, stream, is_extended
        half.body += self._buffer[at:end]
        del self._buffer[:end]
        self._halves[chunk_stream] = half
        if len(half.body) < size:
            return None
        body, half.body = bytes(half.body), bytearray()
        return Message(kind, body, stream=stream)

    def _basic_header(self) -> tuple[int, int, int]:
        """Form of the header, chunk stream, and where the rest begins (§5.3.1.1)."""
        form, short = self._buffer[0] >> 6, self._buffer[0] & 0x3F
        match short:
            case 0:
                return form, 64 + self._buffer[1], 2
            case 1:
                return form, 64 + self._buffer[1] + 256 * self._buffer[2], 3
            case _:
                return form, short, 1
