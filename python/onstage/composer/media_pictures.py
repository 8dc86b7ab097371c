"""The pictures of a file, one after the other, in the form in which the composer paints them."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from onstage.composer.media_file import (
    LONGEST_S,
    MOST_PIXELS,
    MediaError,
    opened,
    picture_stream,
    start_s,
)
from onstage.composer.picture import SMALLEST, Picture

MOST_BROKEN = 100
"""Packets in a row that can't be decoded, until it is given up."""
_BT709, _UNSAID, _FULL_RANGE = 1, 2, 2  # ITU-T H.273, as FFmpeg numbers them
_HD_HEIGHT = 720  # from here on pictures that don't say so are BT.709
_SLOWEST, _FASTEST = 1.0, 240.0  # pictures a second that are believed
_UNSAID_PER_S = 30.0
_NEARLY_AS_MANY = 0.7
_WIDEST_PIXEL = 4.0


@dataclass(frozen=True, slots=True)
class TimedPicture:
    """A picture, and from when to when it is seen, in seconds of the file."""

    start_s: float
    end_s: float
    picture: Picture


class PictureReader:
    """Reads pictures, scaled down to what fits `most`: there is no use for more, and it would take memory."""

    def __init__(self, path: Path, most: tuple[int, int], *, most_per_s: float) -> None:
        """Open the file.

        Raises:
            MediaError: it is not to be played.
        """
        self._most = most
        self._most_per_s = most_per_s
        self._scaler = VideoReformatter()
        with ExitStack() as open_now:
            self._container = open_now.enter_context(opened(path))
            self._stream = picture_stream(self._container)
            self._start_s = start_s(self._container)
            self._open = open_now.pop_all()
        self._frame_s = 0.0 if self._stream is None else _frame_s(self._stream.average_rate)
        self._pixel = 1.0 if self._stream is None else _pixel(self._stream.sample_aspect_ratio)
        self._frames: Iterator[av.VideoFrame] = self._decoded()
        self._from_s = 0.0
        self._last_s = 0.0
        self._tick: int | None = None

    @property
    def has_pictures(self) -> bool:
        """Whether there are any in the file."""
        return self._stream is not None

    def close(self) -> None:
        """Close the file."""
        self._open.close()

    def seek(self, at_s: float) -> None:
        """Go on with the picture that is seen at that second."""
        self._container.seek(round((self._start_s + at_s) * av.time_base))
        self._frames = self._decoded()
        self._from_s = at_s
        self._tick = None
        self._last_s = at_s - self._frame_s

    def next(self) -> TimedPicture | None:
        """The next picture; None behind the last.

        Raises:
            MediaError: it can't be decoded.
        """
        for frame in self._frames:
            at_s = self._time_of(frame)
            self._last_s = at_s
            if at_s + self._frame_s > self._from_s and not self._is_one_too_many(at_s):
                return TimedPicture(
                    at_s, at_s + self._frame_s, as_picture(frame, self._most, self._scaler, self._pixel)
                )
        return None

    def _time_of(self, frame: av.VideoFrame) -> float:
        at_s = self._last_s + self._frame_s if frame.time is None else float(frame.time) - self._start_s
        if at_s > LONGEST_S:
            raise MediaError("it has a picture at a time that can't be")
        return at_s

    def _is_one_too_many(self, at_s: float) -> bool:
        """Of a file with many more pictures a second than the show has, those that nobody would see."""
        if self._frame_s * self._most_per_s > _NEARLY_AS_MANY:
            return False
        before, self._tick = self._tick, round(at_s * self._most_per_s)
        return before == self._tick

    def _decoded(self) -> Iterator[av.VideoFrame]:
        broken = 0
        for packet in [] if self._stream is None else self._container.demux(self._stream):
            try:
                frames = packet.decode()
            except av.FFmpegError as cause:
                broken += 1
                if broken > MOST_BROKEN:
                    raise MediaError("its pictures can't be decoded") from cause
                continue
            broken = 0 if frames else broken
            yield from frames


def _frame_s(rate: Fraction | None) -> float:
    per_s = float(rate) if rate else _UNSAID_PER_S
    return 1 / min(max(per_s, _SLOWEST), _FASTEST)


def _pixel(ratio: Fraction | None) -> float:
    return min(max(float(ratio or 1), 1 / _WIDEST_PIXEL), _WIDEST_PIXEL)


def as_picture(frame: av.VideoFrame, most: tuple[int, int], scaler: VideoReformatter, pixel: float = 1.0) -> Picture:
    """The frame as I420 in BT.601, upright, with square pixels, what is transparent on black, and within `most`.

    Raises:
        MediaError: it is larger than anything that is played.
    """
    if frame.width * frame.height > MOST_PIXELS:
        raise MediaError("it has a picture that is too large")
    turns = round(-frame.rotation / 90) % 4
    width, height = _size(frame, most if turns % 2 == 0 else (most[1], most[0]), pixel)
    if any(component.is_alpha for component in frame.format.components):
        frame = _on_black(frame, width, height, scaler)
    is_ready = (frame.width, frame.height, frame.format.name) == (width, height, "yuv420p")
    if not is_ready or _colours(frame) is not Colorspace.ITU601 or _is_full_range(frame):
        frame = _converted(frame, width, height, scaler)
    return Picture.of_frame(frame).turned(turns)


def _size(frame: av.VideoFrame, most: tuple[int, int], pixel: float) -> tuple[int, int]:
    """Even, and scaled down to fit; never so small that it can't be scaled again."""
    wide = frame.width * pixel
    factor = min(1.0, most[0] / wide, most[1] / frame.height)
    width, height = round(wide * factor / 2) * 2, round(frame.height * factor / 2) * 2
    return max(width, SMALLEST), max(height, SMALLEST)


def _converted(frame: av.VideoFrame, width: int, height: int, scaler: VideoReformatter) -> av.VideoFrame:
    return scaler.reformat(
        frame,
        width,
        height,
        "yuv420p",
        src_colorspace=_colours(frame),
        dst_colorspace=Colorspace.ITU601,
        src_color_range=ColorRange.JPEG if _is_full_range(frame) else ColorRange.MPEG,
        dst_color_range=ColorRange.MPEG,
        interpolation="AREA" if width < frame.width else "BILINEAR",
        threads=1,
    )


def _colours(frame: av.VideoFrame) -> Colorspace:
    if frame.format.is_rgb:
        return Colorspace.ITU601
    if frame.colorspace == _UNSAID:
        return Colorspace.ITU709 if frame.height >= _HD_HEIGHT else Colorspace.ITU601
    return Colorspace.ITU709 if frame.colorspace == _BT709 else Colorspace.ITU601


def _is_full_range(frame: av.VideoFrame) -> bool:
    return not frame.format.is_rgb and frame.color_range == _FULL_RANGE


def _on_black(frame: av.VideoFrame, width: int, height: int, scaler: VideoReformatter) -> av.VideoFrame:
    rgba = scaler.reformat(frame, width, height, "rgba", threads=1).to_ndarray().astype(np.uint16)
    seen = (rgba[..., :3] * rgba[..., 3:] // 255).astype(np.uint8)
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(seen), format="rgb24")
