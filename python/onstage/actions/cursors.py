"""Cursors that lead nowhere."""

from onstage.errors import ErrorCode, FieldProblem, OnstageError
from onstage.model.wording import NO_CURSOR


def wrong_cursor(problem: str = NO_CURSOR) -> OnstageError:
    """What whoever goes on from there is told: an empty page would look like the end of the list."""
    return OnstageError(ErrorCode.MALFORMED, errors=[FieldProblem("cursor", problem)])
