"""What is recorded."""

from onstage.events.base import EventData
from onstage.model.views import RecordingView


class RecordingEvent(EventData):
    """Base: the recording as it is now. That a show is being recorded also stands in its outputs."""

    recording: RecordingView


class RecordingStarted(RecordingEvent):
    """What is shown from now on is kept."""

    NAME = "recording.started"


class RecordingPaused(RecordingEvent):
    """What is shown from now on is not kept."""

    NAME = "recording.paused"


class RecordingResumed(RecordingEvent):
    """It is kept again."""

    NAME = "recording.resumed"


class RecordingReady(RecordingEvent):
    """It can be played."""

    NAME = "recording.ready"


class RecordingFailed(RecordingEvent):
    """There is nothing to play; `recording.reason` says why."""

    NAME = "recording.failed"
