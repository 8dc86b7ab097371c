"""Tiny real media: H.264 and AAC in the composer's own packaging, made once for all tests."""

from dataclasses import dataclass
from functools import cache

import av
import numpy as np

from onstage.composer.encoder import AudioEncoder, VideoEncoder
from onstage.composer.packager import Packager
from onstage.model.media import LatencyProfile, Part, Rendition, Rung
from tests.origin.script import capture_time

PROFILE = LatencyProfile("probe", frame_rate=15, part_frames=5, segment_frames=15)
"""Parts of a third of a second, segments of one, TARGETDURATION 1: a short show has many of each."""
WIDTH, HEIGHT = 64, 48
_SAMPLES_PER_FRAME = 48_000 // PROFILE.frame_rate


@dataclass(frozen=True)
class Reel:
    """A show ready to be published: its init segment, and its parts in order."""

    rendition: Rendition
    init: bytes
    parts: tuple[Part, ...]


@cache
def a_reel(seconds: int, name: str = "tiny") -> Reel:
    """`seconds` of a moving picture and a tone."""
    video = VideoEncoder(Rung(name, WIDTH, HEIGHT, 100_000), PROFILE)
    audio = AudioEncoder(bitrate_bps=64_000, start_sample=0)
    packager = Packager(name, video.config, audio.config)
    parts = []
    for number in range(seconds * PROFILE.frame_rate):
        ticks = number * 90_000 // PROFILE.frame_rate
        packager.add_audio(audio.encode(_tone(number)))
        is_idr = number % PROFILE.segment_frames == 0
        packager.add_video(video.encode(_picture(number), start_ticks=ticks, is_idr=is_idr))
        if packager.pictures == PROFILE.part_frames:
            first_ticks = ticks - (PROFILE.part_frames - 1) * 90_000 // PROFILE.frame_rate
            end = ticks + 90_000 // PROFILE.frame_rate
            date = capture_time(first_ticks)
            parts.append(packager.cut(end_ticks=end, program_date_time=date, composed_at_s=0.0))
    codecs = f"{video.config.codec},{audio.config.codec}"
    rendition = Rendition(name, WIDTH, HEIGHT, PROFILE.frame_rate, codecs, 400_000, 200_000, iframe_peak_bps=100_000)
    return Reel(rendition, packager.init, tuple(parts))


def _picture(number: int) -> av.VideoFrame:
    picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    picture[:HEIGHT, (number * 3) % WIDTH :] = 60
    return av.VideoFrame.from_ndarray(picture, format="yuv420p")


def _tone(number: int) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    at = np.arange(number * _SAMPLES_PER_FRAME, (number + 1) * _SAMPLES_PER_FRAME)
    return np.tile(np.sin(at * (2 * np.pi * 440 / 48_000)).astype(np.float32) * 0.2, (2, 1))
