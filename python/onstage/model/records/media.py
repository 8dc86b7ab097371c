"""Files that may be played into a show, and what is played."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from onstage.model.ids import BroadcastId, MediaFileId, PlaybackId, ProjectId, RoomId
from onstage.model.playbacks import MediaKind, PlaybackEndReason, PlaybackStatus, ShownAs


@dataclass(frozen=True, slots=True)
class MediaFile:
    """What somebody uploaded for a room. The bytes are in the data folder of the server that took them."""

    id: MediaFileId
    project_id: ProjectId
    room_id: RoomId
    server_id: str
    name: str
    kind: MediaKind
    size_bytes: int
    duration_ms: int | None
    width: int | None
    height: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Playback:
    """One playing of a file in a broadcast.

    `position_ms` is where it was at `position_at`; while it plays it goes on from there with the clock.
    """

    id: PlaybackId
    project_id: ProjectId
    room_id: RoomId
    broadcast_id: BroadcastId
    url: str | None  # where it is fetched; None: an uploaded file
    media_id: MediaFileId | None
    title: str
    shown_as: ShownAs
    status: PlaybackStatus
    reason: PlaybackEndReason | None
    detail: str | None
    volume_percent: int
    is_muted: bool
    is_paused: bool
    is_looping: bool
    position_ms: int
    position_at: datetime
    seeks: int  # how often it was told to go somewhere else
    kind: MediaKind | None
    duration_ms: int | None
    width: int | None
    height: int | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    def position_now_ms(self, now: datetime) -> int:
        """Where it is at a moment, as far as the clock tells."""
        if self.status is not PlaybackStatus.PLAYING or self.is_paused:
            return self.position_ms
        at_ms = self.position_ms + max((now - self.position_at) // timedelta(milliseconds=1), 0)
        if not self.duration_ms:
            return at_ms
        return at_ms % self.duration_ms if self.is_looping else min(at_ms, self.duration_ms)
