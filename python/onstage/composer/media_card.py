"""What is seen of a file that is only heard: its cover, or else its title."""

from collections.abc import Callable
from pathlib import Path

import av
from av.video.reformatter import VideoReformatter
from PIL import Image, ImageDraw

from onstage.composer.artwork import BACKGROUND
from onstage.composer.lettering import Colour, fitted
from onstage.composer.media_file import MediaError, cover_stream, opened
from onstage.composer.media_pictures import as_picture
from onstage.composer.overlay import planes_of_image
from onstage.composer.picture import Picture
from onstage.composer.wording import LONGEST_TITLE, tidy

_INK: Colour = (242, 243, 246)
_DISC: Colour = (64, 88, 168)
_SMOOTH = 4


def card(path: Path, title: str, size: tuple[int, int]) -> Picture:
    """The cover in the file, if there is one that can be read; else a note and the title, `size` large."""
    return _cover(path, size) or _drawn(title, *size)


def _cover(path: Path, most: tuple[int, int]) -> Picture | None:
    try:
        with opened(path) as container:
            stream = cover_stream(container)
            frame = None if stream is None else next(container.decode(stream), None)
            return None if frame is None else as_picture(frame, most, VideoReformatter())
    except (MediaError, av.FFmpegError, OSError, ValueError):
        return None


def _drawn(title: str, width: int, height: int) -> Picture:
    image = Image.new("RGB", (width, height), BACKGROUND)
    size = min(width, height) * 2 // 5
    place = ((width - size) // 2, (height - size) * 2 // 5)
    for colour, draw in ((_DISC, _disc), (_INK, _note)):
        image.paste(colour, place, _mask(size, draw))
    text = fitted(tidy(title, LONGEST_TITLE), min(width, height) * 0.06, width * 0.85)
    if text:
        text.draw_centred(image, width / 2, height * 0.78, _INK)
    y, u, v = planes_of_image(image)
    return Picture(y, u, v)


def _mask(size: int, draw: Callable[[ImageDraw.ImageDraw, int], None]) -> Image.Image:
    """What is drawn, with smooth edges."""
    large = Image.new("L", (size * _SMOOTH, size * _SMOOTH))
    draw(ImageDraw.Draw(large), size * _SMOOTH)
    return large.reduce(_SMOOTH)


def _disc(draw: ImageDraw.ImageDraw, side: int) -> None:
    draw.ellipse((0, 0, side - 1, side - 1), 255)


def _note(draw: ImageDraw.ImageDraw, side: int) -> None:
    def at(*places: float) -> tuple[float, ...]:
        return tuple(place * side for place in places)

    for x in (0.32, 0.58):
        draw.ellipse(at(x - 0.09, 0.62, x + 0.09, 0.76), 255)
        draw.rectangle(at(x + 0.05, 0.3, x + 0.09, 0.69), 255)
    draw.polygon([at(0.37, 0.3), at(0.67, 0.24), at(0.67, 0.34), at(0.37, 0.4)], 255)
    draw.rectangle(at(0.63, 0.26, 0.67, 0.69), 255)
