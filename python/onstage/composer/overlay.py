"""A drawing with transparency, made ready to be blended onto I420 planes again and again at little cost."""

from dataclasses import dataclass
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

    def blend(self, planes: tuple[Plane, Plane, Plane]) -> None:
        """Blend onto the planes of a picture that is large enough."""
        x, y, right, bottom = self.x, self.y, self.x + self.width, self.y + self.height
        self.layers[0].blend(planes[0][y:bottom, x:right])
        for layer, plane in zip(self.layers[1:], planes[1:], strict=True):
            layer.blend(plane[y // 2 : bottom // 2, x // 2 : right // 2])


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
