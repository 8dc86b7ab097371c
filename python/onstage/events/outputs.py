"""What a broadcast feeds."""

from onstage.events.base import EventData
from onstage.model.views import BroadcastView, OutputView


class OutputEvent(EventData):
    """Base: the output as it is now, and its broadcast. HLS moves with its broadcast, and has no events of its own."""

    broadcast: BroadcastView
    output: OutputView


class OutputConnecting(OutputEvent):
    """A target was added, and is being connected to."""

    NAME = "output.connecting"


class OutputLive(OutputEvent):
    """The output takes the show."""

    NAME = "output.live"


class OutputReconnecting(OutputEvent):
    """The output was lost, and is tried again until it is there or is given up; `output.reason` says why."""

    NAME = "output.reconnecting"


class OutputFailed(OutputEvent):
    """The output was given up; `output.reason` says why. The broadcast goes on."""

    NAME = "output.failed"


class OutputEnded(OutputEvent):
    """The output was removed, or ended with its broadcast."""

    NAME = "output.ended"
