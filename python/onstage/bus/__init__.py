"""The bus carries wake-ups (room, seq) and ephemeral events between parts, and between servers."""

from typing import Protocol

from onstage.bus.memory import MemoryBus
from onstage.bus.notices import LATEST, Changed, Ephemeral, Notice, Topic, WakeUp
from onstage.bus.redis import RedisBus
from onstage.bus.subscription import Subscription

__all__ = [
    "LATEST",
    "Bus",
    "Changed",
    "Ephemeral",
    "MemoryBus",
    "Notice",
    "RedisBus",
    "Subscription",
    "Topic",
    "WakeUp",
]


class Bus(Protocol):
    """One seam with two sides: in process, and Redis."""

    reaches_others: bool
    """Whether other servers hear what is told here."""

    async def start(self) -> None:
        """Connect, if there is anything to connect to; its absence is no obstacle."""
        ...

    async def stop(self) -> None:
        """Tell and hear nothing more."""
        ...

    async def publish(self, notice: Notice) -> None:
        """Tell every subscriber of the notice's channel, soon. Never fails: what is lost is made up for by looking."""
        ...

    async def subscribe(self, channel: str) -> Subscription:
        """Hear of one room or topic from now on, until the subscription is closed."""
        ...

    def doubt(self) -> None:
        """Something may have been missed: all readers here are to look into the store."""
        ...
