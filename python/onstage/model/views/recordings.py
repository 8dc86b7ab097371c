"""Recordings in JSON."""

from onstage.model.records.recordings import Recording, RecordingFailure, RecordingStatus
from onstage.model.view import Timestamp, View


class RecordingView(View):
    """What is kept of a broadcast. `playback_path` is below the server's public URL, null until it can be played."""

    id: str
    room_id: str
    broadcast_id: str
    title: str
    status: RecordingStatus
    reason: RecordingFailure | None
    is_incomplete: bool
    keep_days: int | None
    duration_s: float | None
    size_bytes: int | None
    playback_path: str | None
    started_at: Timestamp
    ended_at: Timestamp | None
    ready_at: Timestamp | None

    @classmethod
    def of(cls, recording: Recording) -> "RecordingView":
        """The recording as everybody sees it."""
        is_ready = recording.status is RecordingStatus.READY
        return cls(
            id=recording.id,
            room_id=recording.room_id,
            broadcast_id=recording.broadcast_id,
            title=recording.title,
            status=recording.status,
            reason=recording.reason,
            is_incomplete=recording.lacks_media,
            keep_days=recording.keep_days,
            duration_s=recording.duration_s,
            size_bytes=recording.size_bytes,
            playback_path=f"/vod/{recording.id}/index.m3u8" if is_ready else None,
            started_at=recording.started_at,
            ended_at=recording.ended_at,
            ready_at=recording.ready_at,
        )
