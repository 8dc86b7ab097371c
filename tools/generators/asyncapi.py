"""protocol/asyncapi.json: the gateway's WebSocket, as an AsyncAPI 3 document."""

import inspect
from typing import Any

from pydantic import BaseModel

from onstage import __version__
from onstage.api.problems import ProblemView
from onstage.events import EVENTS
from onstage.gateway.connection import HELLO_TIMEOUT_S, PING_EVERY_S
from onstage.gateway.frames import LARGEST_FRAME_BYTES, Hello, Ping, Pong, Request
from onstage.gateway.requests import REQUESTS
from onstage.gateway.session import VIEWER_GATHER_S, ByeCode
from onstage.model.views import SnapshotView
from tools.generators.events_schema import envelope
from tools.generators.schemas import Mode, Schema, as_text, schemas_of

_SCHEMAS = "#/components/schemas/"
_SEQ: Schema = {"type": "integer", "minimum": 0}


def document() -> str:
    """The document's text."""
    sent = _from_client()
    received = _from_server()
    messages = sent | received
    return as_text(
        {
            "asyncapi": "3.0.0",
            "info": {"title": "Onstage gateway", "version": __version__, "description": _description()},
            "channels": {
                "gateway": {
                    "address": "/v1/gateway",
                    "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                }
            },
            "operations": _operations(list(sent), list(received)),
            "components": {"messages": messages, "schemas": schemas_of(_models(), below=_SCHEMAS)},
        }
    )


def _description() -> str:
    return (
        "One WebSocket per participant; every frame is one JSON object as text, from a client of at most "
        f"{LARGEST_FRAME_BYTES} bytes. The first frame is the client's `hello`, within {HELLO_TIMEOUT_S:.0f} s; "
        "it is answered by `welcome` with a snapshot, or, after a cut, by `resumed` and the missed events. A state "
        "event carries its `seq` and, as `prev`, the last `seq` sent on this connection: a client that has another "
        "one connects again and resumes. Viewers' events are gathered into one `events` frame for up to "
        f"{VIEWER_GATHER_S * 1000:.0f} ms, unless they concern the viewer. The server pings every {PING_EVERY_S:.0f} "
        "s and closes a connection that says nothing until the next one is due. Before it closes a connection it "
        "says `bye` with a code."
    )


def _models() -> dict[type[BaseModel], Mode]:
    models: dict[type[BaseModel], Mode] = dict.fromkeys([Hello, Request, Ping, Pong], "validation")
    models |= {kind.body: "validation" for kind in REQUESTS.values()}
    models |= {reply: "serialization" for kind in REQUESTS.values() for reply in kind.replies}
    models |= dict.fromkeys([SnapshotView, ProblemView, *EVENTS.values()], "serialization")
    return models


def _ref(model: type[BaseModel]) -> Schema:
    return {"$ref": _SCHEMAS + model.__name__}


def _message(description: str | None, payload: Schema) -> dict[str, Any]:
    return {"summary": description, "contentType": "application/json", "payload": payload}


def _frame(kind: str, **fields: Schema) -> Schema:
    properties = {"type": {"const": kind}, **fields}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _from_client() -> dict[str, Any]:
    frames = {model.__name__.lower(): _message(_doc(model), _ref(model)) for model in (Hello, Ping, Pong)}
    for name, kind in REQUESTS.items():
        fields: dict[str, Schema] = {"id": {"type": "string"}, "name": {"const": name}, "data": _ref(kind.body)}
        frames[f"request.{name}"] = _message(_doc(kind.body), _frame("request", **fields))
    return frames


def _from_server() -> dict[str, Any]:
    text: Schema = {"type": "string"}
    frames = {
        "welcome": _message(
            "The answer to a hello that begins anew.",
            _frame("welcome", connection_id=text, seq=_SEQ, snapshot=_ref(SnapshotView)),
        ),
        "resumed": _message(
            "The answer to a hello that goes on where it was; the missed events follow.",
            _frame("resumed", connection_id=text, seq=_SEQ),
        ),
        "events": _message(
            "Several events in one frame, in order.",
            _frame("events", events={"type": "array", "items": {"oneOf": [_event(name) for name in EVENTS]}}),
        ),
        "dropped": _message(
            "So many messages or events without a row were left out here, because the client read too slowly. Messages "
            "are to be had over REST, from those before `after_seq` on.",
            _frame("dropped", count={"type": "integer", "minimum": 1}, after_seq=_SEQ),
        ),
        "refusal": _message("Why a request was not done.", _reply(ok=False, error=_ref(ProblemView))),
        "bye": _message(_doc(ByeCode), _frame("bye", code={"enum": [one.value for one in ByeCode]}, detail=text)),
    }
    frames |= {f"event.{name}": _message(event.__doc__, _event(name)) for name, event in EVENTS.items()}
    for name, kind in REQUESTS.items():
        data = [_ref(one) for one in kind.replies]
        frames[f"reply.{name}"] = _message(
            f"The answer to {name}.", _reply(ok=True, data=data[0] if len(data) == 1 else {"anyOf": data})
        )
    return frames


def _event(name: str) -> Schema:
    schema = envelope(EVENTS[name], below=_SCHEMAS)
    schema["properties"] = {"type": {"const": "event"}, **schema["properties"]}
    return schema


def _reply(*, ok: bool, **fields: Schema) -> Schema:
    return _frame("reply", id={"type": "string"}, ok={"const": ok}, **fields)


def _operations(sent: list[str], received: list[str]) -> dict[str, Any]:
    """`receive` and `send` are the server's: AsyncAPI describes the application that has the channel."""
    answers = [name for name in received if not name.startswith("reply.") and name != "refusal"]
    operations: dict[str, Any] = {
        "hear": _operation("receive", [name for name in sent if not name.startswith("request.")]),
        "tell": _operation("send", [*answers, "ping", "pong"]),
    }
    for name in REQUESTS:
        operation = _operation("receive", [f"request.{name}"])
        operation["reply"] = {"channel": _CHANNEL, "messages": _messages([f"reply.{name}", "refusal"])}
        operations[name] = operation
    return operations


_CHANNEL = {"$ref": "#/channels/gateway"}


def _operation(action: str, messages: list[str]) -> dict[str, Any]:
    return {"action": action, "channel": _CHANNEL, "messages": _messages(messages)}


def _messages(names: list[str]) -> list[Schema]:
    return [{"$ref": f"#/channels/gateway/messages/{name}"} for name in names]


def _doc(documented: type) -> str | None:
    return inspect.getdoc(documented)
