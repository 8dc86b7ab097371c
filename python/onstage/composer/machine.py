"""What the machine can give one show: how hard to encode, and with how many threads."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

from onstage.composer.codecs import Effort
from onstage.model.media import Rung

PIXELS_PER_CORE = 1280 * 720 * 3.0
"""Pixels of a picture, 30 times a second, that one core encodes with veryfast (0.26 core for 720p), with room left
for decoding and painting."""
SLICED_PIXELS = 1920 * 1080
"""A picture of so many pixels takes half a tick to encode; two threads make a part of it ready earlier."""
CORES_FOR_SLICES = 4


@dataclass(frozen=True, slots=True)
class Means:
    """What a show's encoders begin with."""

    effort: Effort = Effort.VERYFAST
    threads: int = 1


def means_for(rungs: Sequence[Rung], cores: int) -> Means:
    """What `cores` cores allow for a ladder. What then turns out to be too much is met by `HeadRoom`."""
    pixels = sum(rung.width * rung.height for rung in rungs)
    effort = Effort.VERYFAST if pixels <= cores * PIXELS_PER_CORE else Effort.SUPERFAST
    is_sliced = cores >= CORES_FOR_SLICES and rungs[0].width * rungs[0].height >= SLICED_PIXELS
    return Means(effort, threads=2 if is_sliced else 1)


def cores_here() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))
