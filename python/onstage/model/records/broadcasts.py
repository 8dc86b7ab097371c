"""The broadcast: what is made, and how far it is."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from onstage.model.broadcast_defaults import CanvasShape, Quality
from onstage.model.broadcast_reasons import BroadcastReason
from onstage.model.captions import CaptionTrack
from onstage.model.degradation import Degradation
from onstage.model.ids import BroadcastId, ProjectId, RoomId, SessionId
from onstage.model.ladder import Ladder
from onstage.model.layout import Layout
from onstage.model.look import Look
from onstage.model.marks import Mark
from onstage.model.media import VideoEncoderName
from onstage.model.mix import Mix
from onstage.model.outputs import Outputs


class BroadcastStatus(StrEnum):
    """starting → live → stopping → ended, or failed from any of the first three."""

    STARTING = "starting"
    LIVE = "live"
    STOPPING = "stopping"
    ENDED = "ended"
    FAILED = "failed"

    @property
    def is_active(self) -> bool:
        """Whether a composer works, or is about to, for it."""
        return self in (BroadcastStatus.STARTING, BroadcastStatus.LIVE, BroadcastStatus.STOPPING)


@dataclass(frozen=True, slots=True)
class Broadcast:
    """The room's composed one-to-many output."""

    id: BroadcastId
    project_id: ProjectId
    room_id: RoomId
    session_id: SessionId | None
    title: str
    status: BroadcastStatus
    reason: BroadcastReason | None
    layout: Layout
    canvas: CanvasShape
    quality: Quality | None  # None: a ladder of its own
    ladder: Ladder
    encoder: VideoEncoderName
    profile: str
    started_at: datetime
    live_at: datetime | None
    ended_at: datetime | None
    captions: tuple[CaptionTrack, ...] = ()
    server_id: str | None = None  # the server that composes it (design §10.14)
    outputs: Outputs = ()  # HLS first
    max_duration_s: int | None = None
    mix: Mix = field(default_factory=Mix)
    look: Look = field(default_factory=Look)
    degraded: tuple[Degradation, ...] = ()  # what it goes on without now
    marks: tuple[Mark, ...] = ()  # what it marks on its timeline by itself
    dvr_window_s: int = 0  # how far back viewers can go while it runs; 0 is not at all

    @property
    def stops_at(self) -> datetime | None:
        """When it has been live for as long as it may."""
        if self.live_at is None or self.max_duration_s is None:
            return None
        return self.live_at + timedelta(seconds=self.max_duration_s)
