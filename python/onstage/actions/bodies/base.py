"""What all bodies share: strictness, and how what is wrong with one is said."""

from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import ConfigDict, ValidationError

from onstage.errors import ErrorCode, FieldProblem, OnstageError
from onstage.model.exact import Exact
from onstage.model.texts import (
    DEEPEST_JSON,
    LARGEST_JSON_CHARS,
    Attributes,
    Identity,
    JsonValue,
    Metadata,
    Name,
    RoomName,
)
from onstage.model.wording import said

__all__ = [
    "DEEPEST_JSON",
    "LARGEST_JSON_CHARS",
    "AnyBody",
    "Attributes",
    "Body",
    "Identity",
    "JsonValue",
    "Metadata",
    "Name",
    "RoomName",
    "field_problems",
    "parse",
]


class Body(Exact):
    """Base of every request body."""

    model_config = ConfigDict(extra="forbid")


AnyBody = TypeVar("AnyBody", bound=Body)


def parse(model: type[AnyBody], data: object) -> AnyBody:
    """`data` as a body.

    Raises:
        OnstageError: `malformed`, with each wrong field.
    """
    try:
        return model.model_validate(data)
    except ValidationError as cause:
        raise OnstageError(ErrorCode.MALFORMED, errors=field_problems(cause.errors())) from cause


_KEY = "[key]"  # that it is the name itself that is wrong


def field_problems(errors: Sequence[Any], *, within: str | None = None) -> list[FieldProblem]:
    """Pydantic's findings as ours: a dotted path below the body, or below a field of it, and a sentence."""
    above = () if within is None else (within,)
    return [
        FieldProblem(
            ".".join(_sendable(str(part)) for part in (*above, *error["loc"]) if part != _KEY) or "body",
            _sendable(said(error)),
        )
        for error in errors
    ]


def _sendable(text: str) -> str:
    """`text` without halves of surrogate pairs: a field's name is other people's text, too."""
    return text.encode(errors="replace").decode()
