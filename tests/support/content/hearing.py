"""What of a person is heard: when their tone begins, and how loud it ever is."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.float32]
"""One channel, -1 to 1."""

SAMPLE_RATE = 48_000
LOUDNESS = 0.15
"""Amplitude with which synthetic people beep."""
HEARD = LOUDNESS / 5
SILENT = LOUDNESS / 20
"""Louder than that is no silence: what of a neighbour's beep lies at another's tone is quieter."""
_NARROW_S = 0.01
"""In so long, tones a multiple of 100 Hz away cancel out; it blurs a beginning by a quarter of a picture."""
_WIDE_S = 0.05
_PAUSE_S = 0.1


def beeps_s(sound: Sound, hz: int, *, began_s: float = 0.0) -> list[float]:
    """When a tone begins after a pause: where it passes half of its height. `began_s` is the sound's own begin."""
    envelope = _envelope(sound, hz, np.ones(round(_NARROW_S * SAMPLE_RATE)))
    height = float(np.percentile(envelope, 99)) if envelope.size else 0.0
    if height < HEARD:
        return []
    loud = envelope > height / 2
    edges = np.flatnonzero(loud[1:] & ~loud[:-1]) + 1
    pause = round(_PAUSE_S * SAMPLE_RATE)
    return [
        began_s + float(edge) / SAMPLE_RATE for edge in edges if edge > pause and not loud[edge - pause : edge].any()
    ]


def loudest(sound: Sound, hz: int) -> float:
    """The greatest amplitude that a tone ever had; a beginning of another tone makes little of it."""
    envelope = _envelope(sound, hz, np.hanning(round(_WIDE_S * SAMPLE_RATE)))
    return float(envelope.max()) if envelope.size else 0.0


def cut(sound: Sound, began_s: float, since_s: float, until_s: float) -> Sound:
    """A stretch of the show."""
    first, last = (max(round((at - began_s) * SAMPLE_RATE), 0) for at in (since_s, until_s))
    return sound[first:last]


def beeping(hz: int, onsets_s: Sequence[float], seconds: float, beep_s: float, *, level: float = LOUDNESS) -> Sound:
    """Synthetic beeps, for tests of the above."""
    at = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    is_on = np.zeros(at.size, np.bool_)
    for onset in onsets_s:
        is_on |= (at >= onset) & (at < onset + beep_s)
    return np.asarray(level * np.sin(2 * np.pi * hz * at) * is_on, np.float32)


def _envelope(sound: Sound, hz: int, window: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The amplitude of a tone, over a window around each moment."""
    if sound.size < window.size:
        return np.zeros(0)
    carrier = np.exp(-2j * np.pi * hz * np.arange(sound.size) / SAMPLE_RATE)
    size = 1 << int(np.ceil(np.log2(sound.size + window.size)))
    spectrum = np.fft.fft(sound * carrier, size) * np.fft.fft(window / window.sum(), size)
    begin = window.size // 2
    return np.asarray(2 * np.abs(np.fft.ifft(spectrum)[begin : begin + sound.size]), np.float64)
