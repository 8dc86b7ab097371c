"""What is drawn on tiles rather than filmed: labels, badges, rings, avatars; and the slate. On change only.

Names and titles come from other people: they are tidied and made to fit (invariant 10).
"""

import colorsys
from zlib import crc32

from PIL import Image, ImageChops, ImageDraw

from onstage.composer.lettering import Colour, fitted, line
from onstage.composer.wording import LONGEST_NAME, LONGEST_TITLE, initials, tidy

BACKGROUND: Colour = (17, 19, 24)
_TILE: Colour = (32, 35, 43)
INK: Colour = (242, 243, 246)
LABEL: Colour = (12, 13, 17)
_DIM_SHARE = 0.58  # of what is less important, between what it stands on and the ink
_SEEN_THROUGH = 160  # the opacity of what labels stand on, of 255
_MUTED: Colour = (235, 87, 87)

CORNER_RADIUS = 12
LABEL_INSET = 10
WAITING = "Waiting for the stage"

_TITLE_SIZES = (0.075, 0.06, 0.045)  # of the canvas's shorter side: the largest in which the title fits
_SMOOTH = 4  # shapes are drawn this many times larger, then scaled down


def label(
    name: str, tile_width: int, tile_height: int, *, ink: Colour = INK, ground: Colour = LABEL
) -> Image.Image | None:
    """The name on a dark pill, fit for a tile of that size; None for a name without a visible character."""
    size = _label_size(tile_height)
    pad = size * 2 // 3
    text = fitted(tidy(name, LONGEST_NAME), size, tile_width - 2 * LABEL_INSET - 2 * pad - 2)
    if not text:
        return None
    width, height = _even_up(text.width + 2 * pad), _even_up(size * 1.75)
    image = _shape((width, height), (*ground, _SEEN_THROUGH), radius=height / 2)
    text.draw_centred(image, width / 2, height / 2, ink)
    return image


def muted_badge(tile_height: int, *, ink: Colour = INK, ground: Colour = LABEL) -> Image.Image:
    """A small crossed microphone on a dark disc."""
    size = _even_up(_label_size(tile_height) * 1.75)
    disc = _shape((size, size), (*ground, _SEEN_THROUGH), radius=size / 2)
    big = size * _SMOOTH
    drawn = Image.new("RGBA", (big, big))
    draw, line_width = ImageDraw.Draw(drawn), round(big * 0.06)
    at = [round(big * share) for share in (0.41, 0.22, 0.59, 0.56)]
    draw.rounded_rectangle(at, radius=round(big * 0.09), fill=(*ink, 255))
    draw.arc([round(big * share) for share in (0.33, 0.32, 0.67, 0.66)], 0, 180, (*ink, 255), line_width)
    draw.line([(big // 2, round(big * 0.66)), (big // 2, round(big * 0.78))], (*ink, 255), line_width)
    cross = [(round(big * 0.27), round(big * 0.25)), (round(big * 0.73), round(big * 0.75))]
    draw.line(cross, (0, 0, 0, 0), line_width * 3)  # a gap beside the stroke, so that it is seen on the microphone
    draw.line(cross, (*_MUTED, 255), line_width + 1)
    disc.alpha_composite(drawn.resize((size, size), Image.Resampling.BOX))
    return disc


def corner_masks(radius: int) -> list[Image.Image]:
    """What of four squares lies outside a tile with round corners, clockwise from top left."""
    size = 2 * radius
    disc = _shape((size, size), (0, 0, 0, 255), radius=radius).getchannel("A")
    outside = Image.eval(disc, lambda alpha: 255 - alpha)
    places = [(0, 0), (radius, 0), (radius, radius), (0, radius)]
    return [outside.crop((x, y, x + radius, y + radius)) for x, y in places]


def ring_corners(radius: int, width: int, colour: Colour) -> list[Image.Image]:
    """The corners of a ring along the edge of a tile with round corners, clockwise from top left; filled outside."""
    size = 2 * radius
    inside = _shape((size - 2 * width, size - 2 * width), (0, 0, 0, 255), radius=radius - width).getchannel("A")
    mask = Image.new("L", (size, size), 255)
    mask.paste(Image.eval(inside, lambda alpha: 255 - alpha), (width, width))
    ring = Image.new("RGBA", (size, size), (*colour, 0))
    ring.putalpha(mask)
    places = [(0, 0), (radius, 0), (radius, radius), (0, radius)]
    return [ring.crop((x, y, x + radius, y + radius)) for x, y in places]


def avatar_size(width: int, height: int) -> int:
    """The disc's, on a tile."""
    return max(2, _even_up(min(width, height) * 0.42))


def avatar(
    identity: str, name: str, width: int, height: int, *, portrait: Image.Image | None = None, ink: Colour = INK
) -> Image.Image:
    """A tile for somebody whose camera is off: their portrait, of `avatar_size`, or initials on a disc of their own."""
    image = Image.new("RGB", (width, height), _TILE)
    size = avatar_size(width, height)
    disc = _shape((size, size), (*colour_of(identity), 255), radius=size / 2)
    image.paste(disc, ((width - size) // 2, (height - size) // 2), disc)
    if portrait is not None:
        mask = ImageChops.multiply(disc.getchannel("A"), portrait.getchannel("A"))
        image.paste(portrait, ((width - size) // 2, (height - size) // 2), mask)
        return image
    letters, room = initials(name), size * 0.84
    widest = line(letters, 1, is_bold=True).width
    text = line(letters, min(size * 0.4, room / widest) if widest else 1, is_bold=True)
    text.draw_centred(image, width / 2, height / 2, ink)
    return image


def draw_slate(image: Image.Image, title: str, ink: Colour = INK) -> None:
    """Write on a background what is shown of an empty stage."""
    width, height = image.size
    unit, room = min(width, height), width * 0.86
    text = tidy(title, LONGEST_TITLE)
    widest = line(text, 1, is_bold=True).width
    size = unit * next((share for share in _TITLE_SIZES if widest * unit * share <= room), _TITLE_SIZES[-1])
    if big := fitted(text, size, room, is_bold=True):
        big.draw_centred(image, width / 2, height * 0.46, ink)
    behind: Colour = image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[assignment]  # RGB
    line(WAITING, unit * 0.036).draw_centred(image, width / 2, height * 0.46 + unit * 0.095, dim(ink, behind))


def dim(ink: Colour, ground: Colour) -> Colour:
    """The ink of what is less important, on a ground of that colour."""
    red, green, blue = (round(under + (over - under) * _DIM_SHARE) for over, under in zip(ink, ground, strict=True))
    return red, green, blue


def colour_of(identity: str) -> Colour:
    """A colour of one's own, the same in every picture, dark enough for white letters."""
    red, green, blue = colorsys.hls_to_rgb(crc32(identity.encode()) % 360 / 360, 0.42, 0.48)
    return round(red * 255), round(green * 255), round(blue * 255)


def _label_size(tile_height: int) -> int:
    return max(11, min(26, round(tile_height * 0.048)))


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
