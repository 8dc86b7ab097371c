"""Coded pictures and sound in, init segment and parts out: one `moof` and `mdat` each, ready with the last picture.

Written by hand because no muxer hands a fragment out before the next one begins, which costs a frame of latency.
In every part, sound ends where the pictures end; what the encoder gave beyond waits for the next part.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from onstage.composer.boxes import (
    AUDIO_TIMESCALE,
    AUDIO_TRACK,
    VIDEO_TRACK,
    AudioConfig,
    VideoConfig,
    box,
    full_box,
    init_segment,
)
from onstage.model.media import TICKS_PER_SECOND, Part

SYNC_SAMPLE = 0x02000000  # depends on no other (14496-12 §8.8.3.1)
NON_SYNC_SAMPLE = 0x01010000

_DEFAULT_BASE_IS_MOOF = 0x020000
_DEFAULT_DURATION = 0x08
_DEFAULT_FLAGS = 0x20
_DATA_OFFSET = 0x01
_FIRST_SAMPLE_FLAGS = 0x04
_SAMPLE_SIZES = 0x200


@dataclass(frozen=True, slots=True)
class Sample:
    """One coded picture or AAC frame. `start` and `duration` are in the track's own timescale."""

    data: bytes
    start: int
    duration: int
    is_sync: bool = True


class Packager:
    """Gathers the samples of the open part of one rendition and cuts it."""

    def __init__(self, rendition: str, video: VideoConfig | None, audio: AudioConfig | None) -> None:
        """A rendition of pictures, of sound, or of both."""
        self.init = init_segment(video, audio)
        self._rendition = rendition
        self._sequence = 0
        self._video: list[Sample] = []
        self._audio: list[Sample] = []

    @property
    def pictures(self) -> int:
        """Pictures in the open part."""
        return len(self._video)

    def add_video(self, picture: Sample) -> None:
        """Append a coded picture to the open part."""
        self._video.append(picture)

    def add_audio(self, frames: Sequence[Sample]) -> None:
        """Append AAC frames to the open part."""
        self._audio.extend(frames)

    def cut(self, *, end_ticks: int, program_date_time: datetime, composed_at_s: float) -> Part:
        """Close the open part, whose pictures (of this rendition or of those it goes with) end at `end_ticks`.

        There must be something in it. Sound may be missing beside pictures.
        """
        video, self._video = self._video, []
        end_sample = end_ticks * AUDIO_TIMESCALE // TICKS_PER_SECOND
        audio = [frame for frame in self._audio if frame.start < end_sample]
        self._audio = self._audio[len(audio) :]
        self._sequence += 1
        leading, timescale = (video, TICKS_PER_SECOND) if video else (audio, AUDIO_TIMESCALE)
        return Part(
            rendition=self._rendition,
            start_ticks=leading[0].start * TICKS_PER_SECOND // timescale,
            duration_ticks=sum(sample.duration for sample in leading) * TICKS_PER_SECOND // timescale,
            is_independent=leading[0].is_sync,
            program_date_time=program_date_time,
            composed_at_s=composed_at_s,
            data=fragment(self._sequence, video, audio),
        )


def fragment(sequence: int, video: Sequence[Sample], audio: Sequence[Sample]) -> bytes:
    """A `moof` and its `mdat`: first the pictures, then the sound."""
    tracks = [(track, samples) for track, samples in ((VIDEO_TRACK, video), (AUDIO_TRACK, audio)) if samples]
    media = [b"".join(sample.data for sample in samples) for _, samples in tracks]
    head = full_box(b"mfhd", 0, 0, struct.pack(">I", sequence))
    size = 8 + len(head) + sum(len(_traf(track, samples, 0)) for track, samples in tracks)
    offset = size + 8  # from the moof's first byte to the mdat's payload
    trafs: list[bytes] = []
    for (track, samples), data in zip(tracks, media, strict=True):
        trafs.append(_traf(track, samples, offset))
        offset += len(data)
    return box(b"moof", head, *trafs) + box(b"mdat", *media)


def _traf(track: int, samples: Sequence[Sample], data_offset: int) -> bytes:
    flags = NON_SYNC_SAMPLE if track == VIDEO_TRACK else SYNC_SAMPLE
    defaults = struct.pack(">III", track, samples[0].duration, flags)
    head = full_box(b"tfhd", 0, _DEFAULT_BASE_IS_MOOF | _DEFAULT_DURATION | _DEFAULT_FLAGS, defaults)
    decode_time = full_box(b"tfdt", 1, 0, struct.pack(">Q", samples[0].start))
    return box(b"traf", head, decode_time, _trun(samples, data_offset))


def _trun(samples: Sequence[Sample], data_offset: int) -> bytes:
    """Sizes only: every sample lasts as long as the next, and only the first picture can be a keyframe."""
    first = SYNC_SAMPLE if samples[0].is_sync else NON_SYNC_SAMPLE
    sizes = struct.pack(f">{len(samples)}I", *(len(sample.data) for sample in samples))
    head = struct.pack(">IiI", len(samples), data_offset, first)
    return full_box(b"trun", 0, _DATA_OFFSET | _FIRST_SAMPLE_FLAGS | _SAMPLE_SIZES, head, sizes)
