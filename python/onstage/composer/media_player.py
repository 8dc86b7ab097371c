"""One file in the show. Its clock is the composer's: each tick takes one tick's pictures and sound of it, or waits."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from onstage.composer import wire
from onstage.composer.audio import CHANNELS, Sound
from onstage.composer.encoder import LOOK_AHEAD_FRAMES
from onstage.composer.media_ahead import MOST_PICTURES, Ahead, Source
from onstage.composer.picture import Picture
from onstage.composer.stage import Feed
from onstage.model.media import AAC_FRAME_SAMPLES, SAMPLE_RATE
from onstage.model.playbacks import ShownAs

PATIENCE_S = 15.0
"""How long the show waits for a file that can't be decoded as fast as it plays."""
_PICTURES_BEHIND = LOOK_AHEAD_FRAMES * AAC_FRAME_SAMPLES
"""Samples. All sound of the show comes out so much later than it went in (`encoder.py`), and lips must fit."""
_RAMP = 240  # samples in which sound gets louder or softer, so that nothing clicks


class MediaPlayer:
    """Plays a file, from `start` to `stop`. Everything is called by the composer's own thread."""

    def __init__(self, play: wire.PlayMedia, most: tuple[int, int], frame_rate: int) -> None:
        self._tick = SAMPLE_RATE // frame_rate
        self._at = round(play.start_ms / 1000 * SAMPLE_RATE)  # the next sample
        self._volume = _volume(play.volume_percent, is_muted=play.is_muted)
        self._loudness = 0.0  # of the last sample heard
        self._is_paused = play.is_paused
        self._waited_s = 0.0
        self._shown: Picture | None = None
        is_heard_only = play.shown_as is ShownAs.SOUND
        source = Source(Path(play.path), most, float(frame_rate), is_heard_only, play.title)
        self._ahead = Ahead(source, at_s=play.start_ms / 1000, is_looping=play.is_looping)

    def start(self) -> None:
        """Begin to decode."""
        self._ahead.start()

    def stop(self) -> None:
        """Close the file."""
        self._ahead.stop()

    def update(self, update: wire.UpdateMedia) -> None:
        """Play so from now on."""
        self._volume = _volume(update.volume_percent, is_muted=update.is_muted)
        self._is_paused = update.is_paused
        self._ahead.loop(is_looping=update.is_looping)
        if update.seek_to_ms is not None:
            self._at = round(update.seek_to_ms / 1000 * SAMPLE_RATE)
            self._ahead.seek(update.seek_to_ms / 1000)

    @property
    def error(self) -> str | None:
        """Why it can't go on; None while it can."""
        if self._waited_s > PATIENCE_S:
            return "it can't be decoded as fast as it plays"
        return self._ahead.error

    def wait(self) -> None:
        """A tick before it is ready to begin."""
        self._waited_s += self._tick / SAMPLE_RATE

    @property
    def has_pictures(self) -> bool:
        """Whether there is anything to be seen, once it is ready."""
        return self._ahead.has_pictures

    @property
    def card(self) -> Picture | None:
        """What is seen of it when it has no pictures, once it is ready."""
        return self._ahead.card

    @property
    def is_ready(self) -> bool:
        """Whether the next tick's pictures and sound are decoded."""
        end_s = (self._at + self._tick) / SAMPLE_RATE
        with self._ahead.lock:
            is_full = len(self._ahead.pictures) >= MOST_PICTURES
            return (is_full or self._ahead.pictures_until_s >= end_s) and self._ahead.sound_until_s >= end_s

    @property
    def _picture_at(self) -> int:
        """The sample at which this tick's picture is looked for: in the middle of the tick."""
        return self._at - _PICTURES_BEHIND + self._tick // 2

    @property
    def is_over(self) -> bool:
        """Whether all was seen and heard."""
        with self._ahead.lock:
            end_s = self._ahead.end_s
        return end_s is not None and self._picture_at >= end_s * SAMPLE_RATE

    def picture(self) -> Picture | None:
        """The picture of this tick; None when the last one stays."""
        found: Picture | None = None
        with self._ahead.lock:
            waiting = self._ahead.pictures
            # The first one is shown at once: it is what the tile begins with, and what is seen after a seek.
            while waiting and (waiting[0].start_s * SAMPLE_RATE <= self._picture_at or self._is_first(found)):
                found = waiting.popleft().picture
            self._ahead.lock.notify()
        self._shown = found or self._shown
        return found

    def _is_first(self, found: Picture | None) -> bool:
        return found is None and self._shown is None

    def sound(self, samples: int) -> Sound | None:
        """This tick's sound, and on to the next tick; None while nothing is heard."""
        is_playing = not self._is_paused and self.is_ready
        self._waited_s = 0.0 if is_playing or self._is_paused else self._waited_s + samples / SAMPLE_RATE
        wanted = self._volume if is_playing else 0.0
        if wanted == self._loudness == 0.0:
            sound = None
        else:
            sound = self._read(samples) * _ramp(self._loudness, wanted, samples)
        self._loudness = wanted
        if is_playing:
            self._forward(samples)
        return sound

    def _read(self, samples: int) -> Sound:
        read: Sound = np.zeros((CHANNELS, samples), np.float32)
        with self._ahead.lock:
            for piece in self._ahead.sounds:
                first, last = max(piece.start, self._at), min(piece.end, self._at + samples)
                if first < last:
                    read[:, first - self._at : last - self._at] = piece.sound[
                        :, first - piece.start : last - piece.start
                    ]
        return read

    def _forward(self, samples: int) -> None:
        self._at += samples
        with self._ahead.lock:
            waiting = self._ahead.sounds
            while waiting and waiting[0].end <= self._at:
                waiting.popleft()
            self._ahead.lock.notify()


class MediaFeed(Feed):
    """A player's pictures as a tile takes them, or the one picture that stands for sound alone."""

    def __init__(self, next_picture: Callable[[], Picture | None], card: Picture | None) -> None:
        super().__init__(is_screen=True)
        self._next_picture = next_picture
        self.shown = card

    def take(self, now_s: float) -> Picture | None:  # noqa: ARG002 - what is due is the player's to say
        """The picture of this tick; None when the last one stays."""
        picture = self._next_picture()
        self.shown = picture or self.shown
        return picture

    def is_dark(self, now_s: float) -> bool:  # noqa: ARG002 - likewise
        """Never: a picture stays until the next one."""
        return False


def _volume(percent: int, *, is_muted: bool) -> float:
    return 0.0 if is_muted else percent / 100


def _ramp(before: float, after: float, samples: int) -> Sound:
    ramp: Sound = np.full((1, samples), after, np.float32)
    ramp[0, :_RAMP] = np.linspace(before, after, _RAMP, dtype=np.float32)
    return ramp
