"""Opening other people's video and sound files, so that they can do no more harm than not to play.

A file is read by FFmpeg, which guesses what it is by its beginning, not by its name. So the formats that only name
other files or hosts (playlists, `concat`, SDP, DASH) are not among those it may guess, nothing but local files may be
opened, and what is decoded is bounded in kind and size before a byte of it is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mp3,ogg,wav,flac,aac"
PICTURE_CODECS = frozenset({"h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "theora", "prores", "mjpeg", "png"})
SOUND_CODECS = frozenset({"aac", "mp3", "opus", "vorbis", "flac", "alac", "pcm_s16le", "pcm_s24le", "pcm_f32le"})
MOST_STREAMS = 16
MOST_PIXELS = 4096 * 2304
"""Of a picture; a decoder refuses a larger one before it has memory for it."""
LONGEST_S = 24 * 3600.0
SAMPLE_RATES = range(8_000, 192_001)
MOST_CHANNELS = 8

_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": FORMATS,
    "enable_drefs": "0",  # QuickTime's references to other files
    "probesize": str(5 * 1024 * 1024),
    "analyzeduration": "5000000",
}
_DECODER_THREADS = 2


class MediaError(Exception):
    """Why a file is not played; the text is for whoever asked for it."""


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """The file, for reading.

    Raises:
        MediaError: it is of no format that we play, or has more streams than a video needs.
    """
    try:
        container = av.open(f"file:{path}", options=_OPTIONS, metadata_errors="replace")
    except (av.FFmpegError, OSError, ValueError) as cause:
        raise MediaError("it is no video or sound file of a kind that is played here") from cause
    with container:
        if len(container.streams) > MOST_STREAMS:
            raise MediaError(f"it has {len(container.streams)} streams; at most {MOST_STREAMS} are read")
        yield container


def start_s(container: InputContainer) -> float:
    """The time that the file gives its beginning."""
    return (container.start_time or 0) / av.time_base


def duration_s(container: InputContainer) -> float | None:
    """How long the file says that it is.

    Raises:
        MediaError: it says what can't be.
    """
    if container.duration is None:
        return None
    seconds = container.duration / av.time_base
    if not 0 <= seconds <= LONGEST_S:
        raise MediaError(f"it would last longer than {LONGEST_S / 3600:.0f} hours")
    return seconds


def picture_stream(container: InputContainer) -> VideoStream | None:
    """The moving pictures: the first that are no cover.

    Raises:
        MediaError: they are of a kind or size that is not decoded.
    """
    return next((_checked_pictures(one) for one in container.streams.video if not _is_cover(one)), None)


def cover_stream(container: InputContainer) -> VideoStream | None:
    """The picture that belongs to a sound file, if it is one that is decoded."""
    covers = (one for one in container.streams.video if _is_cover(one))
    return next((one for one in covers if _codec(one) in ("mjpeg", "png") and _fits(one)), None)


def _is_cover(stream: VideoStream) -> bool:
    return bool(stream.disposition & Disposition.attached_pic)


def sound_stream(container: InputContainer) -> AudioStream | None:
    """The first sound.

    Raises:
        MediaError: it is of a kind that is not decoded.
    """
    stream = next(iter(container.streams.audio), None)
    if stream is None:
        return None
    if _codec(stream) not in SOUND_CODECS:
        raise MediaError(f"its sound is {_codec(stream)}, which is not played here")
    if stream.codec_context.sample_rate not in SAMPLE_RATES or stream.codec_context.channels > MOST_CHANNELS:
        raise MediaError("its sound has a sample rate or a number of channels that is not played here")
    return stream


def _checked_pictures(stream: VideoStream) -> VideoStream:
    if _codec(stream) not in PICTURE_CODECS:
        raise MediaError(f"its pictures are {_codec(stream)}, which is not played here")
    if not _fits(stream):
        raise MediaError(f"its pictures are larger than {MOST_PIXELS / 1e6:.1f} megapixels")
    _bound(stream)
    return stream


def _codec(stream: VideoStream | AudioStream) -> str:
    codec = stream.codec_context.codec if stream.codec_context is not None else None
    return "of no known kind" if codec is None else codec.canonical_name


def _fits(stream: VideoStream) -> bool:
    return stream.codec_context.width * stream.codec_context.height <= MOST_PIXELS


def _bound(stream: VideoStream) -> None:
    """Before the decoder is opened: what the file says of itself later on is not believed either."""
    stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    stream.codec_context.thread_count = _DECODER_THREADS
    stream.codec_context.thread_type = "AUTO"
