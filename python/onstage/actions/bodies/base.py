"""What all bodies share: strictness, and the kinds of text and data that people send."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError

from onstage.errors import ErrorCode, FieldProblem, OnstageError

_LARGEST_METADATA_CHARS = 8_192


def _bounded(metadata: dict[str, Any]) -> dict[str, Any]:
    try:
        text = json.dumps(metadata, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (ValueError, RecursionError) as cause:  # NaN, half a surrogate pair, nested without end
        raise ValueError("metadata is not JSON that everybody can read") from cause
    if len(text) > _LARGEST_METADATA_CHARS:
        raise ValueError(f"metadata is larger than {_LARGEST_METADATA_CHARS} characters")
    return metadata


# No control characters: names are shown in pages, pictures and logs.
_PLAIN = r"^[^\x00-\x1f\x7f]*$"
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_PLAIN)]
RoomName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$")]
Identity = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9][A-Za-z0-9@._+-]*$")]
Metadata = Annotated[dict[str, Any], AfterValidator(_bounded)]


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
