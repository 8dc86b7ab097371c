"""What takes a while to make: made once for all who ask meanwhile, then kept for those who come later."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """The last ones that were asked for, by key. What could not be made is tried anew."""

    def __init__(self, most: int) -> None:
        """`most`: how many are kept."""
        self._most = most
        self._made: OrderedDict[Hashable, asyncio.Task[T]] = OrderedDict()

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """The one of that key, made by `make` if there is none; its exceptions are handed on."""
        task = self._made.get(key)
        if task is None:
            task = self._made[key] = asyncio.create_task(_awaited(make))
            task.add_done_callback(lambda done: self._forget_failed(key, done))
        self._made.move_to_end(key)
        while len(self._made) > self._most:
            self._made.popitem(last=False)
        return await asyncio.shield(task)

    def _forget_failed(self, key: Hashable, task: asyncio.Task[T]) -> None:
        if (task.cancelled() or task.exception() is not None) and self._made.get(key) is task:
            del self._made[key]


async def _awaited(make: Callable[[], Awaitable[T]]) -> T:
    return await make()
