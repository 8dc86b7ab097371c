"""Camera files for Chromium: one colour a person, so that a decoded picture says who is where."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

WIDTH, HEIGHT, FRAME_RATE = 640, 360, 30
_FRAMES = 30


@dataclass(frozen=True)
class Colour:
    """BT.601 studio range, as cameras deliver it, and roughly the same in RGB."""

    name: str
    yuv: tuple[int, int, int]
    rgb: tuple[int, int, int]


RED = Colour("red", (81, 90, 240), (255, 0, 0))
BLUE = Colour("blue", (41, 240, 110), (0, 0, 255))


def write_camera(path: Path, colour: Colour) -> Path:
    """A YUV4MPEG2 file that Chromium plays in a loop as its camera: the colour, with a moving bar in it."""
    header = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{FRAME_RATE}:1 Ip A1:1 C420jpeg\n"
    luma = np.full((HEIGHT, WIDTH), colour.yuv[0], np.uint8)
    chroma = [np.full(WIDTH * HEIGHT // 4, value, np.uint8).tobytes() for value in colour.yuv[1:]]
    with path.open("wb") as file:
        file.write(header.encode())
        for index in range(_FRAMES):
            moved = luma.copy()
            at = int(Fraction(index, _FRAMES) * WIDTH)
            moved[-24:, at : at + 20] = 235  # a still picture would be sent at a few frames a second
            file.write(b"FRAME\n" + moved.tobytes() + b"".join(chroma))
    return path


def is_colour(rgb: tuple[float, float, float], colour: Colour) -> bool:
    """Whether a measured average is that person's, and nobody else's."""
    strongest = max(range(3), key=lambda channel: colour.rgb[channel])
    others = [rgb[channel] for channel in range(3) if channel != strongest]
    return rgb[strongest] > 100 and rgb[strongest] > 2 * max(others)
