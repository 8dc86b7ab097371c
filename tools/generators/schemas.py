"""JSON Schemas of our models: what we send as it is serialised, what we take as it is validated."""

import inspect
import json
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

Schema = dict[str, Any]
Mode = Literal["serialization", "validation"]


def schemas_of(models: dict[type[BaseModel], Mode], *, below: str) -> dict[str, Schema]:
    """The schema of each model and of what it is made of, by name; references point below `below`."""
    _, whole = models_json_schema(list(models.items()), ref_template=below + "{model}")
    return {name: _clean(schema) for name, schema in sorted(whole["$defs"].items())}


def _clean(value: Any) -> Any:
    """Without the titles pydantic makes of names, and with prose as it was meant to be read."""
    match value:
        case dict():
            kept = {key: _clean(one) for key, one in value.items() if key != "title" or not isinstance(one, str)}
            if isinstance(kept.get("description"), str):
                kept["description"] = inspect.cleandoc(kept["description"])
            return kept
        case list():
            return [_clean(one) for one in value]
        case _:
            return value


def as_text(document: object) -> str:
    """A document as it is committed."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
