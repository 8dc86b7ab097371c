"""Why broadcasts end: words for programs, and the same for people."""

from enum import StrEnum


class BroadcastReason(StrEnum):
    """Why a broadcast was stopped, or has failed."""

    STOPPED = "stopped"
    STAGE_EMPTY = "stage_empty"
    MAX_DURATION = "max_duration"
    ROOM_ENDED = "room_ended"
    ROOM_DELETED = "room_deleted"
    NO_FIRST_PART = "no_first_part"
    ENGINE_UNREACHABLE = "engine_unreachable"
    ENCODER_UNAVAILABLE = "encoder_unavailable"
    COMPOSER_DIED = "composer_died"
    COMPOSER_SILENT = "composer_silent"
    MEDIA_NOT_KEPT = "media_not_kept"
    STORAGE_UNREADABLE = "storage_unreadable"
    SERVER_LOST = "server_lost"

    @property
    def text(self) -> str:
        """The same in words for people; a sentence without its full stop."""
        return _TEXTS[self]


_TEXTS = {
    BroadcastReason.STOPPED: "somebody stopped it",
    BroadcastReason.STAGE_EMPTY: "nobody was on stage any more",
    BroadcastReason.MAX_DURATION: "it had lasted as long as it may",
    BroadcastReason.ROOM_ENDED: "the room's session was ended",
    BroadcastReason.ROOM_DELETED: "the room was deleted",
    BroadcastReason.NO_FIRST_PART: "no picture came within 15 seconds of its start",
    BroadcastReason.ENGINE_UNREACHABLE: "its composer could not stay connected to the media engine",
    BroadcastReason.ENCODER_UNAVAILABLE: "its encoder could not be opened on this machine",
    BroadcastReason.COMPOSER_DIED: "its composer ended too often within a minute",
    BroadcastReason.COMPOSER_SILENT: "its composer made no pictures any more",
    BroadcastReason.MEDIA_NOT_KEPT: "the server could not take in what was composed",
    BroadcastReason.STORAGE_UNREADABLE: "what was stored of it can't be read",
    BroadcastReason.SERVER_LOST: "the server that composed it did not come back",
}
