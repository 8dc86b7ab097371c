"""The broadcast."""

from onstage.events.base import EventData
from onstage.model.degradation import Degradation
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
    """It goes on, without `what`: time to compose, or storage; or has it again (`is_recovered`)."""

    NAME = "broadcast.degraded"
    what: Degradation
    is_recovered: bool = False


class BroadcastStopping(BroadcastEvent):
    """The last part is being made."""

    NAME = "broadcast.stopping"


class BroadcastEnded(BroadcastEvent):
    """The playlist has its end."""

    NAME = "broadcast.ended"


class BroadcastFailed(BroadcastEvent):
    """The broadcast ended by itself; `broadcast.reason` says why."""

    NAME = "broadcast.failed"
