"""Failures as `application/problem+json` (RFC 9457)."""

from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from onstage.actions.bodies.base import field_problems
from onstage.errors import RETRY_AFTER_S, ErrorCode, FieldProblem, OnstageError
from onstage.model.ids import random_text

PROBLEM_TYPE = "application/problem+json"
_JSON = "`Content-Type: application/json`"
_LONGEST_TYPE = 100
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_ABOUT_TOKENS = {ErrorCode.TOKEN_INVALID, ErrorCode.TOKEN_EXPIRED, ErrorCode.TOKEN_REVOKED}
_log = structlog.get_logger(__name__)


class FieldProblemView(BaseModel):
    """One wrong field."""

    path: str
    problem: str


class ProblemView(BaseModel):
    """The body of every answer of status 400 and above."""

    code: str
    title: str
    detail: str
    status: int
    expected: str | None
    fix: str
    errors: list[FieldProblemView]
    retry_after_s: int | None = Field(description=RETRY_AFTER_S)


def problem_response(error: OnstageError, asked: Headers) -> Response:
    """The answer to a failed request, of which `asked` are the headers."""
    headers = {"Cache-Control": "no-store"}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(error.retry_after_s)
    if error.status == 401:
        headers["WWW-Authenticate"] = f'{_scheme(error, asked)} realm="onstage"'
    return JSONResponse(error.problem(), error.status, headers, PROBLEM_TYPE)


def _scheme(error: OnstageError, asked: Headers) -> str:
    """How to prove oneself (RFC 9110 §11.6.1). A browser would ask for a Basic password, and the page's call hang."""
    is_of_page = "origin" in asked or any(name.startswith("sec-fetch-") for name in asked)
    sent = asked.get("authorization", "").partition(" ")[0].lower()
    is_about_bearer = sent == "bearer" or error.code in _ABOUT_TOKENS or "Bearer" in (error.expected or "")
    return "Bearer" if is_of_page or is_about_bearer else "Basic"


def _malformed(request: Request, error: RequestValidationError) -> OnstageError:
    if error.body and isinstance(error.body, bytes):  # FastAPI left it as it came: it did not come as JSON
        sent = request.headers.get("content-type")
        how = "without a `Content-Type`" if not sent else f"as {sent[:_LONGEST_TYPE]!r}"
        problem = FieldProblem("body", f"came {how}: should be JSON, with {_JSON}")
        return OnstageError(ErrorCode.MALFORMED, f"The body came {how}.", expected=_JSON, errors=[problem])
    found = error.errors()
    for one in found:
        if one["type"] == "json_invalid":
            where = f"{one['ctx']['error']} at character {one['loc'][-1]}"
            return OnstageError(ErrorCode.BODY_NOT_JSON, f"The body is not JSON: {where}.")
    # FastAPI says first whether it is the body, the query or the path.
    fields = [{**one, "loc": one["loc"][1:] or one["loc"]} for one in found]
    return OnstageError(ErrorCode.MALFORMED, errors=field_problems(fields))


async def _on_onstage_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, OnstageError), "registered for OnstageError"
    return problem_response(error, request.headers)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError), "registered for RequestValidationError"
    return problem_response(_malformed(request, error), request.headers)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "registered for HTTPException"
    if isinstance(error.__cause__, OnstageError):  # raised while the body was read, and wrapped by FastAPI
        return problem_response(error.__cause__, request.headers)
    match error.status_code:
        case 401:
            return problem_response(OnstageError(ErrorCode.CREDENTIALS_INVALID), request.headers)
        case 405:
            return _not_allowed(request)
        case 400:
            return problem_response(OnstageError(ErrorCode.BODY_NOT_JSON), request.headers)
        case _:
            return problem_response(OnstageError(ErrorCode.ROUTE_NOT_FOUND), request.headers)


def _not_allowed(request: Request) -> Response:
    """The answer to a method that the path does not take: it names those that it takes (RFC 9110 §10.2.1)."""
    routes = request.app.routes  # each knows of its own methods only
    scopes = {method: {**request.scope, "method": method} for method in _METHODS}
    taken = [one for one, scope in scopes.items() if any(route.matches(scope)[0] is Match.FULL for route in routes)]
    response = problem_response(OnstageError(ErrorCode.METHOD_NOT_ALLOWED, expected=", ".join(taken)), request.headers)
    response.headers["Allow"] = ", ".join(taken)
    return response


async def _on_crash(request: Request, error: Exception) -> Response:
    request_id = random_text(12)
    _log.error("request_failed", request_id=request_id, path=request.url.path, exc_info=error)
    return problem_response(OnstageError(ErrorCode.INTERNAL, f"request_id: {request_id}"), request.headers)


def install(app: FastAPI) -> None:
    """Answer every failure of `app` with a problem."""
    app.add_exception_handler(OnstageError, _on_onstage_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Exception, _on_crash)


def answers(*codes: ErrorCode) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that can fail in these ways, for OpenAPI."""
    by_status: dict[int | str, list[ErrorCode]] = {}
    for code in codes:
        by_status.setdefault(code.value.status, []).append(code)
    return {status: _answer(some) for status, some in by_status.items()}


def _answer(codes: Sequence[ErrorCode]) -> dict[str, Any]:
    timed = ", ".join(f"`{one.code}`" for one in codes if one.value.is_timed)
    header = {"description": f"Seconds; with {timed}.", "schema": {"type": "integer"}}
    return {
        "description": ", ".join(f"`{one.code}`" for one in codes),
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemView"}}},
        **({"headers": {"Retry-After": header}} if timed else {}),
    }
