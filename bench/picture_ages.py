"""How old composed pictures are when they come out: from the moment at which a camera's picture was sent."""

import bisect
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from bench.composed import whole_segments
from onstage.cli.demo import clock_code
from onstage.composer.picture import frame_planes
from onstage.composer.tiles import Tile
from onstage.model.media import Part


@dataclass(frozen=True, slots=True)
class Came:
    """A composed picture; `at_s` is when its last byte came out, None where that can't be told."""

    luma: NDArray[np.uint8]
    at_s: float | None


def of_parts(init: bytes, parts: Sequence[tuple[float, Part]]) -> Iterator[Came]:
    """Of our composer, which hands over whole parts: the moment is known of the last picture of each."""
    whole = whole_segments([part for _, part in parts])
    handed = [at for at, part in parts if part in whole]
    for at, part, frames in zip(handed, whole, _by_part(init, whole), strict=True):
        del part
        for luma in frames[:-1]:
            yield Came(luma, None)
        yield Came(frames[-1], at)


def _by_part(init: bytes, parts: Sequence[Part]) -> Iterator[list[NDArray[np.uint8]]]:
    """The pictures of each part; all have as many."""
    with av.open(io.BytesIO(init + b"".join(part.data for part in parts)), "r") as container:
        frames: list[NDArray[np.uint8]] = []
        per_part = round(parts[0].duration_ticks / 3000)
        for frame in container.decode(video=0):
            frames.append(frame_planes(frame)[0].copy())
            if len(frames) == per_part:
                yield frames
                frames = []


def of_file(data: bytes, came: Sequence[tuple[int, float]], since_s: float, until_s: float) -> Iterator[Came]:
    """Of a fragmented file that grew: every picture of that stretch of time."""
    sizes = [size for size, _ in came]
    with av.open(io.BytesIO(data), "r") as container:
        for packet in container.demux(video=0):
            if packet.pos is None or packet.size == 0:
                continue
            index = bisect.bisect_left(sizes, packet.pos + packet.size)
            if index == len(came):
                return
            at_s = came[index][1]
            for frame in packet.decode():
                if since_s <= at_s <= until_s:
                    yield Came(frame_planes(frame)[0], at_s)


class SentLog:
    """When which picture of whose film was sent."""

    def __init__(self, path: Path) -> None:
        self._sent: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
        for line in path.read_text().splitlines():
            at, whose, number = line.split()
            self._sent[int(whose), int(number)].append(float(at))

    def age_ms(self, whose: int, number: int, at_s: float) -> float | None:
        """How long before `at_s` that picture was last sent."""
        times = self._sent[whose, number]
        index = bisect.bisect_right(times, at_s)
        return None if index == 0 else (at_s - times[index - 1]) * 1000


def read(pictures: Iterator[Came], tiles: Sequence[Tile], sent: SentLog) -> tuple[list[list[int | None]], list[float]]:
    """For every tile, the numbers that were seen; and the ages of those that were new, in milliseconds."""
    places = [clock_code.covered(tile.rect, 16 / 9) for tile in tiles]
    codes: list[list[int | None]] = [[] for _ in tiles]
    ages: list[float] = []
    for picture in pictures:
        for whose, (x, y, width, height) in enumerate(places):
            code = clock_code.read(picture.luma, x=x, y=y, width=width, height=height)
            is_new = bool(codes[whose]) and code != codes[whose][-1]
            codes[whose].append(code)
            if is_new and code is not None and picture.at_s is not None:
                age = sent.age_ms(whose, code, picture.at_s)
                ages += [] if age is None else [age]
    return codes, ages
