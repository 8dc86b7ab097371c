"""A clock that machines read: the time, as two rows of squares in a picture.

The lower row is the upper one inverted, so that a reading with a wrong bit is noticed. The squares stand in
the middle of the width, where no layout cuts a face, and survive scaling and encoding.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onstage.composer.tiles import Rect

BITS = 20
"""Of milliseconds: the code repeats after 17 minutes."""
SQUARE_SHARE = 1 / 40
"""Side of a square, as a share of the picture's width."""
TOP_SHARE = 1 / 12
"""Upper edge of the first row, as a share of the picture's height."""
_LIGHT, _DARK = 235, 16  # BT.709 studio range
LEAST_CONTRAST = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where the code stands in a picture of that size, in pixels of it."""

    left: float
    top: float
    square: float

    @classmethod
    def within(cls, width: float, height: float) -> "Place":
        """The place in a whole picture."""
        square = width * SQUARE_SHARE
        return cls(left=(width - BITS * square) / 2, top=height * TOP_SHARE, square=square)


def milliseconds(time_s: float) -> int:
    """What the code holds of a time."""
    return int(time_s * 1000) % (1 << BITS)


def age_ms(code: int, time_s: float) -> int:
    """How long ago `code` was drawn, for ages below 17 minutes."""
    return (milliseconds(time_s) - code) % (1 << BITS)


def draw(luma: NDArray[np.uint8], time_s: float) -> None:
    """Draw the time into a picture's luma plane."""
    height, width = luma.shape
    place = Place.within(width, height)
    side, left, top = int(place.square), int(place.left), int(place.top)
    bits = [(milliseconds(time_s) >> bit) & 1 for bit in reversed(range(BITS))]
    row = np.repeat(np.where(np.array(bits, dtype=bool), _LIGHT, _DARK).astype(np.uint8), side)
    luma[top : top + side, left : left + row.size] = row
    luma[top + side : top + 2 * side, left : left + row.size] = _LIGHT + _DARK - row


def read(luma: NDArray[np.uint8], *, x: float, y: float, width: float, height: float) -> int | None:
    """The code of a source picture that covers the given rectangle, its edges cut off; None if none can be read.

    The rectangle is the whole source picture's, which may reach beyond the tile that shows it.
    """
    place = Place.within(width, height)
    code = 0
    for index in range(BITS):
        column = int(x + place.left + (index + 0.5) * place.square)
        upper = int(luma[int(y + place.top + 0.5 * place.square), column])
        lower = int(luma[int(y + place.top + 1.5 * place.square), column])
        if abs(upper - lower) < LEAST_CONTRAST:
            return None
        code = code << 1 | (upper > lower)
    return code


def covered(tile: Rect, aspect: float) -> tuple[float, float, float, float]:
    """The rectangle that a source of that aspect ratio fills when it covers a tile: x, y, width, height."""
    width = max(tile.width, tile.height * aspect)
    height = width / aspect
    return tile.x + (tile.width - width) / 2, tile.y + (tile.height - height) / 2, width, height
