"""What starts and changes a broadcast."""

from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, model_validator

from onstage.actions.bodies.base import Body, Name
from onstage.actions.bodies.outputs import AnyOutput
from onstage.actions.bodies.patches import patch_of
from onstage.actions.broadcasts import BroadcastChange, NewBroadcast
from onstage.model.broadcast_defaults import LONGEST_S, AudioBps, DvrWindow, LadderWish, Profile
from onstage.model.captions import Captions
from onstage.model.look import Look
from onstage.model.marks import MarkedKinds
from onstage.model.media import VideoEncoderName
from onstage.model.mix import Mix
from onstage.model.outputs import MOST_OUTPUTS
from onstage.model.records import CanvasShape, Layout, Quality

if TYPE_CHECKING:
    LayoutPatch = Body
    LookPatch = Body
    MixPatch = Body
else:
    LayoutPatch = patch_of(Layout)
    LookPatch = patch_of(Look)
    MixPatch = patch_of(Mix)


class StartBroadcast(Body):
    """POST /v1/rooms/{room}/broadcasts. What is absent, also of `layout` and `look`, is as the room's template says."""

    title: Name | None = None
    layout: LayoutPatch | None = None
    look: LookPatch | None = None
    canvas: CanvasShape | None = None
    quality: Quality | None = None
    ladder: LadderWish | None = Field(
        None, description="In place of `quality`: a preset of several rungs, or rungs of your own."
    )
    audio_bps: AudioBps | None = None
    encoder: VideoEncoderName | None = None
    profile: Profile | None = None
    dvr_window_s: DvrWindow | None = None
    max_duration_s: int | None = Field(
        None, ge=0, le=LONGEST_S, description="Seconds after it went live at which it is stopped; 0 is never."
    )
    captions: Captions | None = None
    marks: MarkedKinds | None = None
    outputs: list[AnyOutput] = Field(
        default=[], max_length=MOST_OUTPUTS, description="What it is fed to besides HLS, which need not be named."
    )

    def new(self) -> NewBroadcast:
        """As the action takes it."""
        return NewBroadcast(
            title=self.title,
            layout=_given(self.layout),
            look=_given(self.look),
            canvas=self.canvas,
            quality=self.quality,
            ladder=self.ladder,
            audio_bps=self.audio_bps,
            encoder=self.encoder,
            profile=self.profile,
            dvr_window_s=self.dvr_window_s,
            max_duration_s=self.max_duration_s,
            captions=self.captions,
            marks=self.marks,
            outputs=[one.new() for one in self.outputs],
        )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.quality is not None and self.ladder is not None:
            raise ValueError("give `quality` or `ladder`, and not both")
        return self


class UpdateBroadcast(Body):
    """PATCH /v1/broadcasts/{id}; what is absent stays. `layout`, `look` and `mix` are merge patches (RFC 7396)."""

    title: Name | None = None
    layout: LayoutPatch | None = None
    look: LookPatch | None = None
    mix: MixPatch | None = None
    marks: MarkedKinds | None = None

    def change(self) -> BroadcastChange:
        """As the action takes it."""
        return BroadcastChange(self.title, _given(self.layout), _given(self.mix), _given(self.look), self.marks)


def _given(patch: Body | None) -> dict[str, Any] | None:
    return None if patch is None else patch.model_dump(mode="json", exclude_unset=True)
