"""Video and sound files, made as the tests need them."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.reformatter import Colorspace
from av.video.stream import VideoStream

from tests.composer.media import tone

OPAQUE = 255
Colour = tuple[int, int, int]
Scene = tuple[float, Colour]
"""For how many seconds which colour is seen."""


def film(
    path: Path,
    scenes: Sequence[Scene] = (),
    *,
    size: tuple[int, int] = (320, 180),
    rate: int = 30,
    sounds: Sequence[tuple[float, float]] = (),
    sound_rate: int = 44_100,
    layout: str = "mono",
    codec: str = "libx264",
    sound_codec: str = "aac",
    pixels: str = "yuv420p",
    alpha: int = OPAQUE,
) -> Path:
    """A file of colours, and of tones: for how many seconds which frequency; 0 is silence."""
    with av.open(str(path), "w") as container:
        pictures = container.add_stream(codec, rate=rate) if scenes else None
        sound = container.add_stream(sound_codec, rate=sound_rate) if sounds else None
        if isinstance(pictures, VideoStream):
            pictures.width, pictures.height = size
            pictures.pix_fmt = pixels
        if isinstance(sound, AudioStream):
            sound.layout = layout
        if isinstance(pictures, VideoStream):
            _paint(container, pictures, scenes, size, rate, alpha)
        if isinstance(sound, AudioStream):
            _sing(container, sound, sounds, sound_rate, layout)
    return path


def _paint(
    container: av.container.OutputContainer,
    stream: VideoStream,
    scenes: Sequence[Scene],
    size: tuple[int, int],
    rate: int,
    alpha: int,
) -> None:
    colours = [colour for seconds, colour in scenes for _ in range(round(seconds * rate))]
    for number, colour in enumerate(colours):
        picture = np.empty((size[1], size[0], 4), np.uint8)
        picture[:] = (*colour, alpha)
        frame = av.VideoFrame.from_ndarray(picture, format="rgba")
        if alpha == OPAQUE:  # in the colours that are meant where a file does not say it
            colours_of = Colorspace.ITU709 if size[1] >= 720 else Colorspace.ITU601
            frame = frame.reformat(format="yuv420p", dst_colorspace=colours_of)
        frame.pts, frame.time_base = number, Fraction(1, rate)
        container.mux(stream.encode(frame))
    container.mux(stream.encode())


def _sing(
    container: av.container.OutputContainer,
    stream: AudioStream,
    sounds: Sequence[tuple[float, float]],
    rate: int,
    layout: str,
) -> None:
    pieces = []
    for seconds, hz in sounds:
        count = round(seconds * rate)
        pieces.append(tone(hz * 48_000 / rate, count, level=0.4) if hz else np.zeros(count, np.float32))
    whole = np.concatenate(pieces)
    channels = 1 if layout == "mono" else 2
    for at in range(0, len(whole), 1024):
        piece = np.repeat(whole[np.newaxis, at : at + 1024], channels, axis=0)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(piece), format="fltp", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = rate, at, Fraction(1, rate)
        container.mux(stream.encode(frame))
    container.mux(stream.encode())
