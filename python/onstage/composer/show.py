"""One tick after the other: look at the stage, paint, mix, and let it out."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import datetime

from onstage.composer import wire
from onstage.composer.audio import Mixer
from onstage.composer.composition import Composition
from onstage.composer.media_desk import MediaDesk, Said
from onstage.composer.outlet import Outlet
from onstage.composer.stage import Stage
from onstage.model.media import SAMPLE_RATE, Part, SegmentEnd
from onstage.model.presentation import Presentation


class Show:
    """The composition. Has no clock of its own: whoever has one calls `tick` once for every picture."""

    def __init__(self, start: wire.Start, stage: Stage, now_s: Callable[[], float] = time.monotonic) -> None:
        self.outlet = Outlet(start, now_s)
        self.composition = Composition(start.canvas, start.presentation, stage, now_s, self.outlet.profile.frame_rate)
        self._stage = stage
        self.media = MediaDesk(stage, start.canvas, self.outlet.profile.frame_rate)
        self.said: deque[Said] = deque()
        """What became of the media that is played, for whoever tells the server."""
        self._mixer = Mixer()
        self._samples = SAMPLE_RATE // self.outlet.profile.frame_rate

    def present(self, presentation: Presentation) -> None:
        """Present the show so from the next tick on."""
        self.composition.present(presentation)

    def tick(self, wall: datetime, *, repeats: bool = False) -> Iterator[Part | SegmentEnd]:
        """Make the next picture and its sound; `repeats` leaves the picture as it was, to catch up."""
        self.said += self.media.look()
        if not repeats:
            self.composition.paint()
        # Just this picture's share of sound, so that every part has the same.
        heard = self._stage.sounds(self._samples, muted=self.composition.presentation.mix.muted)
        sound = self._mixer.mix(heard, self._samples)
        yield from self.outlet.take(self.composition.frame, sound, wall)

    def finish(self) -> Iterator[Part | SegmentEnd]:
        """What is left when the show ends."""
        self.media.close()
        yield from self.outlet.finish()
