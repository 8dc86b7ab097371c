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

LARGEST_FRAME_CHARS = 65_536


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
_client_frame: TypeAdapter[Hello | Request | Ping | Pong] = TypeAdapter(ClientFrame)

PING = '{"type":"ping"}'
PONG = '{"type":"pong"}'


def parse_frame(text: str) -> Hello | Request | Ping | Pong:
    """What a client sent.

    Raises:
        OnstageError: `body_too_large`, `malformed`.
    """
    if len(text) > LARGEST_FRAME_CHARS:
        raise OnstageError(ErrorCode.BODY_TOO_LARGE, expected=f"at most {LARGEST_FRAME_CHARS} characters")
    try:
        return _client_frame.validate_json(text)
    except ValidationError as cause:
        raise OnstageError(ErrorCode.MALFORMED, errors=field_problems(cause.errors())) from cause


def welcome(connection_id: str, snapshot: Snapshot) -> str:
    """The answer to a hello that begins anew."""
    head = json.dumps({"type": "welcome", "connection_id": connection_id, "seq": snapshot.seq})
    return f'{head[:-1]}, "snapshot": {snapshot.view.model_dump_json()}}}'


def resumed(connection_id: str, seq: int) -> str:
    """The answer to a hello that goes on where it was; the missed events follow."""
    return json.dumps({"type": "resumed", "connection_id": connection_id, "seq": seq})


def event_tail(row: EventRow) -> str:
    """The part of an event's frame that is the same for everybody, so that it is written once."""
    return json.dumps({"name": row.name, "at": rfc3339(row.at), "data": row.data})[1:]


def ephemeral_tail(notice: Ephemeral) -> str:
    """The same for an event without a row."""
    return f'{json.dumps({"name": notice.name, "at": notice.at})[1:-1]}, "data": {notice.data}}}'


def event(seq: int | None, prev: int | None, tail: str) -> str:
    """One event's frame; `prev` is the last `seq` sent on this connection. Both null for one without a row."""
    return f'{{"type": "event", "seq": {json.dumps(seq)}, "prev": {json.dumps(prev)}, {tail}'


def gathered(frames: list[str]) -> str:
    """Several events in one frame."""
    return frames[0] if len(frames) == 1 else f'{{"type": "events", "events": [{", ".join(frames)}]}}'


def reply(request_id: str, data: BaseModel) -> str:
    """A request's answer."""
    return f'{{"type": "reply", "id": {json.dumps(request_id)}, "ok": true, "data": {data.model_dump_json()}}}'


def refusal(request_id: str, error: OnstageError) -> str:
    """A request's answer that says why not."""
    return json.dumps({"type": "reply", "id": request_id, "ok": False, "error": error.problem()})


def bye(code: str, detail: str) -> str:
    """The last frame before a close."""
    return json.dumps({"type": "bye", "code": code, "detail": detail})
