"""What waits to be sent to one target: whole groups of pictures with their sound, timed from 0, never too much."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from onstage.composer.boxes import AUDIO_TIMESCALE
from onstage.composer.outputs import flv
from onstage.composer.outputs.chunks import Kind
from onstage.composer.packager import Sample
from onstage.model.media import TICKS_PER_SECOND

MOST_WAITING_S = 4.0
"""Of pictures, that a target may be behind; then they are dropped, up to the next one that stands alone."""
_SOUNDS_KEPT = 8


@dataclass(frozen=True, slots=True)
class Tag:
    """One piece of the stream."""

    kind: Kind
    body: bytes
    at_ms: int


class Feed:
    """Filled by the clock of the show, which it never holds up, and emptied by the target's own thread."""

    def __init__(self) -> None:
        self._waiting: deque[Tag] = deque()
        self._ready = threading.Condition()
        self._sounds: deque[Sample] = deque(maxlen=_SOUNDS_KEPT)
        self._base: int | None = None  # ticks of the first picture
        self._end = 0  # ticks at which the last picture ends
        self._is_open = False
        self._is_dropping = True
        self._is_closed = False
        self.drops = 0
        """How often the target was too slow."""

    def open(self) -> None:
        """From now on what comes is for the target, from the next picture on that stands alone."""
        with self._ready:
            self._is_open = True

    def put_picture(self, sample: Sample) -> None:
        """A coded picture."""
        with self._ready:
            self._end = sample.start + sample.duration
            if not self._is_open or (self._is_dropping and not sample.is_sync):
                return
            if self._is_full(sample):
                self._waiting.clear()
                self.drops += 1
                self._is_dropping = not sample.is_sync
                if self._is_dropping:
                    return
            self._is_dropping = False
            if self._base is None:
                self._base = sample.start
            self._append(Kind.VIDEO, flv.picture(sample), sample.start, TICKS_PER_SECOND)

    def _is_full(self, sample: Sample) -> bool:
        oldest = next((tag.at_ms for tag in self._waiting), None)
        return oldest is not None and self._ms(sample.start, TICKS_PER_SECOND) - oldest > MOST_WAITING_S * 1000

    def put_sounds(self, samples: Sequence[Sample]) -> None:
        """AAC frames; those that begin behind the last picture wait for the next, so that all is in order of time."""
        with self._ready:
            self._sounds.extend(samples)
            while self._sounds and self._sounds[0].start * TICKS_PER_SECOND < self._end * AUDIO_TIMESCALE:
                sample = self._sounds.popleft()
                if not self._is_dropping and self._ms(sample.start, AUDIO_TIMESCALE) >= 0:
                    self._append(Kind.AUDIO, flv.sound(sample), sample.start, AUDIO_TIMESCALE)

    def _append(self, kind: Kind, body: bytes, start: int, timescale: int) -> None:
        self._waiting.append(Tag(kind, body, self._ms(start, timescale)))
        self._ready.notify()

    def _ms(self, start: int, timescale: int) -> int:
        """From the first picture, so rounded that sound and pictures stay together for ever."""
        base_ms = (self._base or 0) * 1000 / TICKS_PER_SECOND
        return round(start * 1000 / timescale - base_ms)

    def take(self, within_s: float) -> Tag | None:
        """The next tag; None if there is none for so long, or not any more."""
        with self._ready:
            self._ready.wait_for(lambda: self._waiting or self._is_closed, within_s)
            return self._waiting.popleft() if self._waiting else None

    def close(self) -> None:
        """Nothing more comes; what waits can still be taken."""
        with self._ready:
            self._is_closed = True
            self._ready.notify()

    @property
    def is_over(self) -> bool:
        """Whether all that there ever will be has been taken."""
        return self._is_closed and not self._waiting
