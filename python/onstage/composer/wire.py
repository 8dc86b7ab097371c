"""What a composer and its supervisor say to each other over their Unix socket.

A message is `u32 header length, u32 body length` (big endian), a JSON header with a `type`, and a body of bytes (the
media of `Init` and `Part`, the file of an `Image`, else empty). The codec does no I/O, so both ends and the tests share
it. Lengths are checked before a byte of the message is kept: a broken peer costs an error, never memory.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import pydantic
import pydantic_core

from onstage.model.broadcast_reasons import BroadcastReason
from onstage.model.degradation import Degradation
from onstage.model.media import Init, Part, Rung, SegmentEnd, VideoEncoderName
from onstage.model.playbacks import PlaybackEndReason, ShownAs
from onstage.model.presentation import Presentation
from onstage.model.targets import TargetState, TargetUrl

HEADER_LIMIT_BYTES = 256 * 1024
"""A presentation whose layout, look and mix hold as much as they may is a quarter of it."""
BODY_LIMIT_BYTES = 32 * 1024 * 1024
"""A part of 16 frames at 1080p60 and a hundred times the usual bit rate still fits."""

_LENGTHS = struct.Struct(">II")


@dataclass(frozen=True, slots=True)
class Canvas:
    """The size of the composed picture in pixels; both even."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Start:
    """Down, first: what to compose.

    Attributes:
        rungs: At least one, best first. The canvas is as large as the first.
        is_audio_apart: One rendition of sound for all rungs, instead of the same sound in each.
        next_ticks: The first tick (90 kHz) the output timeline may use.
    """

    broadcast_id: str
    engine_url: str
    engine_token: str
    rungs: tuple[Rung, ...]
    audio_bps: int
    is_audio_apart: bool
    profile: str
    presentation: Presentation
    encoder: VideoEncoderName = VideoEncoderName.X264
    next_ticks: int = 0

    @property
    def canvas(self) -> Canvas:
        """The size the show is composed in."""
        return Canvas(self.rungs[0].width, self.rungs[0].height)

    def __repr__(self) -> str:
        """Without the token, which must not reach a log."""
        return f"Start(broadcast_id={self.broadcast_id!r}, next_ticks={self.next_ticks})"


@dataclass(frozen=True, slots=True)
class Present:
    """Down: how the show looks from the next tick on."""

    presentation: Presentation


@dataclass(frozen=True, slots=True)
class AddTarget:
    """Down: feed this target too, by the first of these addresses that answers. They were checked just now."""

    output_id: str
    url: TargetUrl
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoveTarget:
    """Down: end the stream to this target."""

    output_id: str


@dataclass(frozen=True, slots=True)
class Image:
    """Down: an image that the look names by this id, before or after it does."""

    id: str
    data: bytes

    def __repr__(self) -> str:
        """Without the bytes."""
        return f"Image({self.id!r}, {len(self.data)} bytes)"


@dataclass(frozen=True, slots=True)
class PlayMedia:
    """Down: play that local file into the show, from `start_ms` on."""

    playback_id: str
    path: str
    title: str
    shown_as: ShownAs
    volume_percent: int
    is_muted: bool
    is_paused: bool
    is_looping: bool
    start_ms: int

    def __repr__(self) -> str:
        """Without the title, which is other people's words."""
        return f"PlayMedia(playback_id={self.playback_id!r}, start_ms={self.start_ms})"


@dataclass(frozen=True, slots=True)
class UpdateMedia:
    """Down: play it so from the next tick on; `seek_to_ms` None goes on where it is."""

    playback_id: str
    volume_percent: int
    is_muted: bool
    is_paused: bool
    is_looping: bool
    seek_to_ms: int | None = None


@dataclass(frozen=True, slots=True)
class StopMedia:
    """Down: play it no more; nothing is told of it."""

    playback_id: str


@dataclass(frozen=True, slots=True)
class Stop:
    """Down: flush the open part, say `Ended`, exit with 0."""


@dataclass(frozen=True, slots=True)
class TileStats:
    """How one tile did since the last statistics: different pictures a second."""

    identity: str
    distinct_fps: float


@dataclass(frozen=True, slots=True)
class Stats:
    """Up, every two seconds: counts are since the composer's start, rates and percentiles since the last message."""

    ticks: int
    late_ticks: int
    repeated: int
    encode_ms_p50: float
    encode_ms_p99: float
    bitrate_bps: int
    tiles: tuple[TileStats, ...] = ()
    degraded: tuple[Degradation, ...] = ()  # now


@dataclass(frozen=True, slots=True)
class MediaStarted:
    """Up: it is seen or heard from this tick on."""

    playback_id: str


@dataclass(frozen=True, slots=True)
class MediaEnded:
    """Up: it is over, by itself; `detail` says why when it failed."""

    playback_id: str
    reason: PlaybackEndReason
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Up: why the composer gives up, and that in detail for the log; it exits next."""

    reason: BroadcastReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """Up, last, after a `Stop`: everything composed has been sent."""


Down = Start | Present | AddTarget | RemoveTarget | Image | PlayMedia | UpdateMedia | StopMedia | Stop
Up = Init | Part | SegmentEnd | Stats | TargetState | MediaStarted | MediaEnded | Failed | Ended
Message = Down | Up


class WireError(Exception):
    """The other end sent something that is not a message. There is no way to find the next one: close."""


_NAMES: dict[type[Message], str] = {
    Start: "start",
    Present: "present",
    AddTarget: "add_target",
    RemoveTarget: "remove_target",
    Image: "image",
    PlayMedia: "play_media",
    UpdateMedia: "update_media",
    StopMedia: "stop_media",
    Stop: "stop",
    Init: "init",
    Part: "part",
    SegmentEnd: "segment_end",
    Stats: "stats",
    TargetState: "target_state",
    MediaStarted: "media_started",
    MediaEnded: "media_ended",
    Failed: "failed",
    Ended: "ended",
}
_ADAPTERS: dict[str, pydantic.TypeAdapter[Message]] = {
    name: pydantic.TypeAdapter(kind) for kind, name in _NAMES.items()
}
_FIELDS = {name: {field.name for field in fields(kind)} for kind, name in _NAMES.items()}
_WITH_BODY = {"init", "part", "image"}


def encode(message: Message) -> bytes:
    """`message` as it goes over the socket."""
    name = _NAMES[type(message)]
    body = message.data if isinstance(message, Init | Part | Image) else b""
    values = {field.name: getattr(message, field.name) for field in fields(message) if field.name != "data"}
    header = pydantic_core.to_json({"type": name, **values})
    _check_lengths(len(header), len(body))
    return b"".join((_LENGTHS.pack(len(header), len(body)), header, body))


class Decoder:
    """Bytes in, messages out, in whatever pieces the bytes come."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[Message]:
        """Take `data` and yield each message that is now complete.

        Raises:
            WireError: The bytes are no message, or one larger than we take.
        """
        self._buffer += data
        while (message := self._next()) is not None:
            yield message

    def _next(self) -> Message | None:
        if len(self._buffer) < _LENGTHS.size:
            return None
        header_size, body_size = _LENGTHS.unpack_from(self._buffer)
        _check_lengths(header_size, body_size)
        body_at = _LENGTHS.size + header_size
        end = body_at + body_size
        if len(self._buffer) < end:
            return None
        message = _decode(bytes(self._buffer[_LENGTHS.size : body_at]), bytes(self._buffer[body_at:end]))
        del self._buffer[:end]
        return message


def _check_lengths(header_size: int, body_size: int) -> None:
    if not 0 < header_size <= HEADER_LIMIT_BYTES:
        raise WireError(f"a header of {header_size} bytes; expected 1 to {HEADER_LIMIT_BYTES}")
    if body_size > BODY_LIMIT_BYTES:
        raise WireError(f"a body of {body_size} bytes; expected at most {BODY_LIMIT_BYTES}")


def _decode(header: bytes, body: bytes) -> Message:
    try:
        values = pydantic_core.from_json(header)
    except ValueError as error:
        raise WireError(f"the header is not JSON: {error}") from error
    name = values.pop("type", None) if isinstance(values, dict) else None
    if not isinstance(name, str) or name not in _ADAPTERS:
        raise WireError("the header names no known type of message")
    return _build(name, values, body)


def _build(name: str, values: dict[str, Any], body: bytes) -> Message:
    if "data" in values or (body and name not in _WITH_BODY):
        raise WireError(f"{name}: bytes belong into the body of init, part and image, nowhere else")
    if name in _WITH_BODY:
        values["data"] = body
    if unknown := values.keys() - _FIELDS[name]:
        raise WireError(f"{name}: unknown fields {sorted(unknown)}")
    try:
        return _ADAPTERS[name].validate_python(values)
    except pydantic.ValidationError as error:
        problems = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)]
        raise WireError(f"{name}: {'; '.join(problems)}") from error
