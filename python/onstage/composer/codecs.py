"""Opens the encoders: which there are, and what each is told so that a picture comes out as soon as it goes in."""

from enum import StrEnum
from fractions import Fraction
from functools import cache
from typing import Final

import av
from av.audio.codeccontext import AudioCodecContext
from av.codec.context import Flags
from av.video.codeccontext import VideoCodecContext

from onstage.model.media import SAMPLE_RATE, TICKS_PER_SECOND, LatencyProfile, Rung, VideoEncoderName

VBV_S: Final = 0.5
"""The decoder's buffer: how far, in seconds of the bit rate, pictures may run ahead of it."""


class Effort(StrEnum):
    """x264's presets that we use. Their parameter sets are the same, so that one may follow another in a stream."""

    VERYFAST = "veryfast"
    SUPERFAST = "superfast"


class EncoderError(Exception):
    """The encoder can't be opened on this machine."""


def open_video(
    rung: Rung,
    profile: LatencyProfile,
    *,
    name: VideoEncoderName = VideoEncoderName.X264,
    effort: Effort = Effort.VERYFAST,
    threads: int = 1,
) -> VideoCodecContext:
    """An encoder for pictures of the rung's size; `effort` and `threads` are of x264 alone.

    Raises:
        EncoderError: PyAV does not have it, or this machine does not have what it needs.
    """
    try:
        return _opened_video(rung, profile, name, effort, threads)
    except (av.FFmpegError, ValueError) as error:  # ValueError: this PyAV was built without it
        raise EncoderError(f"{name.value} can't be opened: {error}") from error


def _opened_video(
    rung: Rung, profile: LatencyProfile, name: VideoEncoderName, effort: Effort, threads: int
) -> VideoCodecContext:
    codec = av.CodecContext.create(name.value, "w")
    assert isinstance(codec, VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt = rung.width, rung.height, "yuv420p"
    codec.time_base = Fraction(1, TICKS_PER_SECOND)
    codec.framerate = Fraction(profile.frame_rate)
    codec.bit_rate = rung.video_bps
    codec.thread_count = threads
    codec.flags |= Flags.global_header
    if name is VideoEncoderName.X264:
        codec.options = _x264(rung, profile, effort)
    else:
        codec.options = _hardware(rung, profile) | _OWN[name]
    codec.open()
    return codec


def _x264(rung: Rung, profile: LatencyProfile, effort: Effort) -> dict[str, str]:
    """Main, zerolatency: a picture in, its access unit out at once."""
    kbps = rung.video_bps // 1000
    params = {
        "keyint": profile.idr_frames,
        "min-keyint": profile.idr_frames,
        "scenecut": 0,
        "vbv-maxrate": kbps,
        "vbv-bufsize": round(kbps * VBV_S),
        "colorprim": "smpte170m",
        "transfer": "smpte170m",
        "colormatrix": "smpte170m",
    }
    return {
        "preset": effort.value,
        "tune": "zerolatency",
        "profile": "main",
        "forced-idr": "1",
        "x264-params": ":".join(f"{name}={value}" for name, value in params.items()),
    }


def _hardware(rung: Rung, profile: LatencyProfile) -> dict[str, str]:
    return {
        "profile": "main",
        "g": str(profile.idr_frames),
        "bf": "0",
        "forced_idr": "1",
        "maxrate": str(rung.video_bps),
        "bufsize": str(round(rung.video_bps * VBV_S)),
        "color_primaries": "smpte170m",
        "color_trc": "smpte170m",
        "colorspace": "smpte170m",
    }


_OWN: Final = {
    VideoEncoderName.NVENC: {"preset": "p4", "tune": "ull", "rc": "cbr", "delay": "0", "forced-idr": "1"},
    VideoEncoderName.QSV: {"preset": "veryfast", "async_depth": "1", "low_power": "0"},
}

_TRIAL_RUNG = Rung("trial", 640, 360, 800_000)
_TRIAL_PROFILE = LatencyProfile("trial", frame_rate=30, part_frames=16, segment_frames=64)


@cache
def offers(name: VideoEncoderName) -> bool:
    """Whether this machine has that encoder, and it gives each picture at once; found out by trying.

    Takes a moment the first time, and loads PyAV: not for an event loop.
    """
    if name is VideoEncoderName.X264:
        return True
    try:
        codec = open_video(_TRIAL_RUNG, _TRIAL_PROFILE, name=name)
        for tick in range(2):
            picture = av.VideoFrame(_TRIAL_RUNG.width, _TRIAL_RUNG.height, "yuv420p")
            picture.pts, picture.time_base = tick * 3000, Fraction(1, TICKS_PER_SECOND)
            if len(codec.encode(picture)) != 1:
                return False
    except (av.FFmpegError, EncoderError):
        return False
    return True


def open_audio(bitrate_bps: int) -> AudioCodecContext:
    """An encoder for AAC-LC, stereo, at our sample rate."""
    codec = av.CodecContext.create("aac", "w")
    assert isinstance(codec, AudioCodecContext)
    codec.sample_rate = SAMPLE_RATE
    codec.layout = "stereo"
    codec.format = "fltp"
    codec.bit_rate = bitrate_bps
    codec.time_base = Fraction(1, SAMPLE_RATE)
    codec.open()
    return codec
