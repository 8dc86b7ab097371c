"""What is drawn rather than filmed: labels, avatars, the slate. Pillow, on change only.

Names and titles come from other people: they are shortened, stripped of control characters and stacked accents, and
made to fit (invariant 10).
"""

import colorsys
import unicodedata
from functools import lru_cache
from zlib import crc32

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]

BACKGROUND: Colour = (17, 19, 24)
_TILE: Colour = (32, 35, 43)
_INK: Colour = (242, 243, 246)
_DIM: Colour = (148, 154, 168)
_PILL = (12, 13, 17, 160)

CORNER_RADIUS = 12
LABEL_INSET = 10
LONGEST_NAME = 40
LONGEST_TITLE = 80
WAITING = "Waiting for the stage"

_SMOOTH = 4  # shapes are drawn this many times larger, then scaled down
_FONTS = {False: "DejaVuSans.ttf", True: "DejaVuSans-Bold.ttf"}
_MARKS_IN_A_ROW = 2


def tidy(text: str, longest: int) -> str:
    """`text` on one line, without control characters and towers of accents, at most `longest` characters."""
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text[: longest * 8]):
        category = unicodedata.category(character)
        marks = marks + 1 if category.startswith("M") else 0
        if category.startswith("Z") or character in "\t\n\r":
            kept.append(" ")
        elif not category.startswith("C") and marks <= _MARKS_IN_A_ROW:
            kept.append(character)
    line = " ".join("".join(kept).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def initials(name: str) -> str:
    """One or two letters for an avatar: of the first and the last word."""
    words = [word for word in tidy(name, LONGEST_NAME).split() if word[0].isalnum()]
    if not words:
        return "?"
    return "".join(word[0] for word in ([words[0], words[-1]] if len(words) > 1 else words)).upper()


def label(name: str, tile_width: int, tile_height: int) -> Image.Image | None:
    """The name on a dark pill, fit for a tile of that size; None for a name without a visible character."""
    text = tidy(name, LONGEST_NAME)
    size = max(11, min(26, round(tile_height * 0.048)))
    pad = size * 2 // 3
    text = _shortened(text, font(size), tile_width - 2 * LABEL_INSET - 2 * pad - 2)
    if not text:
        return None
    width, height = _even_up(font(size).getlength(text) + 2 * pad), _even_up(size * 1.75)
    image = _shape((width, height), _PILL, radius=height / 2)
    ImageDraw.Draw(image).text((width / 2, height / 2), text, font=font(size), fill=(*_INK, 255), anchor="mm")
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
    letters = font(max(10, round(size * 0.4)), bold=True)
    ImageDraw.Draw(image).text((width / 2, height / 2), initials(name), font=letters, fill=_INK, anchor="mm")
    return image


def slate(title: str, width: int, height: int) -> Image.Image:
    """The picture of an empty stage."""
    image = Image.new("RGB", (width, height), BACKGROUND)
    draw = ImageDraw.Draw(image)
    unit = min(width, height)
    text, room = tidy(title, LONGEST_TITLE), width * 0.86
    sizes = [font(round(unit * share), bold=True) for share in (0.075, 0.06, 0.045)]
    big = next((size for size in sizes if size.getlength(text) <= room), sizes[-1])
    text, small = _shortened(text, big, room), font(round(unit * 0.036))
    draw.text((width / 2, height * 0.46), text, font=big, fill=_INK, anchor="mm")
    draw.text((width / 2, height * 0.46 + unit * 0.095), WAITING, font=small, fill=_DIM, anchor="mm")
    return image


def colour_of(identity: str) -> Colour:
    """A colour of one's own, the same in every picture, dark enough for white letters."""
    red, green, blue = colorsys.hls_to_rgb(crc32(identity.encode()) % 360 / 360, 0.42, 0.48)
    return round(red * 255), round(green * 255), round(blue * 255)


@lru_cache(maxsize=64)
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """DejaVu Sans, which knows many scripts, where it is installed; else the face that Pillow brings."""
    try:
        return ImageFont.truetype(_FONTS[bold], size, layout_engine=ImageFont.Layout.BASIC)
    except OSError:
        return ImageFont.load_default(size)


def _shortened(text: str, face: ImageFont.FreeTypeFont | ImageFont.ImageFont, room: float) -> str:
    if face.getlength(text) <= room:
        return text
    while text and face.getlength(text + "…") > room:
        text = text[:-1].rstrip()
    return text + "…" if text else ""


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
