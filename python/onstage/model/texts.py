"""The kinds of text and data that people send: bounded, and readable by everybody."""

import json
import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from onstage.model import plain_text

LARGEST_JSON_CHARS = 8_192
DEEPEST_JSON = 32
"""Levels of lists and objects in each other; what reads and writes JSON recurses, here and in clients."""


# An escape of NUL as `json.dumps` writes it, and not a backslash followed by the same letters.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def json_value(value: Any) -> Any:
    """`value` as it came, if everybody can read it.

    Raises:
        ValueError: as `json_text`, or too large.
    """
    if len(json_text(value)) > LARGEST_JSON_CHARS:
        raise ValueError(f"larger than {LARGEST_JSON_CHARS} characters of JSON")
    return value


def json_text(value: Any) -> str:
    """`value` as JSON.

    Raises:
        ValueError: no JSON (NaN, half a surrogate pair), too deep, or with a NUL, in which PostgreSQL can't look.
    """
    if _is_deeper(value, DEEPEST_JSON):
        raise ValueError(f"nested deeper than {DEEPEST_JSON} levels")
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text.encode()
    except ValueError as cause:
        raise ValueError("not JSON that everybody can read") from cause
    if _NUL.search(text):
        raise ValueError("holds a NUL character")
    return text


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
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=plain_text.LONGEST_NAME, pattern=_PLAIN),
    AfterValidator(plain_text.name),
]
RoomName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$")]
Identity = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"^[A-Za-z0-9][A-Za-z0-9@._+-]*$")]
Reference = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[\x21-\x7e]*$")]
"""The id or name of what may be there; a database can be asked for it."""
Metadata = Annotated[dict[str, Any], AfterValidator(json_value)]
JsonValue = Annotated[Any, AfterValidator(json_value)]
Attributes = Annotated[
    dict[
        Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_PLAIN)],
        Annotated[str, StringConstraints(max_length=1_024)],
    ],
    Field(max_length=64),
    AfterValidator(json_value),
]
"""Small facts about a participant, each text: at most 64 of them."""
