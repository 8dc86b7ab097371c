"""A drawing with transparency, made ready to be blended onto I420 planes again and again at little cost."""

from dataclasses import dataclass, replace
from typing import Self

import av
import numpy as np
import numpy.typing as npt
from PIL import Image

from onstage.composer.picture import Plane, frame_planes

_Fixed = npt.NDArray[np.uint16]
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Layer:
    """For one plane: out = (under * keep + add) >> 8."""

    keep: _Fixed
    add: _Fixed

    def blend(self, plane: Plane) -> None:
        mixed = np.multiply(plane, self.keep, dtype=np.uint16)
        mixed += self.add
        mixed >>= 8
        plane[:] = mixed

    def faded(self, opacity: int) -> "_Layer":
        opaque = (256 - self.keep) * np.uint32(opacity) >> 8
        add = self.add * np.uint32(opacity) >> 8
        return _Layer((256 - opaque).astype(np.uint16), add.astype(np.uint16))


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    """How opaque each pixel is, of 256, for each plane; and what is left."""

    opaque: tuple[_Fixed, _Fixed, _Fixed]
    keep: tuple[_Fixed, _Fixed, _Fixed]

    @classmethod
    def of_image(cls, image: Image.Image) -> Self:
        """From a grey drawing of even size, white where it is opaque."""
        alpha = np.asarray(image, np.float64) / 255
        luma, chroma = (np.round(one * 256).astype(np.uint16) for one in (alpha, _halved(alpha)))
        return cls((luma, chroma, chroma), (256 - luma, 256 - chroma, 256 - chroma))


@dataclass(frozen=True, slots=True)
class Overlay:
    """A drawing at an even place of the picture it is blended onto."""

    x: int
    y: int
    width: int
    height: int
    layers: tuple[_Layer, _Layer, _Layer]

    @classmethod
    def of_image(cls, image: Image.Image, x: int, y: int) -> Self:
        """From an RGBA drawing of even size."""
        rgba = np.asarray(image.convert("RGBA"), np.float64)
        colours = yuv_of_rgb(rgba[..., :3])
        alpha = rgba[..., 3] / 255
        layers = [_layer(colours[..., 0], alpha), _layer(_halved(colours[..., 1]), _halved(alpha))]
        layers.append(_layer(_halved(colours[..., 2]), _halved(alpha)))
        return cls(x, y, image.width, image.height, (layers[0], layers[1], layers[2]))

    @classmethod
    def of_ground(cls, planes: tuple[Plane, Plane, Plane], mask: "Mask", x: int, y: int) -> Self:
        """What brings back a picture as it is now, where a mask is opaque."""
        height, width = mask.opaque[0].shape
        half = np.s_[y // 2 : (y + height) // 2, x // 2 : (x + width) // 2]
        under = (planes[0][y : y + height, x : x + width], planes[1][half], planes[2][half])
        luma, u, v = (
            _Layer(keep, np.multiply(plane, opaque, dtype=np.uint16))
            for keep, opaque, plane in zip(mask.keep, mask.opaque, under, strict=True)
        )
        return cls(x, y, width, height, (luma, u, v))

    def at(self, x: int, y: int) -> "Overlay":
        """The same elsewhere; both even."""
        return replace(self, x=x, y=y)

    def faded(self, opacity: int) -> "Overlay":
        """The same, seen through: an opacity of 256 changes nothing."""
        y, u, v = (layer.faded(opacity) for layer in self.layers)
        return replace(self, layers=(y, u, v))

    def region(self, planes: tuple[Plane, Plane, Plane]) -> tuple[Plane, Plane, Plane]:
        """What of a picture it is blended onto."""
        y, u, v = planes
        half = np.s_[self.y // 2 : (self.y + self.height) // 2, self.x // 2 : (self.x + self.width) // 2]
        return y[self.y : self.y + self.height, self.x : self.x + self.width], u[half], v[half]

    def blend(self, planes: tuple[Plane, Plane, Plane]) -> None:
        """Blend onto the planes of a picture that is large enough."""
        for layer, plane in zip(self.layers, self.region(planes), strict=True):
            layer.blend(plane)


def yuv_of_rgb(rgb: _Floats) -> _Floats:
    """BT.601, limited range: the form of WebRTC's pictures, which ours are signalled as too."""
    matrix = np.array([[65.481, 128.553, 24.966], [-37.797, -74.203, 112.0], [112.0, -93.786, -18.214]], np.float64)
    return rgb / 255 @ matrix.T + np.array([16, 128, 128], np.float64)


def planes_of_image(image: Image.Image) -> tuple[Plane, Plane, Plane]:
    """An RGB drawing of even size as I420."""
    frame = av.VideoFrame.from_ndarray(np.asarray(image.convert("RGB")), format="rgb24")
    return frame_planes(frame.reformat(format="yuv420p", dst_colorspace="ITU601", dst_color_range="MPEG"))


def _layer(colour: _Floats, alpha: _Floats) -> _Layer:
    opaque = np.round(alpha * 256).astype(np.uint16)
    return _Layer(256 - opaque, np.round(colour * opaque).astype(np.uint16))


def _halved(plane: _Floats) -> _Floats:
    height, width = plane.shape
    squares: _Floats = plane.reshape(height // 2, 2, width // 2, 2)
    halved: _Floats = squares.mean(axis=(1, 3))
    return halved
