"""What tiles lie on: a colour, an image, or the slate of an empty stage. Painted once for each, then copied."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from PIL import Image

from onstage.composer import artwork
from onstage.composer.overlay import planes_of_image
from onstage.composer.picture import Plane
from onstage.composer.style import Style
from onstage.composer.wire import Canvas

Planes = tuple[Plane, Plane, Plane]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """I420 planes of the canvas' size; nobody writes to them."""

    planes: Planes

    @classmethod
    def of(cls, canvas: Canvas, style: Style, slate_title: str | None) -> Self:
        """The background, or with a title the slate upon it."""
        if slate_title is None and style.backdrop is None:
            return cls(_plain(canvas, style))
        image = Image.new("RGB", (canvas.width, canvas.height), style.background)
        if style.backdrop is not None:
            backdrop = style.backdrop.covering(canvas.width, canvas.height)
            image.paste(backdrop, (0, 0), backdrop)
        if slate_title is not None:
            artwork.draw_slate(image, slate_title, style.palette.ink)
        return cls(planes_of_image(image))

    def mixed(self, other: "Ground", share: float) -> "Ground":
        """This one, turned into another by `share`."""
        if other is self:
            return self
        y, u, v = (mixed(one, two, round(256 * share)) for one, two in zip(self.planes, other.planes, strict=True))
        return Ground((y, u, v))


def mixed(under: Plane, over: Plane, opacity: int) -> Plane:
    """A plane seen through another, whose opacity is of 256."""
    sum_ = np.multiply(under, 256 - opacity, dtype=np.uint16)
    sum_ += np.multiply(over, opacity, dtype=np.uint16)
    sum_ >>= 8
    return sum_.astype(np.uint8)


def _plain(canvas: Canvas, style: Style) -> Planes:
    drawn = planes_of_image(Image.new("RGB", (2, 2), style.background))
    half = (canvas.height // 2, canvas.width // 2)
    sizes = ((canvas.height, canvas.width), half, half)
    y, u, v = (np.full(size, plane[0, 0], np.uint8) for size, plane in zip(sizes, drawn, strict=True))
    return y, u, v
