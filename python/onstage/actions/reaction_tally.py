"""Reactions that were sent and are not told yet. Nothing of them is stored."""

import asyncio
from collections import Counter

MOST_KINDS = 64
"""Different reactions of one room that are told at once."""


class ReactionTally:
    """How many of each reaction each room had since it was last told; bounded by the kinds, not by the senders."""

    def __init__(self) -> None:
        self._counts: dict[str, Counter[str]] = {}
        self._has_some = asyncio.Event()

    def add(self, room_id: str, reaction: str) -> bool:
        """Count one more; False, and it is not counted, when the room has too many other kinds just now."""
        counts = self._counts.setdefault(room_id, Counter())
        if reaction not in counts and len(counts) >= MOST_KINDS:
            return False
        counts[reaction] += 1
        self._has_some.set()
        return True

    async def wait(self) -> None:
        """Return once something is counted."""
        await self._has_some.wait()

    def take(self) -> dict[str, dict[str, int]]:
        """The counts of each room, which are the taker's to tell."""
        taken, self._counts = self._counts, {}
        self._has_some.clear()
        return {room_id: dict(counts) for room_id, counts in taken.items()}
