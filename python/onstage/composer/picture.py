"""Pictures in memory: I420, three planes of bytes, the form cameras are decoded to and x264 takes."""

from dataclasses import dataclass
from typing import Self

import av
import numpy as np
import numpy.typing as npt

from onstage.model.layout import Fit

Plane = npt.NDArray[np.uint8]

BLACK = (16, 128, 128)
SMALLEST = 16
"""Pixels of a side. No camera is smaller, and swscale refuses to enlarge a few pixels to a whole tile."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An I420 picture. The planes may be views of somebody's buffer; nobody writes to them."""

    y: Plane
    u: Plane
    v: Plane

    @classmethod
    def of_buffer(cls, data: bytes | bytearray | memoryview, width: int, height: int) -> Self:
        """The picture in a tightly packed I420 buffer, without a copy. Odd sizes lose their last row or column.

        Raises:
            ValueError: The buffer is smaller than such a picture, or the picture is smaller than we scale.
        """
        chroma_width, chroma_height = (width + 1) // 2, (height + 1) // 2
        flat = np.frombuffer(data, np.uint8)
        luma, chroma = width * height, chroma_width * chroma_height
        if min(width, height) < SMALLEST or flat.size < luma + 2 * chroma:
            raise ValueError(f"{flat.size} bytes are no I420 picture of {width} x {height}")
        y = flat[:luma].reshape(height, width)
        u = flat[luma : luma + chroma].reshape(chroma_height, chroma_width)
        v = flat[luma + chroma : luma + 2 * chroma].reshape(chroma_height, chroma_width)
        return cls(y[: height & ~1, : width & ~1], u[: height // 2, : width // 2], v[: height // 2, : width // 2])

    @classmethod
    def of_frame(cls, frame: av.VideoFrame) -> Self:
        """The picture in a yuv420p frame, without a copy; it lives as long as the frame's memory."""
        y, u, v = frame_planes(frame)
        return cls(y, u, v)

    @property
    def width(self) -> int:
        """Pixels of a row."""
        return int(self.y.shape[1])

    @property
    def height(self) -> int:
        """Rows."""
        return int(self.y.shape[0])

    @property
    def planes(self) -> tuple[Plane, Plane, Plane]:
        """Luma, then the two chroma planes of half the size."""
        return self.y, self.u, self.v

    def turned(self, quarter_turns: int) -> "Picture":
        """Turned clockwise by quarters, as a phone held upright asks for."""
        if quarter_turns % 4 == 0:
            return self
        y, u, v = (np.ascontiguousarray(np.rot90(plane, -quarter_turns)) for plane in self.planes)
        return Picture(y, u, v)

    def cropped(self, width: int, height: int) -> "Picture":
        """The middle of the picture, at most `width` x `height` (even), without a copy."""
        width, height = min(width, self.width), min(height, self.height)
        x, y = (self.width - width) // 4 * 2, (self.height - height) // 4 * 2
        half = np.s_[y // 2 : (y + height) // 2, x // 2 : (x + width) // 2]
        return Picture(self.y[y : y + height, x : x + width], self.u[half], self.v[half])


def frame_planes(frame: av.VideoFrame) -> tuple[Plane, Plane, Plane]:
    """Views of a yuv420p frame's planes, writable, without the padding of their rows."""
    y, u, v = (
        np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]  # type: ignore[call-overload]  # a plane is a buffer
        for plane in frame.planes
    )
    return y, u, v


def fitted_size(width: int, height: int, into: tuple[int, int], fit: Fit) -> tuple[int, int]:
    """The even size a `width` x `height` picture is scaled to, so that it covers, or is contained in, `into`."""
    factors = (into[0] / width, into[1] / height)
    factor = max(factors) if fit is Fit.COVER else min(factors)
    sized = (round(width * factor / 2) * 2, round(height * factor / 2) * 2)
    bounded = zip(sized, into, strict=True)
    if fit is Fit.COVER:
        scaled = tuple(max(size, limit) for size, limit in bounded)
    else:
        scaled = tuple(max(min(size, limit), 2) for size, limit in bounded)
    return scaled[0], scaled[1]
