"""What a content test's show is like, and where its people should be in the picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from onstage.composer.layout import Scene, arrange
from onstage.composer.seating import seated
from onstage.composer.tiles import Rect, Tile, TileKey
from onstage.composer.wire import Canvas
from onstage.model.broadcast_defaults import CanvasShape
from onstage.model.layout import Fit, Layout
from tests.support.content.film import Expected
from tests.support.content.looks import Look
from tests.support.content.sight import Chroma

_SCREEN_ASPECT = 16 / 9


@dataclass(frozen=True, slots=True)
class Setting:
    """What a show is like at its begin."""

    layout: Layout
    canvas: CanvasShape = CanvasShape.WIDE

    @property
    def body(self) -> dict[str, Any]:
        """To start a broadcast with."""
        return {"layout": self.layout.model_dump(mode="json"), "canvas": self.canvas, "quality": "low"}


def sit(layout: Layout, looks: Sequence[Look], before: Sequence[TileKey] = ()) -> list[TileKey]:
    """The order of seats; `looks` in the order in which they came, `before` the order until now."""
    screens = [TileKey(one.identity, is_screen=True) for one in looks if one.screen_chroma is not None]
    present = [*screens, *(TileKey(one.identity) for one in looks)]
    return seated(before, present, pins=layout.pins, floor=(), limit=layout.max_tiles)


def placed(layout: Layout, canvas: Canvas, seats: Sequence[TileKey], looks: Sequence[Look]) -> list[Expected]:
    """Who should be where, of those who send a picture."""
    colours: dict[TileKey, Chroma | None] = {TileKey(one.identity, is_screen=True): one.screen_chroma for one in looks}
    colours |= {TileKey(one.identity): one.chroma if one.has_camera else None for one in looks}
    tiles = ((tile, colours[tile.key]) for tile in arrange(layout, canvas, Scene(seats)))
    return [Expected(_covered(tile), chroma) for tile, chroma in tiles if chroma is not None]


def colours_of(looks: Sequence[Look]) -> list[Chroma]:
    """Every colour that somebody has, also of who does not show it."""
    return [chroma for one in looks for chroma in (one.chroma, one.screen_chroma) if chroma is not None]


def _covered(tile: Tile) -> Tile:
    """What a picture that is shown whole covers of its tile."""
    if tile.fit is Fit.COVER:
        return tile
    rect = tile.rect
    width = min(rect.width, rect.height * _SCREEN_ASPECT)
    height = width / _SCREEN_ASPECT
    left, top = rect.x + (rect.width - width) / 2, rect.y + (rect.height - height) / 2
    return Tile(tile.key, Rect(int(left), int(top), int(width), int(height)), tile.fit)
