"""One transaction of this process after the other for each room, so that who waits for a room holds no connection."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager

from onstage.errors import ErrorCode, OnstageError
from onstage.turns import Turns

TURN_TIMEOUT_S = 5.0
"""How long a transaction waits for the others of this process; as long as for those of other servers."""


class RoomTurns:
    """Whose turn it is, by room. What a room is called is the caller's to say: by two names it has two turns."""

    def __init__(self) -> None:
        self._turns = Turns()
        self._wanted: Counter[str] = Counter()  # how many hold the turn, or wait for it

    def are_free(self, rooms: Collection[str]) -> bool:
        """Whether nobody holds the turn of any of them, or waits for it."""
        return not any(self._wanted[room] for room in rooms)

    @asynccontextmanager
    async def taken(self, rooms: Collection[str]) -> AsyncIterator[None]:
        """Hold the turns of those rooms; all who hold several take them in one order.

        Raises:
            OnstageError: `store_unavailable`: they did not come within `TURN_TIMEOUT_S`.
        """
        self._wanted.update(rooms)
        try:
            async with AsyncExitStack() as held:
                await self._take(rooms, held)
                yield
        finally:
            for room in rooms:
                self._wanted[room] -= 1
                if not self._wanted[room]:
                    del self._wanted[room]

    async def _take(self, rooms: Collection[str], held: AsyncExitStack) -> None:
        try:
            async with asyncio.timeout(TURN_TIMEOUT_S):
                for room in sorted(rooms):
                    await held.enter_async_context(self._turns.of(room))
        except TimeoutError as cause:
            raise OnstageError(ErrorCode.STORE_UNAVAILABLE) from cause
