"""What is drawn rather than filmed: labels, avatars, the slate. On change only.

Names and titles come from other people: they are tidied and made to fit (invariant 10).
"""

import colorsys
from zlib import crc32

from PIL import Image, ImageDraw

from onstage.composer.lettering import Colour, fitted, line
from onstage.composer.wording import LONGEST_NAME, LONGEST_TITLE, initials, tidy

BACKGROUND: Colour = (17, 19, 24)
_TILE: Colour = (32, 35, 43)
_INK: Colour = (242, 243, 246)
_DIM: Colour = (148, 154, 168)
_PILL = (12, 13, 17, 160)

CORNER_RADIUS = 12
LABEL_INSET = 10
WAITING = "Waiting for the stage"

_TITLE_SIZES = (0.075, 0.06, 0.045)  # of the canvas's shorter side: the largest in which the title fits
_SMOOTH = 4  # shapes are drawn this many times larger, then scaled down


def label(name: str, tile_width: int, tile_height: int) -> Image.Image | None:
    """The name on a dark pill, fit for a tile of that size; None for a name without a visible character."""
    size = max(11, min(26, round(tile_height * 0.048)))
    pad = size * 2 // 3
    text = fitted(tidy(name, LONGEST_NAME), size, tile_width - 2 * LABEL_INSET - 2 * pad - 2)
    if not text:
        return None
    width, height = _even_up(text.width + 2 * pad), _even_up(size * 1.75)
    image = _shape((width, height), _PILL, radius=height / 2)
    text.draw_centred(image, width / 2, height / 2, _INK)
    return image


def corners(radius: int = CORNER_RADIUS) -> list[Image.Image]:
    """What rounds a tile: four squares of background that leave a quarter of a disc open, clockwise from top left."""
    size = 2 * radius
    disc = _shape((size, size), (0, 0, 0, 255), radius=radius).getchannel("A")
    image = Image.new("RGBA", (size, size), (*BACKGROUND, 255))
    image.putalpha(Image.eval(disc, lambda alpha: 255 - alpha))
    places = [(0, 0), (radius, 0), (radius, radius), (0, radius)]
    return [image.crop((x, y, x + radius, y + radius)) for x, y in places]


def avatar(identity: str, name: str, width: int, height: int) -> Image.Image:
    """A tile for somebody whose camera is off: initials on a disc of their own colour."""
    image = Image.new("RGB", (width, height), _TILE)
    size = max(2, _even_up(min(width, height) * 0.42))
    disc = _shape((size, size), (*colour_of(identity), 255), radius=size / 2)
    image.paste(disc, ((width - size) // 2, (height - size) // 2), disc)
    letters, room = initials(name), size * 0.84
    widest = line(letters, 1, is_bold=True).width
    text = line(letters, min(size * 0.4, room / widest) if widest else 1, is_bold=True)
    text.draw_centred(image, width / 2, height / 2, _INK)
    return image


def slate(title: str, width: int, height: int) -> Image.Image:
    """The picture of an empty stage."""
    image = Image.new("RGB", (width, height), BACKGROUND)
    unit, room = min(width, height), width * 0.86
    text = tidy(title, LONGEST_TITLE)
    widest = line(text, 1, is_bold=True).width
    size = unit * next((share for share in _TITLE_SIZES if widest * unit * share <= room), _TITLE_SIZES[-1])
    if big := fitted(text, size, room, is_bold=True):
        big.draw_centred(image, width / 2, height * 0.46, _INK)
    line(WAITING, unit * 0.036).draw_centred(image, width / 2, height * 0.46 + unit * 0.095, _DIM)
    return image


def colour_of(identity: str) -> Colour:
    """A colour of one's own, the same in every picture, dark enough for white letters."""
    red, green, blue = colorsys.hls_to_rgb(crc32(identity.encode()) % 360 / 360, 0.42, 0.48)
    return round(red * 255), round(green * 255), round(blue * 255)


def _shape(size: tuple[int, int], fill: tuple[int, int, int, int], *, radius: float) -> Image.Image:
    """A rounded rectangle with smooth edges on a transparent ground of the same colour."""
    mask = Image.new("L", (size[0] * _SMOOTH, size[1] * _SMOOTH))
    box = (0, 0, mask.width - 1, mask.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius=radius * _SMOOTH, fill=fill[3])
    image = Image.new("RGBA", size, (*fill[:3], 0))
    image.putalpha(mask.resize(size, Image.Resampling.BOX))
    return image


def _even_up(value: float) -> int:
    return (int(value) + 1) // 2 * 2
