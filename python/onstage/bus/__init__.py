"""The bus carries wake-ups (room, seq) and ephemeral events between parts, and later between servers."""

from onstage.bus.memory import Bus, MemoryBus, Subscription

__all__ = ["Bus", "MemoryBus", "Subscription"]
