"""Cursors that lead nowhere."""

from onstage.errors import ErrorCode, FieldProblem, OnstageError


def wrong_cursor(problem: str = "not a cursor of this list") -> OnstageError:
    """What whoever goes on from there is told: an empty page would look like the end of the list."""
    return OnstageError(ErrorCode.MALFORMED, errors=[FieldProblem("cursor", problem)])
