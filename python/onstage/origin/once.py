"""What takes a while to make: made once for all who ask meanwhile, then kept for those who come later."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """The last ones that were asked for, by key. What could not be made is tried anew."""

    def __init__(self, most: int, weigh: Callable[[T], int] = lambda _: 1) -> None:
        """`most`: how much is kept, as `weigh` tells of each; the last one always is."""
        self._most = most
        self._weigh = weigh
        self._made: OrderedDict[Hashable, asyncio.Task[T]] = OrderedDict()
        self._weights: dict[Hashable, int] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """The one of that key, made by `make` if there is none; its exceptions are handed on."""
        task = self._made.get(key)
        if task is None:
            task = self._made[key] = asyncio.create_task(_awaited(make))
            task.add_done_callback(lambda done: self._keep(key, done))
        self._made.move_to_end(key)
        return await asyncio.shield(task)

    def _keep(self, key: Hashable, task: asyncio.Task[T]) -> None:
        if task.cancelled() or task.exception() is not None:
            del self._made[key]
            return
        self._weights[key] = self._weigh(task.result())
        while len(self._weights) > 1 and sum(self._weights.values()) > self._most:
            oldest = next(iter(one for one in self._made if one in self._weights))  # the others are being made
            del self._made[oldest], self._weights[oldest]


async def _awaited(make: Callable[[], Awaitable[T]]) -> T:
    return await make()
