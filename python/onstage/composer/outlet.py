"""From the composed picture and sound to media: all renditions, encoded together and cut at the same moments."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import av
import numpy as np
import numpy.typing as npt

from onstage.composer import wire
from onstage.composer.boxes import AudioConfig, VideoConfig
from onstage.composer.codecs import Effort
from onstage.composer.encoder import AudioEncoder
from onstage.composer.machine import cores_here, means_for
from onstage.composer.packager import Sample
from onstage.composer.renditions import picture_output, sound_output
from onstage.composer.rungs import Rungs
from onstage.model.media import PROFILES, SAMPLE_RATE, TICKS_PER_SECOND, Init, Part, SegmentEnd, VideoEncoderName

INPUT_DELAY_S = 0.165
"""From a camera to our tick, as stated in PROGRAM-DATE-TIME until capture times can be had (design §10.16)."""


class Tap(Protocol):
    """Who else takes what is encoded, as it comes: the largest rung and the sound. Must not hold anything up."""

    def take_picture(self, sample: Sample) -> None: ...  # noqa: D102  the names say it
    def take_sounds(self, samples: Sequence[Sample]) -> None: ...  # noqa: D102


class Outlet:
    """Encodes one picture and its share of sound at a time.

    Whatever the ladder: part n of each rendition is the same time, and all come out of the same call.
    """

    def __init__(self, start: wire.Start, now_s: Callable[[], float]) -> None:
        self.profile = PROFILES[start.profile]
        self._encoder = start.encoder
        self._now_s = now_s
        self._frame_ticks = TICKS_PER_SECOND // self.profile.frame_rate
        self._first_ticks = -(-start.next_ticks // self._frame_ticks) * self._frame_ticks
        self._count = 0
        self._in_part = 0
        self._part_began: datetime | None = None
        self._composed_at_s = 0.0
        means = means_for(start.rungs, cores_here())
        self._rungs = Rungs(start.rungs, self.profile, means, encoder=start.encoder)
        first_sample = self._first_ticks * SAMPLE_RATE // TICKS_PER_SECOND
        self._audio = AudioEncoder(bitrate_bps=start.audio_bps, start_sample=first_sample)
        sound = self._audio.config
        within = None if start.is_audio_apart else sound
        self._pictures = [picture_output(one.rung, one.config, within, self.profile) for one in self._rungs.encoders]
        self._sounds = [sound_output(sound)] if start.is_audio_apart else self._pictures
        self._outputs = [*self._pictures, *self._sounds] if start.is_audio_apart else self._pictures
        self.tap: Tap | None = None
        self.encode_s = 0.0
        """What encoding the last picture took, on all rungs."""

    @property
    def can_ease(self) -> bool:
        """Whether the encoders can take more trouble or less."""
        return self._encoder is VideoEncoderName.X264

    @property
    def effort(self) -> Effort:
        """How much trouble the encoders take, or will from the next IDR on."""
        return self._rungs.effort

    @property
    def configs(self) -> tuple[VideoConfig, AudioConfig]:
        """What a decoder of what is tapped must know."""
        return self._rungs.encoders[0].config, self._audio.config

    def want(self, effort: Effort) -> None:
        """Take so much trouble from the next IDR on."""
        self._rungs.want(effort)

    def inits(self) -> list[Init]:
        """The init segment of each rendition."""
        return [output.init for output in self._outputs]

    def take(
        self, picture: av.VideoFrame, sound: npt.NDArray[np.float32], wall: datetime
    ) -> Iterator[Part | SegmentEnd]:
        """Encode the picture of the moment `wall` and its sound; what becomes whole with them comes out."""
        if self._part_began is None:
            self._part_began = wall - timedelta(seconds=INPUT_DELAY_S)
        self._composed_at_s = self._now_s()
        self._encode(picture)
        frames = self._audio.encode(sound)
        if self.tap is not None:
            self.tap.take_sounds(frames)
        for output in self._sounds:
            output.packager.add_audio(frames)
        self._count += 1
        self._in_part += 1
        if self._in_part == self.profile.part_frames:
            yield from self._cut()
        if self._count % self.profile.segment_frames == 0:
            yield from self._segment_ends()

    def finish(self) -> Iterator[Part | SegmentEnd]:
        """What is left when the show ends."""
        if self._in_part:
            yield from self._cut()
        if self._count % self.profile.segment_frames:
            yield from self._segment_ends()
        self._rungs.close()

    @property
    def _ticks(self) -> int:
        """Where the next picture begins."""
        return self._first_ticks + self._count * self._frame_ticks

    def _encode(self, picture: av.VideoFrame) -> None:
        began_s = time.perf_counter()
        is_idr = self._count % self.profile.idr_frames == 0
        samples = self._rungs.encode(picture, start_ticks=self._ticks, is_idr=is_idr)
        for output, sample in zip(self._pictures, samples, strict=True):
            output.packager.add_video(sample)
        if self.tap is not None:
            self.tap.take_picture(samples[0])
        self.encode_s = time.perf_counter() - began_s

    def _cut(self) -> Iterator[Part]:
        began, self._part_began = self._part_began or datetime.now(UTC), None
        self._in_part = 0
        for output in self._outputs:
            yield output.packager.cut(end_ticks=self._ticks, program_date_time=began, composed_at_s=self._composed_at_s)

    def _segment_ends(self) -> Iterator[SegmentEnd]:
        return (SegmentEnd(output.rendition.name) for output in self._outputs)
