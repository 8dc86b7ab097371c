"""Paints one tile: a camera's picture or an avatar, what lies on it, and round corners."""

from collections.abc import Sequence
from dataclasses import dataclass

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from onstage.composer import artwork
from onstage.composer.dress import Dress, Worn, corners_of
from onstage.composer.ground import Planes, mixed
from onstage.composer.images import KeptImage
from onstage.composer.motion import OPAQUE
from onstage.composer.overlay import Overlay, planes_of_image
from onstage.composer.picture import BLACK, Picture, fitted_size, frame_planes
from onstage.composer.style import Style
from onstage.composer.tiles import Tile
from onstage.model.layout import Fit


@dataclass(frozen=True, slots=True)
class View:
    """A tile, and who is on it."""

    tile: Tile
    name: str
    portrait: KeptImage | None = None


class TilePainter:
    """What a tile shows, whether it was painted since that changed, and how to paint it."""

    def __init__(self, view: View, style: Style) -> None:
        self.view = view
        self.shows_avatar = False
        self.is_stale = True
        self._style = style
        self._size = (view.tile.rect.width, view.tile.rect.height)
        self._dress = Dress(view.name, self._size, style)
        self._worn = Worn()
        self._scaler = VideoReformatter()
        self._content: Picture | None = None
        self._avatar: Picture | None = None  # drawn once

    @property
    def is_blank(self) -> bool:
        """Whether it has had nothing to show yet."""
        return self._content is None and not self.shows_avatar

    def go_on_from(self, other: "TilePainter") -> None:
        """Show what another tile shows of the same person."""
        self._content, self.shows_avatar, self._worn = other._content, other.shows_avatar, other._worn

    def show(self, picture: Picture) -> None:
        """Show a camera's or a screen's picture, of any size."""
        self._content, self.shows_avatar, self.is_stale = picture, False, True

    def show_avatar(self) -> None:
        """Show a portrait or initials in place of a picture."""
        self.is_stale = self.is_stale or not self.shows_avatar
        self._content, self.shows_avatar = None, True

    def wear(self, worn: Worn) -> None:
        """Have these things on from now on."""
        self.is_stale = self.is_stale or worn != self._worn
        self._worn = worn

    def paint(self, planes: Planes, corners: Sequence[Overlay]) -> None:
        """Paint it where it belongs, then its corners, which were taken beforehand."""
        self._paint(planes, self._style.corner_radius if corners else 0)
        for corner in corners:
            corner.blend(planes)
        self.is_stale = False

    def paint_moving(self, planes: Planes, opacity: int) -> None:
        """Paint it on its way, at whatever size, upon what is there."""
        if opacity == OPAQUE:
            self._paint_with_corners(planes)
            return
        y, u, v = (plane.copy() for plane in planes)
        self._paint_with_corners((y, u, v))
        for plane, over in zip(planes, (y, u, v), strict=True):
            plane[:] = mixed(plane, over, opacity)

    def _paint_with_corners(self, planes: Planes) -> None:
        corners = corners_of(planes, self._style.corner_radius)
        self._paint(planes, self._style.corner_radius)
        for corner in corners:
            corner.blend(planes)

    def _paint(self, planes: Planes, radius: int) -> None:
        picture = self._drawn_avatar() if self._content is None else self._content
        height, width = planes[0].shape
        fit = self.view.tile.fit if self._content is not None else Fit.COVER
        scaled = self._scaled(picture, fitted_size(picture.width, picture.height, (width, height), fit))
        if fit is Fit.CONTAIN:
            _blit_between_bars(planes, scaled)
        else:
            for plane, source in zip(planes, scaled.cropped(width, height).planes, strict=True):
                plane[:] = source
        self._dress.put_on(planes, self._worn, radius)

    def _drawn_avatar(self) -> Picture:
        if self._avatar is None:
            key, size = self.view.tile.key, artwork.avatar_size(*self._size)
            portrait = None if self.view.portrait is None else self.view.portrait.covering(size, size)
            ink = self._style.palette.ink
            drawn = artwork.avatar(
                key.identity, self.view.name or key.identity, *self._size, portrait=portrait, ink=ink
            )
            self._avatar = Picture(*planes_of_image(drawn))
        return self._avatar

    def _scaled(self, picture: Picture, size: tuple[int, int]) -> Picture:
        if (picture.width, picture.height) == size:
            return picture
        how = "AREA" if picture.width > size[0] else "BILINEAR"
        frame = self._scaler.reformat(_as_frame(picture), *size, interpolation=how, threads=1)
        return Picture.of_frame(frame)


def _blit_between_bars(planes: Planes, picture: Picture) -> None:
    height, width = planes[0].shape
    x, y = (width - picture.width) // 4 * 2, (height - picture.height) // 4 * 2
    for plane, source, black, scale in zip(planes, picture.planes, BLACK, (1, 2, 2), strict=True):
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
