"""The OpenAPI document as the tests ask it: every operation, what it says it answers, and whether an answer is so."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx
import jsonschema_rs

from onstage.api.application import build_api
from tests.support.problems import problem

Answer = tuple[int, str]
"""A status, and the code of its problem; no code for what went well."""
PROBLEM_TYPE = "application/problem+json"
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    name: str
    method: str
    path: str
    raw: dict[str, Any]

    @cached_property
    def documented(self) -> frozenset[Answer]:
        """Everything that it says it answers."""
        return frozenset(
            (int(status), code) for status, one in self.raw["responses"].items() for code in _codes(int(status), one)
        )

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the problems among them."""
        return frozenset(code for _, code in self.documented if code)

    @property
    def ids(self) -> tuple[str, ...]:
        """The path's parameters."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))

    @property
    def has_body(self) -> bool:
        """Whether something may be sent."""
        return "requestBody" in self.raw

    @property
    def query(self) -> frozenset[str]:
        """The names of the query's parameters."""
        return frozenset(one["name"] for one in self.raw.get("parameters", ()) if one["in"] == "query")

    @property
    def schemes(self) -> frozenset[str]:
        """By what a caller can prove who they are."""
        return frozenset(name for one in self.raw.get("security", ()) for name in one)


def _codes(status: int, answer: dict[str, Any]) -> list[str]:
    if status < 400:
        return [""]
    return [one.strip(" `") for one in answer["description"].split(",")]


class Document:
    """The document of the application."""

    def __init__(self) -> None:
        self.raw: dict[str, Any] = json.loads(json.dumps(build_api(None, public_url=None, routes=[]).openapi()))
        self.operations = {
            one["operationId"]: Operation(one["operationId"], method.upper(), path, one)
            for path, methods in self.raw["paths"].items()
            for method, one in methods.items()
            if method in _METHODS
        }
        self._validators: dict[str, jsonschema_rs.Validator] = {}

    def answer(self, operation: Operation, response: httpx.Response) -> Answer:
        """Which answer this is; its content must be what the document says."""
        status = response.status_code
        documented = operation.raw["responses"].get(str(status))
        assert documented is not None, f"{operation.name} answered {status}: {response.text}"
        assert "retry-after" not in response.headers or "Retry-After" in documented["headers"], operation.name
        content = documented.get("content")
        if content is None:
            assert response.content == b"", operation.name
            return status, ""
        [(media_type, described)] = content.items()
        assert response.headers["content-type"] == media_type, operation.name
        self._require_valid(described["schema"], response.json(), operation.name)
        return status, str(problem(response)["code"]) if media_type == PROBLEM_TYPE else ""

    def _require_valid(self, schema: dict[str, Any], body: object, what: str) -> None:
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            whole = {**schema, "components": self.raw["components"]}
            self._validators[key] = jsonschema_rs.validator_for(whole, validate_formats=True)
        found = [f"{what}: {error.message}" for error in self._validators[key].iter_errors(body)]
        assert found == []


DOCUMENT = Document()
