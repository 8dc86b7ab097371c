"""Lists: iterate, and the next page is fetched when it is needed."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from onstage.client.wire import Call

Item = TypeVar("Item")


class PageOf(Protocol[Item]):
    """What every list is answered with."""

    @property
    def data(self) -> "list[Item]":
        """This page's things."""
        ...

    @property
    def next_cursor(self) -> str | None:
        """Where the next page begins; None: nothing follows."""
        ...


def _following(call: Call, cursor: str) -> Call:
    return replace(call, query={**(call.query or {}), "cursor": cursor})


@dataclass(frozen=True, slots=True)
class AsyncPages(Generic[Item]):
    """`async for thing in pages`, or `await pages.page()` for the first page alone."""

    call: Call
    run: Callable[[Call], Awaitable[Any]]

    async def page(self) -> PageOf[Item]:
        """The first page, with its `next_cursor`."""
        page: PageOf[Item] = await self.run(self.call)
        return page

    async def __aiter__(self) -> AsyncIterator[Item]:
        page = await self.page()
        while True:
            for one in page.data:
                yield one
            if page.next_cursor is None:
                return
            page = await self.run(_following(self.call, page.next_cursor))


@dataclass(frozen=True, slots=True)
class Pages(Generic[Item]):
    """`for thing in pages`, or `pages.page()` for the first page alone."""

    call: Call
    run: Callable[[Call], Any]

    def page(self) -> PageOf[Item]:
        """The first page, with its `next_cursor`."""
        page: PageOf[Item] = self.run(self.call)
        return page

    def __iter__(self) -> Iterator[Item]:
        page = self.page()
        while True:
            yield from page.data
            if page.next_cursor is None:
                return
            page = self.run(_following(self.call, page.next_cursor))
