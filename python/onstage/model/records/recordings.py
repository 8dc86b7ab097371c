"""The recording: which stretches of a broadcast are kept, and how far it is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from onstage.model.ids import BroadcastId, ProjectId, RecordingId, RoomId

Span = tuple[datetime, datetime | None]
"""From a moment to another; None is the end of the broadcast."""


class RecordingStatus(StrEnum):
    """recording ⇄ paused → processing → ready, or failed."""

    RECORDING = "recording"
    PAUSED = "paused"
    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"

    @property
    def is_active(self) -> bool:
        """Whether it can still grow."""
        return self in (RecordingStatus.RECORDING, RecordingStatus.PAUSED)


class RecordingFailure(StrEnum):
    """Why there is nothing to play, or not all of it."""

    NOTHING_RECORDED = "nothing_recorded"
    """Not one whole segment came while it was not paused."""
    STORAGE_UNREADABLE = "storage_unreadable"
    """What was stored of it can't be read."""
    SERVER_LOST = "server_lost"
    """Its server is gone, and with it what it had not stored yet; that is added should it come back."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Stretches of a broadcast, kept. Its media are the broadcast's own segments: nothing is stored twice.

    Attributes:
        is_incomplete: Media was lost: storage was full, or away for too long.
        reason: Why it failed; of one that is ready, that its server is gone.
        keep_days: It is deleted so many days after its end; None is never.
    """

    id: RecordingId
    project_id: ProjectId
    room_id: RoomId
    broadcast_id: BroadcastId
    title: str
    status: RecordingStatus
    spans: tuple[Span, ...]
    started_at: datetime
    is_incomplete: bool = False
    keep_days: int | None = None
    reason: RecordingFailure | None = None
    duration_s: float | None = None
    size_bytes: int | None = None
    ended_at: datetime | None = None
    ready_at: datetime | None = None

    @property
    def lacks_media(self) -> bool:
        """Whether media was lost, or is on the disk of a server that is gone."""
        return self.is_incomplete or self.reason is RecordingFailure.SERVER_LOST

    @property
    def is_due(self) -> bool:
        """Whether what was stored of it is still to be looked at, by the server that has it."""
        return self.status is RecordingStatus.PROCESSING or self.reason is RecordingFailure.SERVER_LOST

    def cut(self, now: datetime) -> tuple[Span, ...]:
        """The spans, with the open one closed now."""
        return tuple((start, end or now) for start, end in self.spans)
