"""The painter: keeps one canvas, and paints on it only what has changed since the last picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from PIL import Image

from onstage.composer import artwork
from onstage.composer.geometry import scaled
from onstage.composer.lettering import Colour
from onstage.composer.overlay import Overlay, planes_of_image
from onstage.composer.picture import BLACK, Picture, Plane, fitted_size, frame_planes
from onstage.composer.tiles import Rect, Tile
from onstage.composer.wire import Canvas
from onstage.model.layout import Fit, Layout


@dataclass(frozen=True, slots=True)
class View:
    """A tile and the name on it; no name is none."""

    tile: Tile
    name: str


@dataclass(frozen=True, slots=True)
class Style:
    """How the picture looks around its tiles. The radius is in pixels of the canvas."""

    background: Colour = artwork.BACKGROUND
    corner_radius: int = artwork.CORNER_RADIUS

    @classmethod
    def of(cls, layout: Layout, canvas: Canvas) -> Self:
        """As the layout says."""
        colour = layout.background_color
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return cls((red, green, blue), scaled(layout.corner_radius_px, canvas))


class Painter:
    """Owns the canvas. `frame` is what goes to the encoder, which is done with it before the next `paint`."""

    def __init__(self, canvas: Canvas, title: str) -> None:
        self.frame = av.VideoFrame(canvas.width, canvas.height, "yuv420p")
        self._planes = frame_planes(self.frame)
        self._slate = planes_of_image(artwork.slate(title, canvas.width, canvas.height))
        self._tiles: dict[View, TilePainter] = {}
        self._style = Style()
        self._draw_slate()

    def lay_out(self, views: Sequence[View], style: Style) -> bool:
        """Clear the canvas for other tiles, given in the order they are painted; with none it is the slate.

        False if nothing has changed.
        """
        if list(self._tiles) == list(views) and style == self._style:
            return False
        self._style = style
        if not views:
            self._tiles = {}
            self._draw_slate()
            return True
        self._fill_background()
        self._tiles = {}
        for view in views:
            below = frozenset(one for one in self._tiles if one.tile.rect.overlaps(view.tile.rect))
            self._tiles[view] = TilePainter(view, self._inner(view.tile.rect), below, self._corners(view.tile, below))
        return True

    def _corners(self, tile: Tile, below: frozenset[View]) -> list[Overlay]:
        """None where there is no background behind them: at the canvas' edge, and above other tiles."""
        is_whole = (tile.rect.height, tile.rect.width) == self._planes[0].shape
        return [] if is_whole or below else _corners(tile.rect, self._style)

    def tile(self, view: View) -> "TilePainter":
        """The painter of one of the tiles laid out."""
        return self._tiles[view]

    def _inner(self, rect: Rect) -> tuple[Plane, Plane, Plane]:
        y, u, v = self._planes
        half = np.s_[rect.y // 2 : (rect.y + rect.height) // 2, rect.x // 2 : (rect.x + rect.width) // 2]
        return y[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width], u[half], v[half]

    def _draw_slate(self) -> None:
        for plane, drawn in zip(self._planes, self._slate, strict=True):
            plane[:] = drawn

    def _fill_background(self) -> None:
        ground = planes_of_image(Image.new("RGB", (2, 2), self._style.background))
        for plane, drawn in zip(self._planes, ground, strict=True):
            plane[:] = drawn[0, 0]


class TilePainter:
    """Paints one tile: a camera's picture or an avatar, the name, and round corners."""

    def __init__(
        self, view: View, planes: tuple[Plane, Plane, Plane], below: frozenset[View], corners: list[Overlay]
    ) -> None:
        self.below = below
        """The tiles that it covers in part: it is painted again after them."""
        self._view = view
        self._planes = planes
        self._size = (view.tile.rect.width, view.tile.rect.height)
        self._scaler = VideoReformatter()
        self._overlays = corners + _label(view.name, *self._size)
        self._avatar: Picture | None = None  # drawn once
        self.shows_avatar = False
        self.is_blank = True  # nothing painted yet

    def paint_picture(self, picture: Picture) -> None:
        """Show a camera's or a screen's picture, of any size."""
        fit = self._view.tile.fit
        scaled = self._scaled(picture, fitted_size(picture.width, picture.height, self._size, fit))
        if fit is Fit.CONTAIN:
            self._blit_between_bars(scaled)
        else:
            self._blit(scaled.cropped(*self._size))
        self._finish(shows_avatar=False)

    def paint_avatar(self) -> None:
        """Show initials in place of a picture."""
        if self._avatar is None:
            key = self._view.tile.key
            drawn = artwork.avatar(key.identity, self._view.name or key.identity, *self._size)
            self._avatar = Picture(*planes_of_image(drawn))
        self._blit(self._avatar)
        self._finish(shows_avatar=True)

    def _finish(self, *, shows_avatar: bool) -> None:
        for overlay in self._overlays:
            overlay.blend(self._planes)
        self.shows_avatar = shows_avatar
        self.is_blank = False

    def _scaled(self, picture: Picture, size: tuple[int, int]) -> Picture:
        if (picture.width, picture.height) == size:
            return picture
        how = "AREA" if picture.width > size[0] else "BILINEAR"
        frame = self._scaler.reformat(_as_frame(picture), *size, interpolation=how, threads=1)
        return Picture.of_frame(frame)

    def _blit(self, picture: Picture) -> None:
        for plane, source in zip(self._planes, picture.planes, strict=True):
            plane[:] = source

    def _blit_between_bars(self, picture: Picture) -> None:
        x, y = (self._size[0] - picture.width) // 4 * 2, (self._size[1] - picture.height) // 4 * 2
        for plane, source, black, scale in zip(self._planes, picture.planes, BLACK, (1, 2, 2), strict=True):
            if source.shape != plane.shape:
                plane[:] = black
            plane[y // scale : y // scale + source.shape[0], x // scale : x // scale + source.shape[1]] = source


def _as_frame(picture: Picture) -> av.VideoFrame:
    """The picture as swscale takes it, without a copy where PyAV can wrap its buffer.

    It can if the planes lie behind one another; it gets the height wrong when that is not a multiple of four.
    """
    packed = picture.y.base
    if isinstance(packed, np.ndarray) and packed.shape == (picture.y.size * 3 // 2,) and picture.height % 4 == 0:
        return av.VideoFrame.from_numpy_buffer(packed.reshape(-1, picture.width), format="yuv420p")
    frame = av.VideoFrame(picture.width, picture.height, "yuv420p")
    for plane, source in zip(frame_planes(frame), picture.planes, strict=True):
        plane[:] = source
    return frame


def _corners(rect: Rect, style: Style) -> list[Overlay]:
    radius = style.corner_radius
    if radius == 0 or min(rect.width, rect.height) < 4 * radius:
        return []
    right, bottom = rect.width - radius, rect.height - radius
    places = [(0, 0), (right, 0), (right, bottom), (0, bottom)]
    drawn = [_in_colour(image, style.background) for image in artwork.corners(radius)]
    return [Overlay.of_image(image, x, y) for image, (x, y) in zip(drawn, places, strict=True)]


def _in_colour(image: Image.Image, colour: Colour) -> Image.Image:
    coloured = Image.new("RGBA", image.size, (*colour, 0))
    coloured.putalpha(image.getchannel("A"))
    return coloured


def _label(name: str, width: int, height: int) -> list[Overlay]:
    image = artwork.label(name, width, height) if name else None
    inset = artwork.LABEL_INSET
    if image is None or image.width + 2 * inset > width or image.height + 2 * inset > height:
        return []
    return [Overlay.of_image(image, inset, height - inset - image.height)]
