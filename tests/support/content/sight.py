"""What of a person is seen in a composed picture: where their colour is, and whether it flashes.

Nothing here knows a layout but by the rectangle it is given; the flash is looked for wherever the colour is, so that it
is found while tiles move.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onstage.composer.picture import Picture
from onstage.composer.tiles import Rect
from tests.support.content.looks import BRIGHT, DARK

CHROMA_TOLERANCE = 14
"""Half the distance between two people's colours is more than twice that."""
LEAST_SHARE = 0.004
"""Of the canvas: a smaller patch is no tile."""
FILLED = 0.9
_STEP = 2  # every second chroma sample of every second row is enough
_INNER = 0.25  # of a tile's sides: names and badges stand at its edge

Chroma = tuple[int, int]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sight:
    """One colour in one picture: its share of the canvas, and how bright it is there."""

    share: float
    luma: float

    @property
    def is_there(self) -> bool:
        """Whether it covers enough to be a tile."""
        return self.share >= LEAST_SHARE

    @property
    def is_flash(self) -> bool:
        """Whether it is there and bright."""
        return self.is_there and self.luma > (DARK + BRIGHT) / 2


def sight(picture: Picture, chroma: Chroma) -> Sight:
    """Look for a colour everywhere."""
    mask = _of_chroma(picture.u[::_STEP, ::_STEP], picture.v[::_STEP, ::_STEP], chroma)
    luma = picture.y[:: 2 * _STEP, :: 2 * _STEP]
    return Sight(float(mask.mean()), float(luma[mask].mean()) if mask.any() else 0.0)


def fills(picture: Picture, rect: Rect, chroma: Chroma) -> bool:
    """Whether the inner part of a tile has that colour and no other."""
    left, right = _inner(rect.x, rect.width)
    top, bottom = _inner(rect.y, rect.height)
    mask = _of_chroma(picture.u[top:bottom, left:right], picture.v[top:bottom, left:right], chroma)
    return bool(mask.size and mask.mean() >= FILLED)


def flashes_s(times_s: Sequence[float], sights: Sequence[Sight]) -> list[float]:
    """When a colour that was there, and dark, became bright."""
    steps = zip(times_s[1:], sights, sights[1:], strict=False)
    return [at for at, before, now in steps if before.is_there and not before.is_flash and now.is_flash]


def _of_chroma(u: npt.NDArray[np.uint8], v: npt.NDArray[np.uint8], chroma: Chroma) -> Mask:
    is_u = np.abs(u.astype(np.int16) - chroma[0]) <= CHROMA_TOLERANCE
    return np.asarray(is_u & (np.abs(v.astype(np.int16) - chroma[1]) <= CHROMA_TOLERANCE), np.bool_)


def _inner(start: int, length: int) -> tuple[int, int]:
    """Of chroma samples, of which each stands for two pixels."""
    return round((start + length * _INNER) / 2), round((start + length * (1 - _INNER)) / 2)
