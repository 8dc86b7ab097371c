"""The quality presets: canvas and bit rates of the one rung a broadcast has."""

from dataclasses import dataclass

from onstage.model.records import Quality


@dataclass(frozen=True, slots=True)
class Rung:
    """One encoded output: pixels, and bits a second."""

    name: str
    width: int
    height: int
    video_bps: int
    audio_bps: int


RUNGS = {
    Quality.LOW: Rung("360p", 640, 360, 800_000, 96_000),
    Quality.MEDIUM: Rung("480p", 848, 480, 1_400_000, 128_000),
    Quality.HIGH: Rung("720p", 1280, 720, 2_500_000, 128_000),
    Quality.ULTRA: Rung("1080p", 1920, 1080, 4_500_000, 160_000),
}
