"""The broadcast."""

from onstage.events.base import EventData
from onstage.model.views import BroadcastView


class BroadcastEvent(EventData):
    """Base: the broadcast as it is now."""

    broadcast: BroadcastView


class BroadcastStarting(BroadcastEvent):
    """A composer is being started."""

    NAME = "broadcast.starting"


class BroadcastLive(BroadcastEvent):
    """The first part can be fetched."""

    NAME = "broadcast.live"


class BroadcastUpdated(BroadcastEvent):
    """Layout or title changed; playback goes on without a break."""

    NAME = "broadcast.updated"


class BroadcastDegraded(BroadcastEvent):
    """The composer was restarted, or can't keep up; `reason` on the event says which."""

    NAME = "broadcast.degraded"
    reason: str


class BroadcastStopping(BroadcastEvent):
    """The last part is being made."""

    NAME = "broadcast.stopping"


class BroadcastEnded(BroadcastEvent):
    """The playlist has its end."""

    NAME = "broadcast.ended"


class BroadcastFailed(BroadcastEvent):
    """The broadcast ended by itself; `broadcast.reason` says why."""

    NAME = "broadcast.failed"
