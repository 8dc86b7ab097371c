"""Media that is played into the show."""

from onstage.events.base import EventData
from onstage.model.playbacks import PlaybackEndReason
from onstage.model.views import MediaPlaybackView


class MediaEvent(EventData):
    """Base: the playback as it is now."""

    playback: MediaPlaybackView


class MediaStarted(MediaEvent):
    """It is seen or heard in the show from now on."""

    NAME = "media.started"


class MediaUpdated(MediaEvent):
    """Volume, pause, loop or position changed."""

    NAME = "media.updated"


class MediaEnded(MediaEvent):
    """It plays no more, or could not be played at all; `reason` says which, `playback.detail` what went wrong."""

    NAME = "media.ended"
    reason: PlaybackEndReason
