"""The quality presets: canvas and bit rates of the one rung a broadcast has."""

from dataclasses import dataclass, replace

from onstage.model.records import CanvasShape, Quality


@dataclass(frozen=True, slots=True)
class Rung:
    """One encoded output: pixels, and bits a second."""

    name: str
    width: int
    height: int
    video_bps: int
    audio_bps: int

    def on(self, shape: CanvasShape) -> "Rung":
        """As many lines of the same quality, on a canvas of that shape; bits by the number of pixels."""
        match shape:
            case CanvasShape.WIDE:
                return self
            case CanvasShape.UPRIGHT:
                return replace(self, width=self.height, height=self.width)
            case CanvasShape.SQUARE:
                bps = self.video_bps * self.height // self.width
                return replace(self, width=self.height, video_bps=bps)


RUNGS = {
    Quality.LOW: Rung("360p", 640, 360, 800_000, 96_000),
    Quality.MEDIUM: Rung("480p", 848, 480, 1_400_000, 128_000),
    Quality.HIGH: Rung("720p", 1280, 720, 2_500_000, 128_000),
    Quality.ULTRA: Rung("1080p", 1920, 1080, 4_500_000, 160_000),
}
