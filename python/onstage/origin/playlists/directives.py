"""Delivery directives: the `_HLS_` query parameters of a playlist request (RFC 8216bis §6.2.5)."""

from collections.abc import Iterable
from dataclasses import dataclass

from onstage.errors import ErrorCode, FieldProblem, OnstageError

_MOST_DIGITS = 20
"""A decimal-integer is below 2**64 (§4.2)."""
_SKIP_VALUES = frozenset({"YES", "v2"})


@dataclass(frozen=True, slots=True)
class Directives:
    """What a playlist request asks for. `part` is only set together with `msn`."""

    msn: int | None = None
    part: int | None = None
    skip: bool = False

    @property
    def is_blocking(self) -> bool:
        """Whether the answer waits for media."""
        return self.msn is not None


def parse_directives(query: Iterable[tuple[str, str]]) -> Directives:
    """Directives of a query, given as its decoded pairs. Other parameters and other `_HLS_skip` values are ignored.

    Raises:
        OnstageError: HLS_DIRECTIVE_INVALID for a directive that is empty, repeated, not a number, or `_HLS_part`
            without `_HLS_msn`.
    """
    given: dict[str, str] = {}
    for name, value in query:
        if name in given:
            raise _invalid(name, "is given twice")
        if name in {"_HLS_msn", "_HLS_part", "_HLS_skip"}:
            given[name] = value
    msn, part = _number(given, "_HLS_msn"), _number(given, "_HLS_part")
    if part is not None and msn is None:
        raise _invalid("_HLS_part", "needs `_HLS_msn` beside it")
    return Directives(msn=msn, part=part, skip=given.get("_HLS_skip") in _SKIP_VALUES)


def _number(given: dict[str, str], name: str) -> int | None:
    text = given.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise _invalid(name, "is not a decimal integer")
    return int(text)


def _invalid(name: str, problem: str) -> OnstageError:
    return OnstageError(
        ErrorCode.HLS_DIRECTIVE_INVALID,
        f"`{name}` {problem}.",
        expected="_HLS_msn=<decimal>[&_HLS_part=<decimal>][&_HLS_skip=YES]",
        errors=[FieldProblem(name, problem)],
    )
