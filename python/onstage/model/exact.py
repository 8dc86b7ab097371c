"""Numbers and truth values as JSON has them: `"5"` is no 5, and `"yes"` is no true."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema

_SCALARS = ("bool", "int", "float")


def _parts(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from _parts(value)
    elif isinstance(schema, list | tuple):
        for value in schema:
            yield from _parts(value)


class Exact(BaseModel):
    """Takes `true`, 5 and 5.5 for what they are, and nothing in their place.

    Pydantic's own strict mode would also refuse the strings that times and names of a list are in JSON.
    """

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[BaseModel], handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema, strict where it is about scalars."""
        schema = handler(source)
        for part in _parts(schema):
            if part.get("type") in _SCALARS:
                part["strict"] = True
        return schema
