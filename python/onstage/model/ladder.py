"""Ladders: the picture sizes and bit rates that a broadcast is encoded in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from onstage.model.broadcast_defaults import CanvasShape, Quality, RungSpec
from onstage.model.media import LatencyProfile, Rung

DEFAULT_AUDIO_BPS = 128_000


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs of a broadcast, best first, and the sound that goes with all of them."""

    rungs: tuple[Rung, ...]
    audio_bps: int = DEFAULT_AUDIO_BPS

    def on(self, shape: CanvasShape) -> "Ladder":
        """As many lines of the same quality, on a canvas of that shape: bits by the number of pixels."""
        return replace(self, rungs=tuple(_with_pixels(rung, shape) for rung in self.rungs))

    def sounding(self, audio_bps: int | None) -> "Ladder":
        """With another bit rate of the sound; None leaves it."""
        return self if audio_bps is None else replace(self, audio_bps=audio_bps)

    def is_audio_apart(self, profile: LatencyProfile) -> bool:
        """Whether the sound is a rendition of its own: encoded and fetched once, whatever the rung.

        With one rung that would double a viewer's requests for nothing; where parts are no whole AAC frames, the
        boundaries would not be those of the pictures (design §10.16).
        """
        return len(self.rungs) > 1 and profile.has_whole_aac_frames


def own_ladder(specs: Sequence[RungSpec], shape: CanvasShape) -> Ladder:
    """The ladder somebody asked for: heights are of the shorter side, bits as they say."""
    return Ladder(
        tuple(_shaped(Rung(f"{one.height}p", _wide(one.height), one.height, one.video_bps), shape) for one in specs)
    )


def _wide(height: int) -> int:
    """The even width that comes nearest to 16:9."""
    return round(height * 16 / 9 / 2) * 2


def _shaped(rung: Rung, shape: CanvasShape) -> Rung:
    match shape:
        case CanvasShape.WIDE:
            return rung
        case CanvasShape.UPRIGHT:
            return replace(rung, width=rung.height, height=rung.width)
        case CanvasShape.SQUARE:
            return replace(rung, width=rung.height)


def _with_pixels(rung: Rung, shape: CanvasShape) -> Rung:
    shaped = _shaped(rung, shape)
    pixels, before = shaped.width * shaped.height, rung.width * rung.height
    return replace(shaped, video_bps=rung.video_bps * pixels // before)


_234P = Rung("234p", 416, 234, 70_000)
"""With 96 kb/s of sound its peak is below 192 kb/s, as one variant's has to be (Apple's HLS authoring, 9.21)."""
_360P = Rung("360p", 640, 360, 800_000)
_480P = Rung("480p", 848, 480, 1_400_000)
_720P = Rung("720p", 1280, 720, 2_500_000)
_1080P = Rung("1080p", 1920, 1080, 4_500_000)

LADDERS = {
    Quality.LOW: Ladder((_360P,), 96_000),
    Quality.MEDIUM: Ladder((_480P,), 128_000),
    Quality.HIGH: Ladder((_720P,), 128_000),
    Quality.ULTRA: Ladder((_1080P,), 160_000),
}
"""Of one rung each, with the sound in it."""

_FALLING = (_1080P, _720P, _480P, _360P, _234P)
SEVERAL_RUNGS = {
    quality: Ladder(_FALLING[_FALLING.index(ladder.rungs[0]) :], 96_000) for quality, ladder in LADDERS.items()
}
"""From that picture down to one for mobile networks, with the sound beside them."""
