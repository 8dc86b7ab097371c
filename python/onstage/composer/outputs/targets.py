"""The targets of a show: each gets what was encoded for the best rung, and the sound; none can hold the show up."""

import time
from collections.abc import Callable, Sequence

from onstage.composer import wire
from onstage.composer.boxes import AudioConfig, VideoConfig
from onstage.composer.outputs import flv
from onstage.composer.outputs.target import Headers, Target
from onstage.composer.packager import Sample
from onstage.model.media import Rung
from onstage.model.targets import TargetState

CLOSED_WITHIN_S = 3.0
"""At the end of a show: less than the server gives a composer to stop."""


class Targets:
    """Fed by the outlet (`outlet.Tap`), added to and taken from between two ticks."""

    def __init__(
        self,
        video: VideoConfig,
        audio: AudioConfig,
        rung: Rung,
        frame_rate: int,
        tell: Callable[[TargetState], None],
    ) -> None:
        """`tell` may be called from any thread."""
        told = flv.metadata(video, audio, video_bps=rung.video_bps, frame_rate=frame_rate)
        self._headers = Headers(told, flv.video_config(video), flv.audio_config(audio))
        self._tell = tell
        self._targets: dict[str, Target] = {}

    def add(self, add: wire.AddTarget) -> None:
        """Connect to a target, or once more to one that was lost."""
        self.remove(add.output_id)
        self._targets[add.output_id] = Target(add, self._headers, self._tell)

    def remove(self, output_id: str) -> None:
        """End a stream in order."""
        target = self._targets.pop(output_id, None)
        if target is not None:
            target.close()

    def close(self) -> None:
        """End all streams in order, and wait a moment for it."""
        ends_at_s = time.monotonic() + CLOSED_WITHIN_S
        for target in self._targets.values():
            target.close()
        for target in self._targets.values():
            target.join(max(0.0, ends_at_s - time.monotonic()))

    def take_picture(self, sample: Sample) -> None:
        """A coded picture of the best rung."""
        for target in self._targets.values():
            target.feed.put_picture(sample)

    def take_sounds(self, samples: Sequence[Sample]) -> None:
        """AAC frames."""
        for target in self._targets.values():
            target.feed.put_sounds(samples)
