"""The base of everything we send and keep as JSON."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

from onstage.clock import rfc3339

Timestamp = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]

Moment = Annotated[
    AwareDatetime,
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
"""A `Timestamp` that people also send."""


class View(BaseModel):
    """Base of everything we send: an undeclared field is a bug in the schema, so it fails when built."""

    model_config = ConfigDict(extra="forbid", frozen=True)
