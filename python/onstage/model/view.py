"""The base of everything we send and keep as JSON."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

from onstage.clock import rfc3339
from onstage.model.exact import Exact

Timestamp = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]


def _written(value: object) -> object:
    """Not a number, in quotes or not, which might be seconds or milliseconds, and since when."""
    if isinstance(value, int | float) or (isinstance(value, str) and value[4:5] != "-"):
        raise ValueError("a time is written as RFC 3339 has it")
    return value


def _utc(moment: datetime) -> datetime:
    """In UTC and whole milliseconds, as it will be shown and kept."""
    try:
        return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)
    except OverflowError as cause:  # within a day of the first or the last year there is
        raise ValueError("no moment in UTC") from cause


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_written),
    AfterValidator(_utc),
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
"""A `Timestamp` that people also send."""


class View(Exact):
    """Base of everything we send: an undeclared field is a bug in the schema, so it fails when built."""

    model_config = ConfigDict(extra="forbid", frozen=True)
