"""Media in JSON."""

from urllib.parse import urlsplit

from onstage.model.playbacks import MediaKind, PlaybackEndReason, PlaybackStatus, ShownAs
from onstage.model.records.media import MediaFile, Playback
from onstage.model.view import Timestamp, View


class MediaFileView(View):
    """A file that was uploaded to be played. `width` and `height` are null for sound alone."""

    media_id: str
    room_id: str
    name: str
    kind: MediaKind
    size_bytes: int
    duration_ms: int | None
    width: int | None
    height: int | None
    created_at: Timestamp

    @classmethod
    def of(cls, file: MediaFile) -> "MediaFileView":
        """The file as those see it who may play it."""
        return cls(
            media_id=file.id,
            room_id=file.room_id,
            name=file.name,
            kind=file.kind,
            size_bytes=file.size_bytes,
            duration_ms=file.duration_ms,
            width=file.width,
            height=file.height,
            created_at=file.created_at,
        )


class MediaPlaybackView(View):
    """A file that is played into a show, or was.

    `position_ms` is where it was at `position_at`; while its status is `playing` and it is not paused, it goes on from
    there with the clock. `host` is that of the URL it was fetched from; the URL itself, which may hold a secret, is
    never told.
    """

    id: str
    room_id: str
    broadcast_id: str
    host: str | None
    media_id: str | None
    title: str
    shown_as: ShownAs
    status: PlaybackStatus
    reason: PlaybackEndReason | None
    detail: str | None
    volume_percent: int
    is_muted: bool
    is_paused: bool
    loop: bool
    position_ms: int
    position_at: Timestamp
    kind: MediaKind | None
    duration_ms: int | None
    width: int | None
    height: int | None
    created_at: Timestamp
    started_at: Timestamp | None
    ended_at: Timestamp | None

    @classmethod
    def of(cls, playback: Playback) -> "MediaPlaybackView":
        """The playback as everybody sees it."""
        return cls(
            id=playback.id,
            room_id=playback.room_id,
            broadcast_id=playback.broadcast_id,
            host=None if playback.url is None else urlsplit(playback.url).hostname,
            media_id=playback.media_id,
            title=playback.title,
            shown_as=playback.shown_as,
            status=playback.status,
            reason=playback.reason,
            detail=playback.detail,
            volume_percent=playback.volume_percent,
            is_muted=playback.is_muted,
            is_paused=playback.is_paused,
            loop=playback.is_looping,
            position_ms=playback.position_ms,
            position_at=playback.position_at,
            kind=playback.kind,
            duration_ms=playback.duration_ms,
            width=playback.width,
            height=playback.height,
            created_at=playback.created_at,
            started_at=playback.started_at,
            ended_at=playback.ended_at,
        )
