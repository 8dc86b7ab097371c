"""Broadcasts in JSON."""

from pydantic import Field

from onstage.model.captions import CaptionTrack
from onstage.model.degradation import Degradation
from onstage.model.look import Look
from onstage.model.marks import Mark
from onstage.model.media import Rung, VideoEncoderName
from onstage.model.mix import Mix
from onstage.model.records import Broadcast, BroadcastReason, BroadcastStatus, CanvasShape, Layout, Quality
from onstage.model.view import Timestamp, View
from onstage.model.views.outputs import OutputView


class RungView(View):
    """One picture size that viewers may get."""

    name: str
    width: int
    height: int
    video_bps: int

    @classmethod
    def of(cls, rung: Rung) -> "RungView":
        """The rung as everybody sees it."""
        return cls(name=rung.name, width=rung.width, height=rung.height, video_bps=rung.video_bps)


class BroadcastView(View):
    """The room's composed output. `playback_path` is below the server's public URL.

    `ladder` is what it is encoded in, best first; `quality` names the preset it begins with, null for rungs of its own.
    """

    id: str
    room_id: str
    session_id: str | None
    title: str
    status: BroadcastStatus
    reason: BroadcastReason | None = Field(description="Why it was stopped, or has failed.")
    reason_text: str | None = Field(description="The same in words for people.")
    degraded: list[Degradation] = Field(description="What it goes on without now; empty when all is well.")
    layout: Layout
    mix: Mix
    look: Look
    canvas: CanvasShape
    quality: Quality | None
    ladder: list[RungView]
    audio_bps: int
    encoder: VideoEncoderName
    profile: str
    dvr_path: str | None = Field(description="The list that goes back `dvr_window_s`, where there is one.")
    dvr_window_s: int
    max_duration_s: int | None = Field(description="Seconds after `live_at` at which it is stopped; null is never.")
    captions: list[CaptionTrack]
    marks: list[Mark] = Field(description="What is marked on its timeline as timed metadata.")
    playback_path: str
    outputs: list[OutputView]
    started_at: Timestamp
    live_at: Timestamp | None
    ended_at: Timestamp | None

    @classmethod
    def of(cls, broadcast: Broadcast) -> "BroadcastView":
        """The broadcast as everybody sees it."""
        return cls(
            id=broadcast.id,
            room_id=broadcast.room_id,
            session_id=broadcast.session_id,
            title=broadcast.title,
            status=broadcast.status,
            reason=broadcast.reason,
            reason_text=None if broadcast.reason is None else broadcast.reason.text,
            degraded=list(broadcast.degraded),
            layout=broadcast.layout,
            mix=broadcast.mix,
            look=broadcast.look,
            canvas=broadcast.canvas,
            quality=broadcast.quality,
            ladder=[RungView.of(rung) for rung in broadcast.ladder.rungs],
            audio_bps=broadcast.ladder.audio_bps,
            encoder=broadcast.encoder,
            profile=broadcast.profile,
            dvr_path=f"/live/{broadcast.id}/dvr.m3u8" if broadcast.dvr_window_s else None,
            dvr_window_s=broadcast.dvr_window_s,
            max_duration_s=broadcast.max_duration_s,
            captions=list(broadcast.captions),
            marks=list(broadcast.marks),
            playback_path=f"/live/{broadcast.id}/index.m3u8",
            outputs=[OutputView.of(one) for one in broadcast.outputs],
            started_at=broadcast.started_at,
            live_at=broadcast.live_at,
            ended_at=broadcast.ended_at,
        )
