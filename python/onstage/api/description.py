"""What the OpenAPI document says of whole kinds of operations, beside what each route says of itself."""

from collections.abc import Container, Iterable
from typing import Any, TypeGuard

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute

from onstage.api.idempotency import HEADER, LONGEST_KEY, IdempotentRoute
from onstage.api.problems import ProblemView, answers
from onstage.errors import ErrorCode

_ON_BODY = (ErrorCode.BODY_NOT_JSON, ErrorCode.BODY_TOO_LARGE)
_ON_FILE = (ErrorCode.BODY_TOO_LARGE,)
_ON_KEY = (
    ErrorCode.IDEMPOTENCY_CONFLICT,
    ErrorCode.IDEMPOTENCY_IN_PROGRESS,
    ErrorCode.IDEMPOTENCY_ANSWER_LOST,
)
_KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "The same key again, within a day, gets the first answer, and nothing is done twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
}

Document = dict[str, Any]


def describe(app: FastAPI, routers: Iterable[APIRouter]) -> None:
    """Have `app` tell of problems, bodies and the idempotency key; `routers` are those it is made of."""
    original = app.openapi
    honours_key = {route.path for router in routers for route in router.routes if _honours_key(route)}

    def openapi() -> Document:
        if app.openapi_schema is None:
            document = original()
            _describe_problems(document)
            _describe_operations(document, honours_key)
        return app.openapi_schema or original()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document


def _describe_problems(document: Document) -> None:
    """Put in the one schema of all problems, and leave out FastAPI's own two."""
    schemas = document["components"]["schemas"]
    whole = ProblemView.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(whole.pop("$defs", {}))
    schemas["ProblemView"] = whole
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)


def _honours_key(route: BaseRoute) -> TypeGuard[IdempotentRoute]:
    return isinstance(route, IdempotentRoute) and "POST" in (route.methods or ())


def _describe_operations(document: Document, honours_key: Container[str]) -> None:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if "requestBody" in operation:
                _add(operation, _ON_BODY if "application/json" in operation["requestBody"]["content"] else _ON_FILE)
            if method == "post" and path in honours_key:
                _add(operation, _ON_KEY)
                operation.setdefault("parameters", []).append(_KEY)


def _add(operation: Document, codes: tuple[ErrorCode, ...]) -> None:
    """Say that the operation can fail in these ways too."""
    responses = operation["responses"]
    for status, added in answers(*codes).items():
        known = responses.get(str(status))
        listed = [] if known is None else _listed(known)
        responses[str(status)] = answers(*listed, *_listed(added))[status]


def _listed(answer: Document) -> list[ErrorCode]:
    """The codes that `answers` has written of."""
    return [ErrorCode[name.strip("`").upper()] for name in answer["description"].split(", ")]
