"""protocol/events.schema.json: every event, as JSON Schema, with what is promised about it and who hears of it."""

from onstage.events import EVENTS, Delivery, EventData
from tools.generators.schemas import Schema, as_text, schemas_of


def document() -> str:
    """The document's text."""
    return as_text(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "Onstage events",
            "description": (
                "One event as the gateway sends it. `x-delivery`: a `state` event has a `seq`, is replayed on resume "
                "and never dropped; a `message` has a `seq` too, but may be dropped for a slow client; an `ephemeral` "
                "event has none. `x-told-to`: who in the room hears of it."
            ),
            "oneOf": [envelope(event, below="#/$defs/") for event in EVENTS.values()],
            "$defs": schemas_of(dict.fromkeys(EVENTS.values(), "serialization"), below="#/$defs/"),
        }
    )


def envelope(event: type[EventData], *, below: str) -> Schema:
    """One event's frame, without its `type`."""
    number: Schema = {"type": "null"} if event.DELIVERY is Delivery.EPHEMERAL else {"type": "integer", "minimum": 0}
    return {
        "title": event.NAME,
        "description": event.__doc__,
        "x-delivery": event.DELIVERY.value,
        "x-told-to": event.TOLD_TO,
        "type": "object",
        "properties": {
            "seq": number,
            "prev": number,
            "name": {"const": event.NAME},
            "at": {"type": "string", "format": "date-time"},
            "data": {"$ref": f"{below}{event.__name__}"},
        },
        "required": ["seq", "prev", "name", "at", "data"],
    }
