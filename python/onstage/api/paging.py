"""Lists: `{"data": […], "next_cursor": …}`. A cursor is the id of the last thing on the page, and opaque."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from onstage.model.ids import Prefix

Item = TypeVar("Item", bound=BaseModel)
Thing = TypeVar("Thing")

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]


def cursor_like(pattern: str) -> Any:
    """The annotation of a list's cursor, of which only what looks like one is taken."""
    return Query(pattern=pattern, description="`next_cursor` of the page before.")


def cursor_of(prefix: Prefix) -> Any:
    """The same, where it is the id of the last thing on the page."""
    return cursor_like(rf"^{prefix}_[0-9a-z]{{1,60}}$")


class Page(BaseModel, Generic[Item]):
    """Some of a list; `next_cursor` null: nothing follows."""

    data: list[Item]
    next_cursor: str | None = None


def page_of(
    things: Sequence[Thing], view: Callable[[Thing], Item], *, limit: int, id_of: Callable[[Thing], str]
) -> Page[Item]:
    """The page of what was read with `limit + 1`."""
    shown = things[:limit]
    following = id_of(shown[-1]) if len(things) > limit else None
    return Page(data=[view(thing) for thing in shown], next_cursor=following)


def whole(things: Sequence[Thing], view: Callable[[Thing], Item]) -> Page[Item]:
    """A list short enough for one page."""
    return Page(data=[view(thing) for thing in things])
