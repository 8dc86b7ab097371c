"""Pre-encoded cameras: short films that publishers send again and again, so that publishing costs next to nothing.

Every picture carries its number as a clock code, by which a tile's different pictures are counted afterwards.
"""

import hashlib
import os
import pickle
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from onstage.cli.demo import clock_code

FRAME_RATE = 30
FRAMES = 120
KEYFRAME_EVERY = 60
_GRAIN = 5
_CACHE = Path(__file__).parent / "results" / "reels"
_ENCODERS = {
    "h264": (
        "libx264",
        {"preset": "veryfast", "tune": "zerolatency", "profile": "baseline", "x264-params": "scenecut=0"},
    ),
    "vp8": ("libvpx", {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0", "auto-alt-ref": "0"}),
}


@dataclass(frozen=True, slots=True)
class Camera:
    """What a person's camera sends."""

    codec: str  # "h264" or "vp8"
    width: int
    height: int
    bitrate_bps: int
    colour: tuple[int, int]  # U and V


CAMERAS = (
    Camera("h264", 1280, 720, 1_500_000, (110, 160)),
    Camera("h264", 640, 360, 600_000, (100, 110)),
    Camera("vp8", 640, 360, 600_000, (160, 110)),
    Camera("vp8", 1280, 720, 1_500_000, (90, 140)),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One coded picture of a reel."""

    data: bytes
    is_key: bool


def reel(camera: Camera) -> list[Frame]:
    """The reel of a camera; shot once for each version of what draws it, because that takes seconds."""
    source = Path(__file__).read_bytes() + Path(clock_code.__file__).read_bytes() + repr(camera).encode()
    path = _CACHE / f"{hashlib.sha256(source).hexdigest()[:16]}.reel"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(pickle.dumps(shoot(camera)))
        unfinished.rename(path)
    frames: list[Frame] = pickle.loads(path.read_bytes())
    return frames


def shoot(camera: Camera) -> list[Frame]:
    """The reel of a camera: a keyframe every two seconds, pictures numbered from 0."""
    name, options = _ENCODERS[camera.codec]
    codec = av.CodecContext.create(name, "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt = camera.width, camera.height, "yuv420p"
    codec.time_base, codec.framerate = Fraction(1, FRAME_RATE), Fraction(FRAME_RATE)
    codec.bit_rate, codec.gop_size, codec.thread_count = camera.bitrate_bps, KEYFRAME_EVERY, 2
    codec.options = dict(options)
    frames: list[Frame] = []
    for number in range(FRAMES):
        frame = av.VideoFrame.from_ndarray(picture(camera, number), format="yuv420p")
        frame.pts, frame.time_base = number, codec.time_base
        frame.pict_type = av.video.frame.PictureType.I if number % KEYFRAME_EVERY == 0 else 0
        frames += [Frame(bytes(packet), packet.is_keyframe) for packet in codec.encode(frame)]
    frames += [Frame(bytes(packet), packet.is_keyframe) for packet in codec.encode(None)]
    assert len(frames) == FRAMES, "a reel has as many coded pictures as pictures"
    return frames


def picture(camera: Camera, number: int) -> NDArray[np.uint8]:
    """Picture `number` as packed I420: a shaded room, a head that moves, grain, and the number as a clock code."""
    width, height = camera.width, camera.height
    packed: NDArray[np.uint8] = np.empty((height * 3 // 2, width), np.uint8)
    luma = np.roll(_room(width, height), (number * 37 % height, number * 101 % width), axis=(0, 1))
    head = _head(width, height)
    turn = 2 * np.pi * number / FRAMES
    top, left = int(height * (0.4 + 0.02 * np.cos(3 * turn))), int(width * (0.37 + 0.06 * np.sin(turn)))
    luma[top : top + head.shape[0], left : left + head.shape[1]] += head
    packed[:height] = luma
    clock_code.draw(packed[:height], (number + 0.5) / 1000)
    chroma = packed[height:].reshape(2, -1)
    chroma[0], chroma[1] = camera.colour[0], camera.colour[1]
    return packed


@lru_cache
def _room(width: int, height: int) -> NDArray[np.uint8]:
    """A dim wall with grain, which moves with every picture as a sensor's does."""
    grain = np.random.default_rng(1).integers(-_GRAIN, _GRAIN + 1, (height // 2, width // 2))
    return (100 + grain).repeat(2, 0).repeat(2, 1).astype(np.uint8)


@lru_cache
def _head(width: int, height: int) -> NDArray[np.uint8]:
    """What a head adds to the wall's brightness."""
    y, x = np.mgrid[-1 : 1 : height // 2 * 1j, -1 : 1 : width // 4 * 1j]
    return np.asarray(80 * np.clip(1 - x**2 - y**2, 0, 1), np.uint8)
