"""The picture of the show: who has which tile, and painting what has changed since the last one."""

from collections.abc import Callable, Collection, Mapping, Sequence

import av

from onstage.composer.billing import Billing, logo_of
from onstage.composer.dress import Worn
from onstage.composer.images import Images
from onstage.composer.layout import Scene, arrange
from onstage.composer.picture import Picture
from onstage.composer.seating import seated
from onstage.composer.signboard import Signboard
from onstage.composer.signs import Sign
from onstage.composer.stage import Seat, Stage
from onstage.composer.style import Style
from onstage.composer.tile_painter import TilePainter, View
from onstage.composer.tiles import Rect, Tile, TileKey
from onstage.composer.video import Painter
from onstage.composer.wire import Canvas
from onstage.model.layout import Fit
from onstage.model.look import TransitionKind
from onstage.model.media import DEFAULT_PROFILE
from onstage.model.presentation import Presentation


class Composition:
    """Looks at the stage and paints the canvas. `frame` is for the encoder, until the next `paint`."""

    def __init__(
        self,
        canvas: Canvas,
        presentation: Presentation,
        stage: Stage,
        now_s: Callable[[], float],
        frame_rate: int = DEFAULT_PROFILE.frame_rate,
    ) -> None:
        self.images = Images()
        self._presentation = presentation
        self._canvas = canvas
        self._stage = stage
        self._now_s = now_s
        self._frame_rate = frame_rate
        self._painter = Painter(canvas, presentation.title)
        self._signboard = Signboard(canvas, self._painter.planes)
        self._billing = Billing(frame_rate)
        self._order: list[TileKey] = []
        self._is_first = True
        self.camera_sizes: Mapping[str, tuple[int, int]] = {}
        """By identity: width and height of the tile their camera is shown in."""
        self.shown: dict[str, int] = {}
        """By identity, for those who have a tile: different pictures of their camera shown so far."""

    @property
    def frame(self) -> av.VideoFrame:
        """The canvas."""
        return self._painter.frame

    @property
    def presentation(self) -> Presentation:
        """What is followed now."""
        return self._presentation

    @property
    def signs(self) -> Sequence[Sign]:
        """What hangs over the picture, coming and going included."""
        return self._signboard.signs

    @property
    def has_pictures(self) -> bool:
        """Whether cameras and screens are shown at all."""
        return not self._presentation.look.audio_only

    def present(self, presentation: Presentation) -> None:
        """Follow it from the next `paint` on."""
        self._presentation = presentation
        self.images.keep(list(presentation.look.images()))

    def paint(self) -> None:
        """Bring the canvas up to this moment; one tick."""
        seats = {seat.key: seat for seat in self._stage.seats() if self._is_shown(seat.key)}
        tiles = self._arranged(list(seats))
        style = Style.of(self._presentation, self._canvas, self.images)
        names = {key.identity: seat.label for key, seat in seats.items()}
        signs = self._billing.signs(self._presentation, tiles, names, style.palette)
        self._signboard.lift()
        self._lay_out(tiles, names, style)
        self._fill(tiles, seats)
        self._painter.paint()
        self._signboard.hang([*signs, *logo_of(self._presentation, self.images)], self._transition_ticks)
        self._is_first = False

    def _arranged(self, present: list[TileKey]) -> list[Tile]:
        layout = self._presentation.layout
        floor = self._floor({key.identity for key in present})
        # On another page than the first nobody is moved, or whoever speaks would leave the page that is looked at.
        heard = floor if layout.page == 0 else []
        self._order = seated(self._order, present, pins=layout.pins, floor=heard, limit=layout.max_tiles)
        if (cover := self._stage.cover()) in present:
            return [Tile(cover, Rect(0, 0, self._canvas.width, self._canvas.height), Fit.CONTAIN)]
        return arrange(layout, self._canvas, Scene(self._order, floor, self._stage.roles()))

    def _is_shown(self, key: TileKey) -> bool:
        return key.identity not in self._presentation.mix.hidden and (self.has_pictures or not key.is_screen)

    def _floor(self, present: Collection[str]) -> list[str]:
        """Who has the floor in the show: nobody who is not seen or heard in it."""
        left_out = self._presentation.mix.muted
        return [one for one in self._stage.floor() if one in present and one not in left_out]

    def _lay_out(self, tiles: Sequence[Tile], names: Mapping[str, str], style: Style) -> None:
        avatars = self._presentation.look.avatars
        portraits = [self.images.get(avatars.get(tile.key.identity)) for tile in tiles]
        views = [View(tile, names[tile.key.identity], one) for tile, one in zip(tiles, portraits, strict=True)]
        ticks = 0 if self._is_first else self._transition_ticks
        if self._painter.lay_out(views, style, title=self._presentation.title, ticks=ticks):
            cameras = [tile for tile in tiles if not tile.key.is_screen]
            self.camera_sizes = {tile.key.identity: (tile.rect.width, tile.rect.height) for tile in cameras}
            self.shown = {identity: self.shown.get(identity, 0) for identity in self.camera_sizes}

    @property
    def _transition_ticks(self) -> int:
        transition = self._presentation.look.transition
        is_eased = transition.kind is TransitionKind.EASE
        return round(transition.duration_ms * self._frame_rate / 1000) if is_eased else 0

    def _fill(self, tiles: Sequence[Tile], seats: Mapping[TileKey, Seat]) -> None:
        speaking = self._stage.speaking()
        for tile in tiles:
            seat, painter = seats[tile.key], self._painter.tile(tile.key)
            self._show(painter, seat)
            painter.wear(self._worn(tile, seat, is_speaking=tile.key.identity in speaking))

    def _worn(self, tile: Tile, seat: Seat, *, is_speaking: bool) -> Worn:
        look, is_person = self._presentation.look, not tile.key.is_screen
        is_whole = (tile.rect.width, tile.rect.height) == (self._canvas.width, self._canvas.height)
        is_heard = seat.is_heard and tile.key.identity not in self._presentation.mix.muted
        is_introduced = is_person and tile.key.identity in self._billing.introduced
        return Worn(
            label=self._presentation.layout.show_names and not is_introduced,
            badge=look.show_muted and is_person and not is_heard,
            ring=look.show_speaking and is_person and is_speaking and is_heard and not is_whole,
        )

    def _show(self, painter: TilePainter, seat: Seat) -> None:
        picture, is_dark = self._picture(seat)
        if picture is None and not is_dark and seat.feed is not None and (painter.is_blank or painter.shows_avatar):
            picture = seat.feed.shown  # a new tile need not wait for the camera's next picture
        if picture is not None:
            painter.show(picture)
        elif is_dark or painter.is_blank:
            painter.show_avatar()

    def _picture(self, seat: Seat) -> tuple[Picture | None, bool]:
        """The next picture of somebody's camera or screen, and whether there is none to be shown at all."""
        now_s = self._now_s()
        if seat.feed is None or not self.has_pictures or seat.feed.is_dark(now_s):
            return None, True
        picture = seat.feed.take(now_s)
        if picture is not None and not seat.key.is_screen:
            self.shown[seat.key.identity] += 1
        return picture, False
