"""The frames on the wire, as JSON text, and what a client may send."""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from onstage.actions.bodies.base import field_problems
from onstage.actions.snapshot import Snapshot
from onstage.bus.memory import Ephemeral
from onstage.clock import rfc3339
from onstage.errors import ErrorCode, OnstageError
from onstage.store.events import EventRow

LARGEST_FRAME_BYTES = 65_536
"""Of a client's frame; a longer one ends the connection while it is being received."""


class _Frame(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Resume(_Frame):
    """What the client had before its connection was cut."""

    connection_id: str = Field(max_length=100)
    seq: int = Field(ge=0, le=2**53 - 1)  # what JavaScript counts to, and any database holds


class Hello(_Frame):
    """The first frame of a client."""

    type: Literal["hello"]
    token: str = Field(max_length=16_384)
    resume: Resume | None = None


class Request(_Frame):
    """Asks for a change; answered by a reply with the same `id`."""

    type: Literal["request"]
    id: str = Field(min_length=1, max_length=64)
    name: str = Field(max_length=64)
    data: dict[str, Any] = Field(default_factory=dict)


class Ping(_Frame):
    """Asks for a pong."""

    type: Literal["ping"]


class Pong(_Frame):
    """Answers our ping."""

    type: Literal["pong"]


ClientFrame = Annotated[Hello | Request | Ping | Pong, Field(discriminator="type")]
_FINAL_TEXT, _SIZE_IN_16_BITS, _SIZE_IN_64_BITS = 0x81, 126, 127
_client_frame: TypeAdapter[Hello | Request | Ping | Pong] = TypeAdapter(ClientFrame)


class Frame:
    """One frame of ours: its text, and its bytes on the wire, which are made once for everybody who gets it."""

    __slots__ = ("_wire", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._wire: bytes | None = None

    @property
    def wire(self) -> bytes:
        """An unfragmented, unmasked text frame with its header (RFC 6455 §5.2)."""
        if self._wire is None:
            payload = self.text.encode()
            self._wire = _header(len(payload)) + payload
        return self._wire


def _header(size: int) -> bytes:
    if size < _SIZE_IN_16_BITS:
        return bytes((_FINAL_TEXT, size))
    if size < 1 << 16:
        return bytes((_FINAL_TEXT, _SIZE_IN_16_BITS)) + size.to_bytes(2, "big")
    return bytes((_FINAL_TEXT, _SIZE_IN_64_BITS)) + size.to_bytes(8, "big")


PING = Frame('{"type":"ping"}')
PONG = Frame('{"type":"pong"}')


def parse_frame(text: str) -> Hello | Request | Ping | Pong:
    """What a client sent.

    Raises:
        OnstageError: `body_too_large`, `malformed`.
    """
    if len(text) > LARGEST_FRAME_BYTES or len(text.encode()) > LARGEST_FRAME_BYTES:
        raise OnstageError(ErrorCode.BODY_TOO_LARGE, expected=f"at most {LARGEST_FRAME_BYTES} bytes")
    try:
        return _client_frame.validate_json(text)
    except ValidationError as cause:
        raise OnstageError(ErrorCode.MALFORMED, errors=field_problems(cause.errors())) from cause


def welcome(connection_id: str, snapshot: Snapshot) -> Frame:
    """The answer to a hello that begins anew."""
    head = json.dumps({"type": "welcome", "connection_id": connection_id, "seq": snapshot.seq})
    return Frame(f'{head[:-1]}, "snapshot": {snapshot.text}}}')


def resumed(connection_id: str, seq: int) -> Frame:
    """The answer to a hello that goes on where it was; the missed events follow."""
    return Frame(json.dumps({"type": "resumed", "connection_id": connection_id, "seq": seq}))


def event_tail(row: EventRow) -> str:
    """The part of an event's frame that is the same for everybody, so that it is written once."""
    return json.dumps({"name": row.name, "at": rfc3339(row.at), "data": row.data})[1:]


def ephemeral_tail(notice: Ephemeral) -> str:
    """The same for an event without a row."""
    return f'{json.dumps({"name": notice.name, "at": notice.at})[1:-1]}, "data": {notice.data}}}'


def event(seq: int | None, prev: int | None, tail: str) -> str:
    """One event's text; `prev` is the last `seq` sent on this connection. Both null for one without a row."""
    return f'{{"type": "event", "seq": {json.dumps(seq)}, "prev": {json.dumps(prev)}, {tail}'


def gathered(events: list[str]) -> Frame:
    """Several events in one frame."""
    return Frame(events[0] if len(events) == 1 else f'{{"type": "events", "events": [{", ".join(events)}]}}')


def dropped(count: int, after_seq: int) -> Frame:
    """Says that so many messages or events without a row were left out here; messages are to be paged from there."""
    return Frame(json.dumps({"type": "dropped", "count": count, "after_seq": after_seq}))


def reply(request_id: str, data: BaseModel) -> Frame:
    """A request's answer."""
    return Frame(f'{{"type": "reply", "id": {json.dumps(request_id)}, "ok": true, "data": {data.model_dump_json()}}}')


def refusal(request_id: str, error: OnstageError) -> Frame:
    """A request's answer that says why not."""
    return Frame(json.dumps({"type": "reply", "id": request_id, "ok": False, "error": error.problem()}))


def bye(code: str, detail: str) -> Frame:
    """The last frame before a close."""
    return Frame(json.dumps({"type": "bye", "code": code, "detail": detail}))
