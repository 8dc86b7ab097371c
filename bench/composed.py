"""What a composition shows and sounds like, read back from its parts: numbers of pictures, beeps, gaps."""

import io
from collections.abc import Iterator, Sequence
from itertools import pairwise

import av
import numpy as np
from numpy.typing import NDArray

from bench.cheap_people import BEEP_S
from bench.reels import FRAME_RATE, KEYFRAME_EVERY
from onstage.cli.demo import clock_code
from onstage.composer.picture import frame_planes
from onstage.composer.tiles import Tile
from onstage.model.media import Part

_RATE = 48_000


def pictures(init: bytes, parts: Sequence[Part]) -> Iterator[NDArray[np.uint8]]:
    """The luma of every composed picture. The first part must be independent."""
    with av.open(io.BytesIO(init + b"".join(part.data for part in parts)), "r") as container:
        for frame in container.decode(video=0):
            yield frame_planes(frame)[0]


def whole_segments(parts: Sequence[Part]) -> list[Part]:
    """From the first part that decodes by itself."""
    first = next(index for index, part in enumerate(parts) if part.is_independent)
    return list(parts[first:])


def read_codes(lumas: Iterator[NDArray[np.uint8]], tiles: Sequence[Tile]) -> list[list[int | None]]:
    """For every tile: the number of the film's picture in each composed picture; None where it can't be read."""
    places = [clock_code.covered(tile.rect, 16 / 9) for tile in tiles]
    codes: list[list[int | None]] = [[] for _ in tiles]
    for luma in lumas:
        for column, (x, y, width, height) in zip(codes, places, strict=True):
            column.append(clock_code.read(luma, x=x, y=y, width=width, height=height))
    return codes


def distinct_fps(codes: Sequence[int | None]) -> float:
    """Pictures a second that differ from the one before."""
    changes = sum(a != b for a, b in pairwise(codes))
    return changes / (len(codes) - 1) * FRAME_RATE


def sound_of(init: bytes, parts: Sequence[Part]) -> NDArray[np.float32]:
    """The composed sound, one channel of it."""
    with av.open(io.BytesIO(init + b"".join(part.data for part in parts)), "r") as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def gaps(sound: NDArray[np.float32], hz: int) -> int:
    """How often a tone that never stops is not heard."""
    envelope = _envelope(sound, hz)[_RATE // 10 : -_RATE // 10]
    quiet = envelope < np.median(envelope) / 2
    return int(np.count_nonzero(quiet[1:] & ~quiet[:-1]))


def offsets_ms(sound: NDArray[np.float32], hz: int, codes: Sequence[int | None]) -> list[float]:
    """For each keyframe of the first person's film: how much later its beep is heard than it is seen."""
    beeps = _onsets_s(sound, hz)
    seen = [
        index / FRAME_RATE for index, code in enumerate(codes) if index and _is_key(code) and codes[index - 1] != code
    ]
    pairs = ((beep, min(seen, key=lambda at: abs(at - beep))) for beep in beeps if seen)
    return [float(beep - at) * 1000 for beep, at in pairs if abs(beep - at) < 0.5]


def _is_key(code: int | None) -> bool:
    return code is not None and code % KEYFRAME_EVERY == 0


def _onsets_s(sound: NDArray[np.float32], hz: int) -> list[float]:
    """When a tone begins: where its envelope first passes half of its height."""
    envelope = _envelope(sound, hz)
    loud = envelope > np.percentile(envelope, 99) / 2
    edges = np.flatnonzero(loud[1:] & ~loud[:-1]) + 1
    quiet = int(BEEP_S * _RATE)
    return [edge / _RATE for edge in edges if edge > quiet and not loud[edge - quiet : edge].any()]


def _envelope(sound: NDArray[np.float32], hz: int) -> NDArray[np.float64]:
    """How loud a tone is, over 10 ms: in them, tones a multiple of 100 Hz away cancel out."""
    carrier = np.exp(-2j * np.pi * hz * np.arange(sound.size) / _RATE)
    return np.abs(np.convolve(sound * carrier, np.ones(_RATE // 100) / (_RATE // 100), mode="same"))
