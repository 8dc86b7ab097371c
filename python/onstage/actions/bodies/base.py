"""What all bodies share: strictness, and the kinds of text and data that people send."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from onstage.errors import ErrorCode, FieldProblem, OnstageError

LARGEST_JSON_CHARS = 8_192
DEEPEST_JSON = 32
"""Levels of lists and objects in each other; what reads and writes JSON recurses, here and in clients."""


def json_value(value: Any) -> Any:
    """`value` as it came, if everybody can read it.

    Raises:
        ValueError: no JSON (NaN, half a surrogate pair), too large, or too deep.
    """
    if _is_deeper(value, DEEPEST_JSON):
        raise ValueError(f"nested deeper than {DEEPEST_JSON} levels")
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValueError as cause:
        raise ValueError("not JSON that everybody can read") from cause
    if len(text) > LARGEST_JSON_CHARS:
        raise ValueError(f"larger than {LARGEST_JSON_CHARS} characters of JSON")
    return value


def _is_deeper(value: Any, levels: int) -> bool:
    match value:
        case dict():
            return levels == 0 or any(_is_deeper(one, levels - 1) for one in value.values())
        case list():
            return levels == 0 or any(_is_deeper(one, levels - 1) for one in value)
        case _:
            return False


# No control characters: names are shown in pages, pictures and logs.
_PLAIN = r"^[^\x00-\x1f\x7f]*$"
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_PLAIN)]
RoomName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$")]
Identity = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9][A-Za-z0-9@._+-]*$")]
Metadata = Annotated[dict[str, Any], AfterValidator(json_value)]
JsonValue = Annotated[Any, AfterValidator(json_value)]


class Body(BaseModel):
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


def field_problems(errors: Sequence[Any]) -> list[FieldProblem]:
    """Pydantic's findings as ours: a dotted path below the body, and a sentence."""
    return [
        FieldProblem(
            ".".join(str(part) for part in error["loc"] if part != "body") or "body",
            error["msg"].removeprefix("Value error, "),
        )
        for error in errors
    ]
