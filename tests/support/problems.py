"""What a failed request must look like."""

from typing import Any

import httpx

from onstage.errors import ErrorCode

_EXPECTED = {"permission_denied", "unknown_role", "body_too_large"}
"""Codes whose fix is in `expected`."""
_FIELDS = {"code", "title", "detail", "status", "expected", "fix", "errors", "retry_after_s"}


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The problem of an answer, which must be a whole one."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    body: dict[str, Any] = answer.json()
    assert body.keys() == _FIELDS
    spec = ErrorCode[body["code"].upper()].value
    assert (body["status"], body["title"], body["fix"]) == (answer.status_code, spec.title, spec.fix)
    assert answer.status_code == spec.status
    assert body["detail"]
    assert body["expected"] or body["code"] not in _EXPECTED, "the fix points at it"
    assert answer.headers["cache-control"] == "no-store"
    wait_s = body["retry_after_s"]
    assert answer.headers.get("retry-after") == (None if wait_s is None else str(wait_s))
    return body


def code(answer: httpx.Response) -> str:
    """Its code."""
    return str(problem(answer)["code"])
