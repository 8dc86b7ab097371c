"""Publish and subscribe within one process."""

from collections import defaultdict

from onstage.bus.notices import Ephemeral, Notice, WakeUp
from onstage.bus.subscription import Subscription

__all__ = ["Ephemeral", "MemoryBus", "Subscription", "WakeUp"]


class MemoryBus:
    """The bus of a single process."""

    reaches_others = False

    def __init__(self) -> None:
        self._readers: defaultdict[str, set[Subscription]] = defaultdict(set)
        self.revision = 0
        """Counts up whenever `channels` changes."""

    @property
    def channels(self) -> frozenset[str]:
        """Channels that somebody reads."""
        return frozenset(self._readers)

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""

    async def publish(self, notice: Notice) -> None:
        """See `Bus`."""
        self.put(notice)

    def put(self, notice: Notice) -> None:
        """Tell every subscriber of the notice's channel, at once."""
        for subscription in self._readers.get(notice.channel, ()):
            subscription.put(notice)

    def doubt(self) -> None:
        """See `Bus`."""
        for channel in self._readers:
            self.doubt_of(channel)

    def doubt_of(self, channel: str) -> None:
        """Something may have been missed in that channel."""
        for subscription in self._readers.get(channel, ()):
            subscription.put_doubt()

    async def subscribe(self, channel: str) -> Subscription:
        """See `Bus`."""
        subscription = Subscription(channel, self._unsubscribe)
        self.revision += channel not in self._readers
        self._readers[channel].add(subscription)
        return subscription

    def _unsubscribe(self, subscription: Subscription) -> None:
        readers = self._readers.get(subscription.channel, set())
        readers.discard(subscription)
        if not readers:
            self.revision += self._readers.pop(subscription.channel, None) is not None
