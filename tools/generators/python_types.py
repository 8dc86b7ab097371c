"""The OpenAPI document as the Python SDK's generator asks it, and Python's annotations for its schemas."""

import json
import re
from dataclasses import dataclass
from typing import Any

from tools.generators.schemas import Schema

REF = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document."""

    name: str
    method: str
    path: str
    raw: Schema

    @property
    def path_names(self) -> list[str]:
        """The path's parameters, in order."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def query(self) -> list[Schema]:
        """The query's parameters."""
        return [one for one in self.raw.get("parameters", ()) if one["in"] == "query"]

    @property
    def honours_key(self) -> bool:
        """Whether it takes an `Idempotency-Key`."""
        return any(one["in"] == "header" for one in self.raw.get("parameters", ()))

    @property
    def is_repeatable(self) -> bool:
        """Whether doing it again changes nothing more."""
        return self.method != "POST" or self.honours_key

    @property
    def answers(self) -> dict[int, Schema | None]:
        """The schema of each good answer; None for one without a body."""
        good = {int(status): one for status, one in self.raw["responses"].items() if status.startswith("2")}
        return {
            status: one.get("content", {}).get("application/json", {}).get("schema") for status, one in good.items()
        }


class Document:
    """The OpenAPI document, as the generator asks it."""

    def __init__(self, raw: Schema) -> None:
        self.schemas: dict[str, Schema] = raw["components"]["schemas"]
        self.operations = [
            Operation(operation["operationId"], method.upper(), path, operation)
            for path, methods in raw["paths"].items()
            for method, operation in methods.items()
            if method in ("get", "post", "put", "patch", "delete")
        ]

    def body_of(self, operation: Operation) -> Schema | None:
        """The schema of the operation's body, resolved."""
        content = operation.raw.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return None
        schema = content["schema"]
        choices = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
        return self.schemas[choices[0]["$ref"].removeprefix(REF)]

    def takes_file(self, operation: Operation) -> bool:
        """Whether the operation's body is bytes as they are."""
        return "application/octet-stream" in operation.raw.get("requestBody", {}).get("content", {})

    def below(self, schemas: list[Schema]) -> list[str]:
        """The names of all schemas that these are made of, sorted."""
        found: set[str] = set()
        waiting = [name for schema in schemas for name in _refs(schema)]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += _refs(self.schemas[name])
        return sorted(found)


def _refs(value: Any) -> list[str]:
    match value:
        case {"$ref": str(ref)}:
            return [ref.removeprefix(REF)]
        case dict():
            return [name for one in value.values() for name in _refs(one)]
        case list():
            return [name for one in value for name in _refs(one)]
        case _:
            return []


def class_name(name: str) -> str:
    """`Page_RoomView_` and `RoomSettings-Input` as Python would say them."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^0-9A-Za-z]+", name))


def _literal(value: object) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)


class Types:
    """Python's annotation for a schema: as it is answered, or as it is sent."""

    def __init__(self, document: Document, *, sent: bool) -> None:
        self._schemas = document.schemas
        self._sent = sent

    def of(self, schema: Schema) -> str:
        """The annotation."""
        match schema:
            case {"$ref": str(ref)}:
                return self._named(ref.removeprefix(REF))
            case {"const": value}:
                return f"Literal[{_literal(value)}]"
            case {"enum": values}:
                return f"Literal[{', '.join(_literal(one) for one in values)}]"
            case {"anyOf": choices} | {"oneOf": choices}:
                kinds = dict.fromkeys(self.of(one) for one in choices)
                return " | ".join(sorted(kinds, key=lambda kind: kind == "None"))
            case {"allOf": [only]}:
                return self.of(only)
            case _:
                return self._plain(schema)

    def _named(self, name: str) -> str:
        schema = self._schemas[name]
        if "enum" in schema:
            return name if self._sent else "str"
        return f"{class_name(name)}{'Fields' if self._sent else ''}"

    def _plain(self, schema: Schema) -> str:
        match schema:
            case {"type": "array", "items": items}:
                return f"{'Sequence' if self._sent else 'list'}[{self.of(items)}]"
            case {"type": "string", "format": "date-time"}:
                return "datetime"
            case {"type": "object", "additionalProperties": dict(values)}:
                return f"{self._mapping}[str, {self.of(values)}]"
            case {"type": "object"}:
                return f"{self._mapping}[str, Any]"
            case {"type": kind}:
                return {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}[kind]
            case _:
                return "Any"

    @property
    def _mapping(self) -> str:
        return "Mapping" if self._sent else "dict"
