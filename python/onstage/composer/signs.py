"""What is written over the picture: the logo, the title, lower thirds. Each is drawn once, at an even place.

Titles and names come from other people: they are tidied and made to fit (invariant 10).
"""

from dataclasses import dataclass
from typing import Protocol

from PIL import Image, ImageDraw

from onstage.composer import artwork
from onstage.composer.geometry import even, scaled
from onstage.composer.images import KeptImage
from onstage.composer.lettering import Line, fitted
from onstage.composer.overlay import Overlay
from onstage.composer.style import Palette
from onstage.composer.tiles import Rect
from onstage.composer.wire import Canvas
from onstage.composer.wording import LONGEST_NAME, LONGEST_TITLE, tidy
from onstage.model.layout import Corner
from onstage.model.look import Logo

_SEEN_THROUGH = 216  # the opacity of what letters stand on, of 255
_TITLE_SHARE = 0.085  # the strip's, of the canvas' shorter side
_LARGEST_SHARE = 0.045  # of letters in a lower third, likewise
_LONGEST_SUBTITLE = 80


class Sign(Protocol):
    """Equal signs look the same at the same place."""

    def drawn(self, canvas: Canvas) -> Overlay | None:
        """The drawing; None when there is no room for it, or nothing to see."""
        ...


@dataclass(frozen=True, slots=True)
class LogoSign:
    """An image in a corner."""

    image: KeptImage
    logo: Logo

    def drawn(self, canvas: Canvas) -> Overlay | None:
        """The logo, no wider than half the canvas."""
        logo, image = self.logo, self.image.image
        factor = min(canvas.height * logo.height_percent / 100 / image.height, canvas.width / 2 / image.width)
        size = max(even(image.width * factor), 2), max(even(image.height * factor), 2)
        shrunk = image.resize(size, Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC)
        shrunk.putalpha(shrunk.getchannel("A").point([round(alpha * logo.opacity) for alpha in range(256)]))
        margin = min(scaled(logo.margin_px, canvas), even((canvas.width - size[0]) / 2))
        is_left = logo.corner in (Corner.TOP_LEFT, Corner.BOTTOM_LEFT)
        is_top = logo.corner in (Corner.TOP_LEFT, Corner.TOP_RIGHT)
        x = margin if is_left else even(canvas.width - margin - size[0])
        y = min(margin, even(canvas.height - size[1])) if is_top else max(even(canvas.height - margin - size[1]), 0)
        return Overlay.of_image(shrunk, x, y)


@dataclass(frozen=True, slots=True)
class TitleSign:
    """The show's title, in a strip along the top."""

    title: str
    palette: Palette

    def drawn(self, canvas: Canvas) -> Overlay | None:
        """The strip; None for a title without a visible character."""
        height = max(even(min(canvas.width, canvas.height) * _TITLE_SHARE), 4)
        text = fitted(tidy(self.title, LONGEST_TITLE), height * 0.44, canvas.width * 0.8, is_bold=True)
        if text is None:
            return None
        image = Image.new("RGBA", (canvas.width, height), (*self.palette.label, _SEEN_THROUGH))
        left = height // 2
        _draw_bar(image, self.palette, left, height * 0.28, height * 0.72)
        text.draw_centred(image, left * 1.7 + text.width / 2, height / 2, self.palette.ink)
        return Overlay.of_image(image, 0, 0)


@dataclass(frozen=True, slots=True)
class LowerThirdSign:
    """Who somebody is, at the foot of their tile."""

    tile: Rect
    title: str
    subtitle: str
    palette: Palette

    def drawn(self, canvas: Canvas) -> Overlay | None:
        """Two lines beside a bar; None for a tile without room for them."""
        inset, unit = artwork.LABEL_INSET, min(canvas.width, canvas.height)
        size = max(11, min(unit * _LARGEST_SHARE, self.tile.height * 0.09))
        room = self.tile.width - 2 * inset - size * 2.2
        title = fitted(tidy(self.title, LONGEST_NAME), size, room, is_bold=True)
        if title is None:
            return None
        subtitle = fitted(tidy(self.subtitle, _LONGEST_SUBTITLE), size * 0.72, room)
        width = even(max(title.width, subtitle.width if subtitle else 0) + size * 2.2) + 2
        height = even(size * (2.9 if subtitle else 1.9)) + 2
        x, y = self.tile.x + inset, self.tile.y + self.tile.height - inset - height
        if width > self.tile.width - inset or height > self.tile.height - inset:
            return None
        image = _lower_third((width, height), size, title, subtitle, self.palette)
        return Overlay.of_image(image, even(x), even(y))


def _lower_third(
    size: tuple[int, int], letters: float, title: Line, subtitle: Line | None, palette: Palette
) -> Image.Image:
    image = Image.new("RGBA", size, (*palette.label, _SEEN_THROUGH))
    _draw_bar(image, palette, 0, 0, size[1])
    left = letters * 1.1
    if subtitle is None:
        title.draw_centred(image, left + title.width / 2, size[1] / 2, palette.ink)
    else:
        title.draw_centred(image, left + title.width / 2, size[1] * 0.33, palette.ink)
        small = artwork.dim(palette.ink, palette.label)
        subtitle.draw_centred(image, left + subtitle.width / 2, size[1] * 0.72, small)
    return image


def _draw_bar(image: Image.Image, palette: Palette, x: float, top: float, bottom: float) -> None:
    thick = max(round(image.height * 0.09), 2)
    ImageDraw.Draw(image).rectangle((x, top, x + thick - 1, bottom), fill=(*palette.accent, 255))
