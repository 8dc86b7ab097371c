"""Media that is played into a show: words that the server and the composer share."""

from enum import StrEnum


class ShownAs(StrEnum):
    """Where a file is seen: in a tile, as a shared screen is; over the whole canvas; or nowhere, only heard."""

    TILE = "tile"
    FULL = "full"
    SOUND = "sound"


class PlaybackStatus(StrEnum):
    """loading → playing → ended, or ended while it loads. What is paused is playing."""

    LOADING = "loading"
    PLAYING = "playing"
    ENDED = "ended"


class PlaybackEndReason(StrEnum):
    """Why a playback has ended: at its end, when told to, or because it could not go on."""

    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"


class MediaKind(StrEnum):
    """Whether there is something to be seen."""

    VIDEO = "video"
    AUDIO = "audio"
