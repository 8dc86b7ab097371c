"""The painter: keeps one canvas, and paints on it only what has changed since the last picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import av
import numpy as np

from onstage.composer.dress import corners_of
from onstage.composer.ground import Ground, Planes
from onstage.composer.motion import Motion, Pose
from onstage.composer.overlay import Overlay
from onstage.composer.picture import frame_planes
from onstage.composer.style import Style
from onstage.composer.tile_painter import TilePainter, View
from onstage.composer.tiles import Rect, TileKey
from onstage.composer.wire import Canvas


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a tile lies when nothing moves."""

    planes: Planes
    corners: Sequence[Overlay]
    below: frozenset[TileKey]
    """The tiles that it covers in part: it is painted again after them."""


class Painter:
    """Owns the canvas. `frame` is what goes to the encoder, which is done with it before the next `paint`."""

    def __init__(self, canvas: Canvas, title: str = "") -> None:
        """`title` stands on the slate, until the first `lay_out`."""
        self.frame = av.VideoFrame(canvas.width, canvas.height, "yuv420p")
        self.planes = frame_planes(self.frame)
        self._canvas = canvas
        self._arranged: tuple[list[View], Style, str | None] = ([], Style(), title)
        self._ground = self._ground_before = Ground.of(canvas, Style(), title)
        self._tiles: dict[TileKey, TilePainter] = {}
        self._leaving: dict[TileKey, TilePainter] = {}
        self._places: dict[TileKey, _Place] = {}
        self._motion: Motion | None = None
        self._settle()

    def lay_out(self, views: Sequence[View], style: Style, *, title: str = "", ticks: int = 0) -> bool:
        """Arrange other tiles, given in the order they are painted; with none the picture is the slate.

        False if nothing has changed. What moves takes so many ticks to get there.
        """
        before, arranged = self._arranged, (list(views), style, None if views else title)
        if arranged == before:
            return False
        self._ground_before, poses = self._ground_now(), self._poses()
        if (style, arranged[2]) != before[1:]:
            self._ground = Ground.of(self._canvas, style, arranged[2])
        self._arranged = arranged
        self._replace_tiles(views, style)
        is_moved = poses != self._home() or self._ground is not self._ground_before
        self._motion = Motion(poses, [view.tile for view in views], ticks) if ticks and is_moved else None
        if self._motion is None:
            self._settle()
        return True

    def tile(self, key: TileKey) -> TilePainter:
        """The painter of one of the tiles laid out."""
        return self._tiles[key]

    def paint(self) -> None:
        """Bring the canvas up to what the tiles show; one tick."""
        if self._motion is not None:
            self._motion.advance()
            if not self._motion.is_over:
                self._paint_moving(self._motion)
                return
            self._motion = None
            self._settle()
        painted: set[TileKey] = set()
        for key, tile in self._tiles.items():
            place = self._places[key]
            if tile.is_stale or not painted.isdisjoint(place.below):
                tile.paint(place.planes, place.corners)
                painted.add(key)

    def _paint_moving(self, motion: Motion) -> None:
        self._fill(self._ground_now())
        for key, pose in motion.poses().items():
            tile = self._tiles.get(key) or self._leaving[key]
            tile.paint_moving(self._region(pose.rect), pose.opacity)

    def _replace_tiles(self, views: Sequence[View], style: Style) -> None:
        """Tiles that go on from what was shown of the same people; the others leave."""
        old = self._leaving | self._tiles
        self._tiles = {view.tile.key: TilePainter(view, style) for view in views}
        for key, tile in self._tiles.items():
            if key in old:
                tile.go_on_from(old[key])
        self._leaving = {key: tile for key, tile in old.items() if key not in self._tiles and not tile.is_blank}

    def _settle(self) -> None:
        """Nothing moves: have every tile painted where it belongs."""
        self._leaving = {}
        self._fill(self._ground)
        self._places = {}
        for key, tile in self._tiles.items():
            rect = tile.view.tile.rect
            below = frozenset(other for other in self._places if self._tiles[other].view.tile.rect.overlaps(rect))
            self._places[key] = _Place(self._region(rect), self._corners(rect, below), below)
            tile.is_stale = True

    def _corners(self, rect: Rect, below: frozenset[TileKey]) -> list[Overlay]:
        """None where there is no background behind them: at the canvas' edge, and above other tiles."""
        is_whole = (rect.height, rect.width) == self.planes[0].shape
        return [] if is_whole or below else corners_of(self._region(rect), self._arranged[1].corner_radius)

    def _ground_now(self) -> Ground:
        share = 1.0 if self._motion is None else self._motion.share
        return self._ground if share == 1.0 else self._ground_before.mixed(self._ground, share)

    def _poses(self) -> dict[TileKey, Pose]:
        """Where everybody who can be seen is now."""
        now = self._home() if self._motion is None else self._motion.poses()
        shown = self._leaving | self._tiles
        return {key: pose for key, pose in now.items() if not shown[key].is_blank}

    def _home(self) -> dict[TileKey, Pose]:
        return {key: Pose(tile.view.tile.rect) for key, tile in self._tiles.items()}

    def _region(self, rect: Rect) -> Planes:
        y, u, v = self.planes
        half = np.s_[rect.y // 2 : (rect.y + rect.height) // 2, rect.x // 2 : (rect.x + rect.width) // 2]
        return y[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width], u[half], v[half]

    def _fill(self, ground: Ground) -> None:
        for plane, drawn in zip(self.planes, ground.planes, strict=True):
            plane[:] = drawn
