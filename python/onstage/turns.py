"""One at a time for each of many, without keeping anything of those who are done."""

import asyncio
from weakref import WeakValueDictionary


class Turns:
    """A lock for each key, for as long as somebody holds it or waits for it. Turns are taken in the order of asking."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, key: str) -> asyncio.Lock:
        """The key's lock, to be used in `async with` at once."""
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock
