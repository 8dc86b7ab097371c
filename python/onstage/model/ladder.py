"""Ladders: the picture sizes and bit rates that a broadcast is encoded in."""

from dataclasses import dataclass, replace

from onstage.model.broadcast_defaults import CanvasShape, Quality
from onstage.model.media import LatencyProfile, Rung


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rungs of a broadcast, best first, and the sound that goes with all of them."""

    rungs: tuple[Rung, ...]
    audio_bps: int

    def on(self, shape: CanvasShape) -> "Ladder":
        """As many lines of the same quality, on a canvas of that shape."""
        return replace(self, rungs=tuple(_reshaped(rung, shape) for rung in self.rungs))

    def is_audio_apart(self, profile: LatencyProfile) -> bool:
        """Whether the sound is a rendition of its own: encoded and fetched once, whatever the rung.

        With one rung that would double a viewer's requests for nothing; where parts are no whole AAC frames, the
        boundaries would not be those of the pictures (design §10.16).
        """
        return len(self.rungs) > 1 and profile.has_whole_aac_frames


def _reshaped(rung: Rung, shape: CanvasShape) -> Rung:
    """Bits by the number of pixels."""
    match shape:
        case CanvasShape.WIDE:
            return rung
        case CanvasShape.UPRIGHT:
            return replace(rung, width=rung.height, height=rung.width)
        case CanvasShape.SQUARE:
            return replace(rung, width=rung.height, video_bps=rung.video_bps * rung.height // rung.width)


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
