"""The picture of the show: who has which tile, and painting what has changed since the last one."""

from collections.abc import Callable, Collection, Mapping, Sequence

import av

from onstage.composer.layout import Scene, arrange
from onstage.composer.picture import Picture
from onstage.composer.seating import seated
from onstage.composer.stage import Seat, Stage
from onstage.composer.tiles import Tile, TileKey
from onstage.composer.video import Painter, Style, View
from onstage.composer.wire import Canvas
from onstage.model.presentation import Presentation


class Composition:
    """Looks at the stage and paints the canvas. `frame` is for the encoder, until the next `paint`."""

    def __init__(self, canvas: Canvas, presentation: Presentation, stage: Stage, now_s: Callable[[], float]) -> None:
        self.presentation = presentation
        self._canvas = canvas
        self._stage = stage
        self._now_s = now_s
        self._painter = Painter(canvas, presentation.title)
        self._order: list[TileKey] = []
        self.camera_sizes: Mapping[str, tuple[int, int]] = {}
        """By identity: width and height of the tile their camera is shown in."""
        self.shown: dict[str, int] = {}
        """By identity, for those who have a tile: different pictures of their camera shown so far."""

    @property
    def frame(self) -> av.VideoFrame:
        """The canvas."""
        return self._painter.frame

    def paint(self) -> None:
        """Bring the canvas up to this moment."""
        layout = self.presentation.layout
        hidden = self.presentation.mix.hidden
        seats = {seat.key: seat for seat in self._stage.seats() if seat.key.identity not in hidden}
        tiles = self._arranged(list(seats))
        views = [View(tile, seats[tile.key].label if layout.show_names else "") for tile in tiles]
        if self._painter.lay_out(views, Style.of(layout, self._canvas)):
            self._note_cameras([view.tile for view in views if not view.tile.key.is_screen])
        painted: set[View] = set()
        for view in views:
            is_covered = not painted.isdisjoint(self._painter.tile(view).below)
            if self._paint_tile(view, seats[view.tile.key], is_covered=is_covered):
                painted.add(view)

    def _arranged(self, present: list[TileKey]) -> list[Tile]:
        layout = self.presentation.layout
        floor = self._floor({key.identity for key in present})
        # On another page than the first nobody is moved, or whoever speaks would leave the page that is looked at.
        heard = floor if layout.page == 0 else []
        self._order = seated(self._order, present, pins=layout.pins, floor=heard, limit=layout.max_tiles)
        return arrange(layout, self._canvas, Scene(self._order, floor, self._stage.roles()))

    def _floor(self, present: Collection[str]) -> list[str]:
        """Who has the floor in the show: nobody who is not seen or heard in it."""
        left_out = self.presentation.mix.muted
        return [one for one in self._stage.floor() if one in present and one not in left_out]

    def _note_cameras(self, tiles: Sequence[Tile]) -> None:
        self.camera_sizes = {tile.key.identity: (tile.rect.width, tile.rect.height) for tile in tiles}
        self.shown = {identity: self.shown.get(identity, 0) for identity in self.camera_sizes}

    def _paint_tile(self, view: View, seat: Seat, *, is_covered: bool) -> bool:
        """Paint the tile if it shows something else than before, or something was painted over it; whether it was."""
        painter = self._painter.tile(view)
        picture, is_dark = self._picture(seat)
        is_old = not (painter.is_blank or painter.shows_avatar or is_covered)
        if picture is None and not is_dark and seat.feed is not None and not is_old:
            picture = seat.feed.shown  # a new tile need not wait for the camera's next picture
        if picture is not None:
            painter.paint_picture(picture)
            return True
        if painter.is_blank or is_covered or (is_dark and not painter.shows_avatar):
            painter.paint_avatar()
            return True
        return False

    def _picture(self, seat: Seat) -> tuple[Picture | None, bool]:
        """The next picture of somebody's camera or screen, and whether there is none to be shown at all."""
        now_s = self._now_s()
        if seat.feed is None or seat.feed.is_dark(now_s):
            return None, True
        picture = seat.feed.take(now_s)
        if picture is not None and not seat.key.is_screen:
            self.shown[seat.key.identity] += 1
        return picture, False
