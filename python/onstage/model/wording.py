"""What is wrong with a value, for whoever sent it: pydantic's findings, where those speak of Python or in patterns."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

NO_CURSOR = "not a cursor of this list"
_NO_CONTROL = "should hold no control characters, such as line breaks"
_NAME = "letters, digits, `.`, `_` and `-`, beginning with a letter or digit"

PATTERNS: Mapping[str, str] = MappingProxyType(
    {
        r"^[^\x00-\x1f\x7f]*$": _NO_CONTROL,
        r"^[^\x00-\x1f\x7f]{1,100}$": f"{_NO_CONTROL}, and be 1 to 100 characters long",
        r"^[\x21-\x7e]*$": "should be visible ASCII characters, no space",
        r"^[\x21-\x7e]+$": "should be visible ASCII characters, no space",
        r"^[\x21-\x7e]{1,64}$": "should be 1 to 64 visible ASCII characters, no space",
        r"^[\x21-\x7e]{1,120}$": "should be 1 to 120 visible ASCII characters, no space",
        r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$": f"should be 1 to 64 {_NAME}",
        r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$": f"should be 1 to 120 {_NAME}",
        r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,39}$": (
            "should be 1 to 40 letters, digits, `.`, `_`, `:` and `-`, beginning with a letter or digit"
        ),
        r"^[A-Za-z0-9][A-Za-z0-9@._+-]*$": (
            "should be letters, digits, `@`, `.`, `_`, `+` and `-`, beginning with a letter or digit"
        ),
        r"^[A-Za-z0-9._:-]{1,128}$": "should be 1 to 128 letters, digits, `.`, `_`, `:` and `-`",
        r"^[A-Za-z0-9._:*?{}-]{1,128}$": (
            "should be 1 to 128 letters, digits, `.`, `_`, `:` and `-`, with `*` and `?` for others, or `{id}`"
        ),
        r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$": "should be a language as BCP 47 names it: `en`, `pt-BR`",
        r"^#[0-9a-fA-F]{6}$": "should be a colour as `#20a040`: red, green and blue in hexadecimal",
        r"^(https?://[\x21-\x7e]+|/[\x21-\x2e\x30-\x7e][\x21-\x7e]*)$": (
            "should be an http(s) URL in visible ASCII characters, or a path of this server that begins with one `/`"
        ),
        r"^[0-9a-z-]{1,20}$": "should be 1 to 20 lower-case letters, digits and `-`",
    }
)
"""Each pattern that a field has; what a cursor looks like is nobody's business but ours."""

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "extra_forbidden": "is no field of this request",
        "model_type": "should be a JSON object",
        "model_attributes_type": "should be a JSON object",
        "dict_type": "should be a JSON object",
        "list_type": "should be a JSON list",
        "missing": "is required",
    }
)


def said(finding: Mapping[str, Any]) -> str:
    """One of pydantic's findings (`ValidationError.errors()`) as part of a sentence."""
    kind, where = finding["type"], finding["loc"]
    if kind == "string_pattern_mismatch":
        if where and where[-1] == "cursor":
            return NO_CURSOR
        pattern = finding["ctx"]["pattern"]
        return PATTERNS.get(pattern, finding["msg"])
    text: str = _KINDS.get(kind, finding["msg"])
    return text.removeprefix("Value error, ")
