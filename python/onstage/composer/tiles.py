"""A place in the picture, and what it shows."""

from dataclasses import dataclass
from typing import NamedTuple

from onstage.model.layout import Fit


class TileKey(NamedTuple):
    """What a tile shows: somebody's camera, or their screen."""

    identity: str
    is_screen: bool = False


@dataclass(frozen=True, slots=True)
class Rect:
    """Pixels of the canvas; all even, because a chroma sample covers two by two pixels."""

    x: int
    y: int
    width: int
    height: int

    def overlaps(self, other: "Rect") -> bool:
        """Whether they have a pixel in common."""
        is_beside = self.x + self.width <= other.x or other.x + other.width <= self.x
        is_above = self.y + self.height <= other.y or other.y + other.height <= self.y
        return not (is_beside or is_above)


@dataclass(frozen=True, slots=True)
class Tile:
    """One place of the picture."""

    key: TileKey
    rect: Rect
    fit: Fit
