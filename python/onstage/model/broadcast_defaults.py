"""What a broadcast looks like when nobody says otherwise: the same object in REST and in the store."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from onstage.model.assets import AskedKinds, AssetKind
from onstage.model.captions import Captions
from onstage.model.layout import Layout
from onstage.model.look import Look
from onstage.model.marks import MarkedKinds
from onstage.model.media import VideoEncoderName
from onstage.model.view import View

MOST_RUNGS = 5

Profile = Literal["turbo", "default", "safe", "classic"]
"""How far behind the stage viewers are, and what their network must be for it (docs/guides/quality.md)."""


class CanvasShape(StrEnum):
    """Width to height of the composed picture."""

    WIDE = "16:9"
    UPRIGHT = "9:16"
    SQUARE = "1:1"


class Quality(StrEnum):
    """Presets of picture and sound: one rung of that name as `quality`, several from there down as `ladder`."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    ULTRA = "ultra"


DvrWindow = Annotated[
    int, Field(ge=0, le=12 * 3600, description="Seconds that viewers can go back while it runs; 0 is not at all.")
]
DEFAULT_ASSETS = (
    AssetKind.MP4,
    AssetKind.POSTER,
    AssetKind.THUMBNAILS,
    AssetKind.CHAT_JSON,
    AssetKind.CHAT_VTT,
)
"""All but the ZIP, which takes as much room again."""
LONGEST_S = 7 * 86_400
"""Seconds: the longest `max_duration_s`."""


class RungSpec(View):
    """One rung of a ladder of one's own; the canvas gives its shape. `height` is of the shorter side, in pixels."""

    height: int = Field(ge=144, le=1440, multiple_of=2)
    video_bps: int = Field(ge=30_000, le=20_000_000)


def _falling(rungs: Sequence[RungSpec]) -> Sequence[RungSpec]:
    for better, worse in pairwise(rungs):
        if worse.height >= better.height or worse.video_bps >= better.video_bps:
            raise ValueError("the best rung comes first; each of the others has fewer lines and fewer bits")
    return rungs


LadderSpec = Annotated[tuple[RungSpec, ...], Field(min_length=1, max_length=MOST_RUNGS), AfterValidator(_falling)]
"""Rungs, best first. The canvas is as large as the first."""

LadderWish = Quality | LadderSpec
"""A preset of several rungs, or rungs of one's own."""

AudioBps = Annotated[int, Field(ge=32_000, le=320_000)]


class BroadcastDefaults(View):
    """What a broadcast of a room is started with, where its start does not say. When it starts is a room setting.

    `ladder`, where there is one, is in place of `quality`: a preset of several rungs, or rungs of one's own.
    `audio_bps` is in place of either's.
    """

    layout: Layout = Layout()
    look: Look = Look()
    canvas: CanvasShape = CanvasShape.WIDE
    quality: Quality = Quality.HIGH
    ladder: LadderWish | None = None
    audio_bps: AudioBps | None = None
    encoder: VideoEncoderName = VideoEncoderName.X264
    profile: Profile = "default"
    dvr_window_s: DvrWindow = 3600
    max_duration_s: int | None = Field(
        default=None,
        ge=0,
        le=LONGEST_S,
        description="Seconds after it went live at which a broadcast is stopped; null and 0 are never.",
    )
    max_broadcasts: int = Field(
        default=1, ge=1, le=10, description="Broadcasts of one room at the same time; a start beyond them is refused."
    )
    captions: Captions = ()
    marks: MarkedKinds = ()
    recording_assets: AskedKinds = Field(
        default=DEFAULT_ASSETS, description="Files that are made of each recording once it is ready."
    )
