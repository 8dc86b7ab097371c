"""What lies on a tile's picture, of any size: the ring of who speaks, the name, the badge of the muted."""

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image

from onstage.composer import artwork
from onstage.composer.ground import Planes
from onstage.composer.lettering import Colour
from onstage.composer.overlay import Mask, Overlay, planes_of_image
from onstage.composer.style import Style

_INSET = artwork.LABEL_INSET


@dataclass(frozen=True, slots=True)
class Worn:
    """What of it is on now."""

    label: bool = True
    badge: bool = False
    ring: bool = False


class Dress:
    """Drawn for one tile, each piece when it is first worn."""

    def __init__(self, name: str, size: tuple[int, int], style: Style) -> None:
        self._name = name
        self._size = size
        self._style = style
        self._label: Overlay | None = None
        self._badge: Overlay | None = None
        self._is_label_drawn = False

    def put_on(self, planes: Planes, worn: Worn, radius: int) -> None:
        """Put it on a tile that has been painted, of any size, with such round corners."""
        height, width = planes[0].shape
        if worn.ring:
            _draw_ring(planes, radius, self._style)
        label = self._drawn_label() if worn.label else None
        if label is not None and label.width + 2 * _INSET <= width and label.height + 2 * _INSET <= height:
            label.at(_INSET, height - _INSET - label.height).blend(planes)
        badge = self._drawn_badge() if worn.badge else None
        if badge is not None and badge.width + 2 * _INSET <= width and badge.height + 2 * _INSET <= height:
            badge.at(width - _INSET - badge.width, _INSET).blend(planes)

    def _drawn_label(self) -> Overlay | None:
        if not self._is_label_drawn:
            self._is_label_drawn = True
            palette = self._style.palette
            image = artwork.label(self._name, *self._size, ink=palette.ink, ground=palette.label)
            self._label = None if image is None else Overlay.of_image(image, 0, 0)
        return self._label

    def _drawn_badge(self) -> Overlay:
        if self._badge is None:
            self._badge = _badge(self._size[1], self._style.palette.ink, self._style.palette.label)
        return self._badge


def corners_of(planes: Planes, radius: int) -> list[Overlay]:
    """What rounds a tile that is about to be painted on these planes: their corners as they are before."""
    height, width = planes[0].shape
    if not is_rounded(width, height, radius):
        return []
    masks = _corner_masks(radius)
    return [
        Overlay.of_ground(planes, mask, *at) for mask, at in zip(masks, _places(width, height, radius), strict=True)
    ]


def is_rounded(width: int, height: int, radius: int) -> bool:
    """Whether a tile is large enough for such corners."""
    return radius > 0 and min(width, height) >= 4 * radius


def _draw_ring(planes: Planes, radius: int, style: Style) -> None:
    colour, thick = _yuv(style.palette.speaking), style.ring
    for plane, value, scale in zip(planes, colour, (1, 2, 2), strict=True):
        edge = max(thick // scale, 1)
        plane[:edge], plane[-edge:], plane[:, :edge], plane[:, -edge:] = value, value, value, value
    height, width = planes[0].shape
    if radius > thick and is_rounded(width, height, radius):
        arcs = _ring_corners(radius, thick, style.palette.speaking)
        for arc, (x, y) in zip(arcs, _places(width, height, radius), strict=True):
            arc.at(x, y).blend(planes)


def _places(width: int, height: int, radius: int) -> list[tuple[int, int]]:
    right, bottom = width - radius, height - radius
    return [(0, 0), (right, 0), (right, bottom), (0, bottom)]


@lru_cache(maxsize=8)
def _corner_masks(radius: int) -> list[Mask]:
    return [Mask.of_image(image) for image in artwork.corner_masks(radius)]


@lru_cache(maxsize=8)
def _ring_corners(radius: int, width: int, colour: Colour) -> list[Overlay]:
    return [Overlay.of_image(image, 0, 0) for image in artwork.ring_corners(radius, width, colour)]


@lru_cache(maxsize=8)
def _badge(tile_height: int, ink: Colour, ground: Colour) -> Overlay:
    return Overlay.of_image(artwork.muted_badge(tile_height, ink=ink, ground=ground), 0, 0)


@lru_cache(maxsize=8)
def _yuv(colour: Colour) -> tuple[int, int, int]:
    y, u, v = (int(plane[0, 0]) for plane in planes_of_image(Image.new("RGB", (2, 2), colour)))
    return y, u, v
