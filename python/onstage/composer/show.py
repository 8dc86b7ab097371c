"""One tick after the other: look at the stage, paint, mix, encode, cut."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from onstage.composer import wire
from onstage.composer.audio import Mixer
from onstage.composer.composition import Composition
from onstage.composer.encoder import AudioEncoder, VideoEncoder, peak_bps
from onstage.composer.packager import Packager
from onstage.composer.stage import Stage
from onstage.model.media import PROFILES, SAMPLE_RATE, TICKS_PER_SECOND, Init, Part, Rendition, SegmentEnd
from onstage.model.presentation import Presentation

INPUT_DELAY_S = 0.15
"""From a camera to our tick, as stated in PROGRAM-DATE-TIME until capture times can be had (design §10.16)."""


class Show:
    """The composition. Has no clock and no thread: whoever owns both calls `tick` once for every picture."""

    def __init__(self, start: wire.Start, stage: Stage, now_s: Callable[[], float] = time.monotonic) -> None:
        self.profile = PROFILES[start.profile]
        self._stage = stage
        self._now_s = now_s
        self.composition = Composition(start.canvas, start.presentation, stage, now_s)
        self._mixer = Mixer()
        self._frame_ticks = TICKS_PER_SECOND // self.profile.frame_rate
        self._first_ticks = -(-start.next_ticks // self._frame_ticks) * self._frame_ticks
        self._count = 0
        self._samples = SAMPLE_RATE // self.profile.frame_rate
        self._part_began: datetime | None = None
        self._composed_at_s = 0.0
        size = (start.canvas.width, start.canvas.height)
        self._video = VideoEncoder(*size, bitrate_bps=start.rungs[0].video_bps, profile=self.profile)
        first_sample = self._first_ticks * SAMPLE_RATE // TICKS_PER_SECOND
        self._audio = AudioEncoder(bitrate_bps=start.audio_bps, start_sample=first_sample)
        self._packager = Packager(start.rungs[0].name, self._video.config, self._audio.config)
        self._rendition = self._describe(start)
        self.encode_s = 0.0
        """What x264 took for the last picture."""

    def _describe(self, start: wire.Start) -> Rendition:
        segment_s = self.profile.segment_frames / self.profile.frame_rate
        return Rendition(
            name=start.rungs[0].name,
            width=start.canvas.width,
            height=start.canvas.height,
            frame_rate=self.profile.frame_rate,
            codecs=f"{self._video.config.codec},{self._audio.config.codec}",
            peak_bps=peak_bps(start.rungs[0].video_bps, segment_s) + start.audio_bps,
            average_bps=start.rungs[0].video_bps + start.audio_bps,
        )

    def present(self, presentation: Presentation) -> None:
        """Present the show so from the next tick on."""
        self.composition.presentation = presentation

    def init(self) -> Init:
        """The init segment."""
        return Init(self._rendition, self._packager.init)

    def tick(self, wall: datetime, *, repeats: bool = False) -> Iterator[Part | SegmentEnd]:
        """Make the next picture and its sound; `repeats` leaves the picture as it was, to catch up."""
        if self._part_began is None:
            self._part_began = wall - timedelta(seconds=INPUT_DELAY_S)
        if not repeats:
            self.composition.paint()
        in_segment = self._count % self.profile.segment_frames
        ticks = self._first_ticks + self._count * self._frame_ticks
        self._count += 1
        began_s = time.perf_counter()
        self._composed_at_s = self._now_s()
        self._packager.add_video(self._video.encode(self.composition.frame, start_ticks=ticks, is_idr=in_segment == 0))
        self.encode_s = time.perf_counter() - began_s
        self._mix()
        if self._packager.pictures == self.profile.part_frames:
            yield self._cut()
        if in_segment + 1 == self.profile.segment_frames:
            yield SegmentEnd(self._rendition.name)

    def finish(self) -> Iterator[Part | SegmentEnd]:
        """What is left when the show ends."""
        if self._packager.pictures:
            yield self._cut()
        if self._count % self.profile.segment_frames:
            yield SegmentEnd(self._rendition.name)

    def _cut(self) -> Part:
        began, self._part_began = self._part_began, None
        return self._packager.cut(program_date_time=began or datetime.now(UTC), composed_at_s=self._composed_at_s)

    def _mix(self) -> None:
        """Mix just this picture's share of sound, so that every part has the same."""
        sound = self._mixer.mix(self._stage.sounds(self._samples), self._samples)
        self._packager.add_audio(self._audio.encode(sound))
