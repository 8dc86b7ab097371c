"""The publishing side of RTMP, without I/O: bytes from the server in, bytes for it out.

Adobe's "Real Time Messaging Protocol" 1.0, §5.2 (handshake), §7.2 (commands), with the three commands more that
encoders send since Flash Media Encoder (releaseStream, FCPublish, FCUnpublish), which some servers wait for.
"""

import os
import struct
from collections.abc import Iterator
from enum import Enum, auto

from onstage.composer.outputs import amf
from onstage.composer.outputs.chunks import CHUNK_BYTES, ChunkReader, Kind, Message, ProtocolError, chunked
from onstage.model.targets import TargetUrl

_VERSION = 3
_HANDSHAKE_BYTES = 1536
_PING, _PONG = 6, 7
_CONTROL, _COMMANDS, _MEDIA, _SOUND = 2, 3, 6, 4
_CONNECT, _RELEASE, _ANNOUNCE, _CREATE, _PUBLISH = 1.0, 2.0, 3.0, 4.0, 5.0
_LONGEST_SAID = 200
_LARGEST_STREAM = 0xFFFFFFFF


class RefusedError(Exception):
    """The server said no. The text is its own, and may be shown."""


class Stage(Enum):
    """How far it is."""

    HANDSHAKE = auto()
    CONNECTING = auto()
    CREATING = auto()
    PUBLISHING = auto()
    LIVE = auto()


class Publisher:
    """One connection to a server, from its first byte to `finish`."""

    def __init__(self, target: TargetUrl) -> None:
        self.stage = Stage.HANDSHAKE
        self._target = target
        self._reader = ChunkReader()
        self._greeting = bytearray()
        self._stream = 0
        self._window = 0
        self._received = 0
        self._acknowledged = 0

    def begin(self) -> bytes:
        """What is sent first."""
        return bytes([_VERSION]) + bytes(8) + os.urandom(_HANDSHAKE_BYTES - 8)

    def receive(self, data: bytes) -> Iterator[bytes]:
        """Take what the server sent; yield what it is answered.

        Raises:
            RefusedError: It does not take the stream, or not any more.
            ProtocolError: It does not speak RTMP.
        """
        if self.stage is Stage.HANDSHAKE:
            self._greeting += data
            if len(self._greeting) < 1 + 2 * _HANDSHAKE_BYTES:
                return
            yield self._greeted()
            data = bytes(self._greeting[1 + 2 * _HANDSHAKE_BYTES :])
        self._received += len(data)
        for message in self._reader.feed(data):
            yield self._answer(message)
        if self._window and self._received - self._acknowledged >= self._window // 2:
            self._acknowledged = self._received
            yield self._control(Kind.ACKNOWLEDGEMENT, struct.pack(">I", self._received & 0xFFFFFFFF))

    def _greeted(self) -> bytes:
        if self._greeting[0] != _VERSION:
            raise ProtocolError(f"the server speaks version {self._greeting[0]}, if that is RTMP at all")
        echo = bytes(self._greeting[1 : 1 + _HANDSHAKE_BYTES])
        self.stage = Stage.CONNECTING
        about = {
            "app": self._target.app + self._target.query,
            "type": "nonprivate",
            "flashVer": "FMLE/3.0 (compatible; Onstage)",
            "tcUrl": self._target.tc_url,
        }
        sizes = self._control(Kind.SET_CHUNK_SIZE, struct.pack(">I", CHUNK_BYTES))
        return echo + sizes + self._command("connect", _CONNECT, about)

    def _answer(self, message: Message) -> bytes:
        match message.kind:
            case Kind.USER_CONTROL if message.body[:2] == struct.pack(">H", _PING):
                return self._control(Kind.USER_CONTROL, struct.pack(">H", _PONG) + message.body[2:6])
            case Kind.WINDOW_SIZE:
                self._window = int.from_bytes(message.body[:4], "big")
            case Kind.COMMAND:
                return self._commanded(message.body)
        return b""

    def _commanded(self, body: bytes) -> bytes:
        try:
            values = amf.decode(body)
        except amf.AmfError as cause:
            raise ProtocolError(f"a command can't be read: {cause}") from cause
        match values:
            case ["_result", number, *rest]:
                return self._granted(number, rest)
            case ["_error", number, *rest] if number in (_CONNECT, _CREATE, _PUBLISH):
                raise RefusedError(self._said(rest))
            case ["onStatus", _, *rest]:
                self._told(rest)
            case ["close", *_]:
                raise RefusedError("the server closed the connection")
        return b""

    def _granted(self, number: amf.Value, rest: list[amf.Value]) -> bytes:
        key = self._target.key
        if number == _CONNECT and self.stage is Stage.CONNECTING:
            self.stage = Stage.CREATING
            release, announce = (("releaseStream", _RELEASE), ("FCPublish", _ANNOUNCE))
            asked = self._command(*release, None, key) + self._command(*announce, None, key)
            return asked + self._command("createStream", _CREATE, None)
        if number == _CREATE and self.stage is Stage.CREATING:
            self.stage = Stage.PUBLISHING
            match rest:
                case [*_, float(stream)] if 0 <= stream <= _LARGEST_STREAM:
                    self._stream = int(stream)
                case _:
                    raise ProtocolError("a stream without a number")
            return self._command("publish", _PUBLISH, None, key, "live", stream=self._stream)
        return b""

    def _told(self, rest: list[amf.Value]) -> None:
        status = next((one for one in rest if isinstance(one, dict)), {})
        if status.get("level") == "error":
            raise RefusedError(self._said(rest))
        if status.get("code") == "NetStream.Publish.Start" and self.stage is Stage.PUBLISHING:
            self.stage = Stage.LIVE

    def media(self, kind: Kind, body: bytes, at_ms: int) -> bytes:
        """A tag of the stream."""
        chunk_stream = _SOUND if kind is Kind.AUDIO else _MEDIA
        return chunked(Message(kind, body, at_ms, self._stream), chunk_stream=chunk_stream)

    def finish(self) -> bytes:
        """What ends the stream in order."""
        if self.stage is not Stage.LIVE:
            return b""
        gone = self._command("FCUnpublish", 6.0, None, self._target.key)
        return gone + self._command("deleteStream", 7.0, None, float(self._stream))

    def _said(self, rest: list[amf.Value]) -> str:
        """What the server said, in its words; some repeat the key."""
        for one in rest:
            if isinstance(one, dict):
                text = ": ".join(str(one[name]) for name in ("code", "description") if isinstance(one.get(name), str))
                for secret in self._target.secrets:
                    text = text.replace(secret, "…")
                return "".join(letter for letter in text if letter.isprintable())[:_LONGEST_SAID]
        return "without a word"

    def _command(self, *values: amf.Value, stream: int = 0) -> bytes:
        return chunked(Message(Kind.COMMAND, amf.encode(*values), stream=stream), chunk_stream=_COMMANDS)

    def _control(self, kind: Kind, body: bytes) -> bytes:
        return chunked(Message(kind, body), chunk_stream=_CONTROL)
