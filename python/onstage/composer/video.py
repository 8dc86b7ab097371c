"""The painter: keeps one canvas, and paints on it only what has changed since the last picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from PIL import Image

from onstage.composer import artwork
from onstage.composer.layout import Fit, Rect, Tile
from onstage.composer.overlay import Overlay, planes_of_image
from onstage.composer.picture import BLACK, Picture, Plane, fitted_size, frame_planes
from onstage.composer.wire import Canvas


@dataclass(frozen=True, slots=True)
class View:
    """A tile and the name on it."""

    tile: Tile
    name: str


class Painter:
    """Owns the canvas. `frame` is what goes to the encoder, which is done with it before the next `paint`."""

    def __init__(self, canvas: Canvas, title: str) -> None:
        self.frame = av.VideoFrame(canvas.width, canvas.height, "yuv420p")
        self._planes = frame_planes(self.frame)
        self._slate = planes_of_image(artwork.slate(title, canvas.width, canvas.height))
        self._tiles: dict[View, TilePainter] = {}
        self._draw_slate()

    def lay_out(self, views: Sequence[View]) -> bool:
        """Clear the canvas for other tiles; with none it is the slate. False if nothing has changed."""
        if list(self._tiles) == list(views):
            return False
        if not views:
            self._tiles = {}
            self._draw_slate()
            return True
        self._fill_background()
        is_full = len(views) == 1
        self._tiles = {view: TilePainter(view, self._inner(view.tile.rect), is_square=is_full) for view in views}
        return True

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
        ground = planes_of_image(Image.new("RGB", (2, 2), artwork.BACKGROUND))
        for plane, drawn in zip(self._planes, ground, strict=True):
            plane[:] = drawn[0, 0]


class TilePainter:
    """Paints one tile: a camera's picture or an avatar, the name, and round corners."""

    def __init__(self, view: View, planes: tuple[Plane, Plane, Plane], *, is_square: bool) -> None:
        self._view = view
        self._planes = planes
        self._size = (view.tile.rect.width, view.tile.rect.height)
        self._scaler = VideoReformatter()
        self._overlays = ([] if is_square else _corners(*self._size)) + _label(view.name, *self._size)
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
        key = self._view.tile.key
        drawn = planes_of_image(artwork.avatar(key.identity, self._view.name or key.identity, *self._size))
        self._blit(Picture(*drawn))
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


def _corners(width: int, height: int) -> list[Overlay]:
    radius = artwork.CORNER_RADIUS
    if min(width, height) < 4 * radius:
        return []
    right, bottom = width - radius, height - radius
    places = [(0, 0), (right, 0), (right, bottom), (0, bottom)]
    return [Overlay.of_image(image, x, y) for image, (x, y) in zip(artwork.corners(), places, strict=True)]


def _label(name: str, width: int, height: int) -> list[Overlay]:
    image = artwork.label(name, width, height)
    inset = artwork.LABEL_INSET
    if image is None or image.width + 2 * inset > width or image.height + 2 * inset > height:
        return []
    return [Overlay.of_image(image, inset, height - inset - image.height)]
