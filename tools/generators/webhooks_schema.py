"""protocol/webhooks.schema.json: what webhook receivers are sent, one schema a type."""

from onstage.actions.outbox import WEBHOOK_EVENTS
from onstage.actions.webhooks import TEST_EVENT
from onstage.events import EVENTS
from onstage.model.views import WebhookPayload
from tools.generators.schemas import Schema, as_text, schemas_of

_DEFS = "#/$defs/"


def document() -> str:
    """The document's text."""
    told = [EVENTS[name] for name in WEBHOOK_EVENTS]
    return as_text(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Onstage webhooks",
            "description": (
                "The body of one POST. It is signed by the headers of the Standard Webhooks specification: "
                "`webhook-id` (the payload's `id`, the same for every attempt and replay), `webhook-timestamp` and "
                "`webhook-signature`. Answer with any 2xx to take it; 410 to be sent nothing more."
            ),
            "oneOf": [
                *(_payload(event.NAME, event.__doc__, {"$ref": f"{_DEFS}{event.__name__}"}) for event in told),
                _payload(TEST_EVENT, "Sent by POST /v1/webhooks/{webhook}/test; nothing happened.", _TEST_DATA),
            ],
            "$defs": schemas_of(dict.fromkeys(told, "serialization"), below=_DEFS),
        }
    )


_TEST_DATA: Schema = {
    "type": "object",
    "properties": {"endpoint_id": {"type": "string"}},
    "required": ["endpoint_id"],
}


def _payload(name: str, doc: str | None, data: Schema) -> Schema:
    fields = schemas_of({WebhookPayload: "serialization"}, below=_DEFS)[WebhookPayload.__name__]["properties"]
    properties = {**fields, "type": {"const": name}, "data": data}
    return {
        "title": name,
        "description": doc,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
