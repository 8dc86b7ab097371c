"""Sound: each track re-clocked to our own 48 kHz, all mixed, and kept below full scale.

A source's clock is never ours. Each track has a small buffer whose fill says which clock is faster; reading a
little faster or slower than real time keeps it at its target, so a source stays in step for as long as it lasts.
Wherever sound begins, ends or leaps, it is faded over 5 ms, so that nothing clicks.
"""

import threading
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from onstage.model.media import SAMPLE_RATE

Sound = npt.NDArray[np.float32]
"""Channels x samples, -1 to 1."""
_Places = npt.NDArray[np.float64]

CHANNELS = 2
TARGET_S = 0.06
"""Sound kept in a track's buffer: the 33 ms that a picture takes at once, and some against what comes unevenly, which
is little, as the SDK has a jitter buffer of its own."""
MOST_TARGET_S = 0.1
"""The target grows up to this for a track that runs dry again and again, and shrinks when it is calm."""
_TARGET_GROWS_S = 0.01
_TARGET_SHRINKS = 0.0005  # seconds for each second of sound
RESET_BEYOND_S = 0.25
"""Above target: what is too much is thrown away at once rather than played off in minutes."""
LATE_BEYOND_S = 0.04
"""Above target, smoothed: lips would not fit. Playing that off takes many seconds, so it is borne only for a moment,"""
LATE_FOR_S = 1.0
"""this long, since what is late can also be about to run out."""
MOST_STRETCH = 0.005
_STRETCH_PER_S = 0.05  # of the fill's distance from the target: 10 ms off is half a per mille
_FILL_SMOOTHING = 0.03  # of each reading: jitter is averaged over about a second
_NEIGHBOURS = 3  # samples that interpolation needs around a position

_MOST_KEPT = SAMPLE_RATE  # samples, also of a track that nobody takes
_FADE = 240
_FADE_IN: Sound = np.linspace(0, 1, _FADE, dtype=np.float32)
_SILENCE: Sound = np.zeros((CHANNELS, _FADE), np.float32)

CEILING = 0.84  # -1.5 dBFS: AAC's own overshoot stays below -1
_RELEASE_PER_BLOCK = 0.02
_KNEE = 0.9  # of the ceiling: what the gain misses is bent, not cut


class TrackBuffer:
    """One track's sound between the engine's thread, which puts, and the composer's, which takes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sound: Sound = np.zeros((CHANNELS, 0), np.float32)
        self._position = 0.0  # of the next output sample, in samples of `_sound`
        self._target_s = TARGET_S
        self._fill_s = TARGET_S
        self._is_filling = True
        self._leaving: Sound | None = None  # fades out under what is read next
        self._late_samples = 0  # for how long there has been too much
        self.leaps = 0
        """How often sound was thrown away because there was far too much of it."""
        self.dry = 0
        """How often there was not enough."""

    @property
    def fill_s(self) -> float:
        """Seconds of sound that wait, smoothed."""
        return self._fill_s

    def put(self, sound: Sound) -> None:
        """Append what the source sent, whether or not somebody takes it."""
        with self._lock:
            self._sound = np.concatenate((self._sound, sound), axis=1)[:, -_MOST_KEPT:]

    def take(self, samples: int) -> Sound | None:
        """The next `samples` of our clock; None while there is nothing to play."""
        with self._lock:
            if self._is_filling and not self._begin():
                return None
            if self._is_far_too_much() or self._is_late_for_long(samples):
                self._leap()
            step = self._step()
            if self._waiting() < samples * step + _NEIGHBOURS + _FADE:
                return self._run_dry(samples)
            self._target_s = max(self._target_s - _TARGET_SHRINKS * samples / SAMPLE_RATE, TARGET_S)
            return self._read(samples, step)

    def _waiting(self) -> int:
        return int(self._sound.shape[1] - self._position)

    def _is_far_too_much(self) -> bool:
        return self._waiting() > (self._target_s + RESET_BEYOND_S) * SAMPLE_RATE

    def _is_late_for_long(self, samples: int) -> bool:
        is_late = self._fill_s > self._target_s + LATE_BEYOND_S
        self._late_samples = self._late_samples + samples if is_late else 0
        return self._late_samples > LATE_FOR_S * SAMPLE_RATE

    def _begin(self) -> bool:
        """Start to play once there is enough. What came late, after a pause, is not owed: it would stay late."""
        if self._waiting() < self._target_s * SAMPLE_RATE:
            return False
        self._is_filling = False
        self._leaving = _SILENCE
        self._aim()
        return True

    def _aim(self) -> None:
        """Go forward to where just the target waits."""
        self._fill_s = self._target_s
        self._late_samples = 0
        self._forward(self._waiting() - round(self._target_s * SAMPLE_RATE))

    def _leap(self) -> None:
        """Throw away what is too much, from what is heard now to what should be."""
        self._leaving = _interpolated(self._sound, self._position + np.arange(_FADE, dtype=np.float64))
        self.leaps += 1
        self._aim()

    def _step(self) -> float:
        """Samples of the source for one of ours."""
        self._fill_s += _FILL_SMOOTHING * (self._waiting() / SAMPLE_RATE - self._fill_s)
        stretch = _STRETCH_PER_S * (self._fill_s - self._target_s)
        return 1 + min(max(stretch, -MOST_STRETCH), MOST_STRETCH)

    def _run_dry(self, samples: int) -> Sound:
        """The source paused: fade out what is left, fill up again before going on, and don't learn from it."""
        self.dry += 1
        self._is_filling = True
        self._target_s = min(self._target_s + _TARGET_GROWS_S, MOST_TARGET_S)
        rest = min(max(self._waiting() - _NEIGHBOURS, _FADE), samples)
        sound: Sound = np.zeros((CHANNELS, samples), np.float32)
        sound[:, :rest] = self._read(rest, 1.0)
        sound[:, rest - _FADE : rest] *= _FADE_IN[::-1]
        return sound

    def _read(self, samples: int, step: float) -> Sound:
        read = _interpolated(self._sound, self._position + step * np.arange(samples, dtype=np.float64))
        self._forward(step * samples)
        if self._leaving is not None:
            read[:, :_FADE] = read[:, :_FADE] * _FADE_IN + self._leaving * _FADE_IN[::-1]
            self._leaving = None
        return read

    def _forward(self, samples: float) -> None:
        self._position += samples
        done = max(int(self._position) - 1, 0)  # one behind, for interpolation
        self._sound = self._sound[:, done:]
        self._position -= done


def _interpolated(sound: Sound, places: _Places) -> Sound:
    """`sound` at fractional places, through four neighbours each (Catmull-Rom): flat far beyond speech."""
    whole = places.astype(np.int64)
    t = (places - whole).astype(np.float32)
    a, b, c, d = (sound.take(whole + offset, axis=1, mode="clip") for offset in (-1, 0, 1, 2))
    mixed: Sound = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return mixed


class Mixer:
    """Adds tracks up and keeps the sum below the ceiling: quickly down, slowly up again."""

    def __init__(self) -> None:
        self._gain = 1.0

    def mix(self, sounds: Sequence[Sound], samples: int) -> Sound:
        """The sum of `sounds`, each channels x `samples`; silence for none."""
        total: Sound = np.zeros((CHANNELS, samples), np.float32)
        for sound in sounds:
            total += sound
        return self._limited(total)

    def _limited(self, sound: Sound) -> Sound:
        peak = float(np.max(np.abs(sound), initial=0.0))
        needed = min(1.0, CEILING * _KNEE / peak) if peak > 0 else 1.0
        gain = min(needed, self._gain + _RELEASE_PER_BLOCK)
        if gain == self._gain == 1.0:
            return sound
        ramp = np.linspace(self._gain, gain, sound.shape[1], dtype=np.float32)
        self._gain = gain
        return _bent(sound * ramp)


def _bent(sound: Sound) -> Sound:
    """What lies above the knee, bent to stay below the ceiling."""
    knee, room = CEILING * _KNEE, CEILING * (1 - _KNEE)
    loud = np.abs(sound)
    over = loud > knee
    if not over.any():
        return sound
    bent = np.where(over, np.sign(sound) * (knee + room * np.tanh((loud - knee) / room)), sound)
    return bent.astype(np.float32)


def sound_of_pcm(data: memoryview | bytes | bytearray, channels: int) -> Sound:
    """Interleaved 16-bit samples as our sound; a single channel goes to both, those after the second are left out."""
    flat = np.frombuffer(data, np.int16).reshape(-1, channels).T
    chosen = flat[:CHANNELS] if channels >= CHANNELS else np.repeat(flat[:1], CHANNELS, axis=0)
    return np.multiply(chosen, np.float32(1 / 32_768), dtype=np.float32)
