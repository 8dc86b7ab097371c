"""Bodies that change a part of something: merge patches (RFC 7396)."""

from typing import Annotated, Any, get_args, get_origin

from pydantic import Field, create_model
from pydantic.fields import FieldInfo

from onstage.actions.bodies.base import Body
from onstage.model.view import View


def patch_of(model: type[View]) -> type[Body]:
    """A body with the fields of `model`, each of which may be absent (it stays) or null (back to its default).

    Fields that are views themselves are patched in the same way. What was given is `model_dump(exclude_unset=True)`.
    """
    fields: dict[str, Any] = {name: _optional(field) for name, field in model.model_fields.items()}
    return create_model(f"{model.__name__}Patch", __base__=Body, __doc__=_doc(model), **fields)


def _doc(model: type[View]) -> str:
    return f"{(model.__doc__ or '').splitlines()[0]} What is absent stays, null is the default."


def _emptied(key: Any, value: Any) -> Any:
    """A map in which null takes one away."""
    return dict.__class_getitem__((key, value | None))


def _optional(field: FieldInfo) -> tuple[Any, Any]:
    kind: Any = field.annotation
    if isinstance(kind, type) and issubclass(kind, View):
        kind = patch_of(kind)
    if get_origin(kind) is dict:
        kind = _emptied(*get_args(kind))
    if field.metadata:
        kind = Annotated[kind, *field.metadata]
    return kind | None, Field(default=None, description=field.description)
