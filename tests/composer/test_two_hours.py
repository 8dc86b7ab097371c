"""A show of two hours on the simulated clock, small but whole: painted, mixed, encoded, cut, kept by an origin."""

import io
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from onstage.composer.audio import SAMPLE_RATE
from onstage.composer.picture import Picture
from onstage.model.media import DEFAULT_PROFILE, Part, Rung, SegmentEnd
from onstage.origin.live.broadcast import BroadcastWindow
from onstage.origin.origin import Origin
from tests.composer.test_show import Theatre, picture
from tests.support.clock import ManualClock

HOURS = 2
TICKS_PER_S = 30
PPM = 100.0
"""The microphone's clock is so much fast: a source's clock is never ours."""
EVENT_EVERY_S, EVENT_S = 2.0, 0.1
"""Flash and beep."""
LOOKED_AT_EVERY_SEGMENTS = 128
"""About 4.6 minutes: then a few segments are decoded and memory is read."""
LOOKED_AT_SEGMENTS = 4
EDGE_S = 0.6
"""At both ends of what is decoded, where the beep of a flash may be outside."""
CHUNK = 480


@dataclass
class Found:
    """What was measured, by hours of the show."""

    offsets_ms: list[tuple[float, float]] = field(default_factory=list)
    memory_mb: list[tuple[float, float]] = field(default_factory=list)

    def slope_ms_per_hour(self) -> float:
        hours, offsets = np.array(self.offsets_ms).T
        return float(np.polyfit(hours, offsets, 1)[0])

    def memory_at(self, hour: float) -> float:
        return min(self.memory_mb, key=lambda one: abs(one[0] - hour))[1]


class Flasher:
    """Somebody on stage who flashes and beeps at once, with a microphone whose clock is off."""

    def __init__(self, theatre: Theatre) -> None:
        self._theatre = theatre
        theatre.stage.enter("ann", name="Ann", level="stage", joined_at_s=0.0)
        self._feed = theatre.stage.add_feed("ann", "cam", is_screen=False)
        self._sound = theatre.stage.add_sound("ann", "mic")
        self._rate = SAMPLE_RATE * (1 + PPM / 1e6)
        self._sent = 0
        self._pictures: dict[bool, Picture] = {
            is_lit: picture((255, 255, 255) if is_lit else (16, 16, 16)) for is_lit in (True, False)
        }

    def perform(self, now_s: float) -> None:
        """Send what is new at that second of the show. The camera's pictures come in the middle between ticks."""
        ago_s = 0.5 / TICKS_PER_S
        is_lit = (now_s - ago_s) % EVENT_EVERY_S < EVENT_S
        self._feed.put(self._pictures[is_lit], self._theatre.now_s - ago_s)
        while (self._sent + CHUNK) / self._rate <= now_s:
            at_s = np.arange(self._sent, self._sent + CHUNK) / self._rate
            beep = 0.5 * np.sin(2 * np.pi * 1000 * at_s) * (at_s % EVENT_EVERY_S < EVENT_S)
            self._sound.put(np.stack((beep, beep)).astype(np.float32))
            self._sent += CHUNK


def offsets_ms(film: bytes) -> Iterator[float]:
    """For each flash: how much later its beep is."""
    flashes, beeps = _flashes(film), _beeps(film)
    for flash_s in flashes:
        near = [beep_s for beep_s in beeps if abs(beep_s - flash_s) < EVENT_EVERY_S / 4]
        assert near, f"no beep at the flash of {flash_s:.2f} s"
        yield (near[0] - flash_s) * 1000


def _flashes(film: bytes) -> list[float]:
    with av.open(io.BytesIO(film)) as container:
        seen = [(float(frame.time or 0), _light(frame)) for frame in container.decode(video=0)]
    first_s, last_s = seen[0][0] + EDGE_S, seen[-1][0] - EDGE_S
    lit = [now_s for (_, before), (now_s, light) in pairwise(seen) if before < 128 <= light]
    return [now_s for now_s in lit if first_s < now_s < last_s]


def _light(frame: av.VideoFrame) -> float:
    return float(frame.to_ndarray(format="gray").mean())


def _beeps(film: bytes) -> list[float]:
    """The first loud sample after a quiet half second, without the first 0.3 s, in which the decoder gets going."""
    with av.open(io.BytesIO(film)) as container:
        frames = [(float(frame.time or 0), frame.to_ndarray()[0]) for frame in container.decode(audio=0)]
    began_s = frames[0][0]
    sound: npt.NDArray[np.float32] = np.concatenate([samples for _, samples in frames])
    loud = np.flatnonzero(np.abs(sound) > 0.25)
    after_quiet = loud[np.flatnonzero(np.diff(loud, prepend=0) > SAMPLE_RATE // 2)]
    return [began_s + at / SAMPLE_RATE for at in after_quiet if at > 0.3 * SAMPLE_RATE]


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


async def shown(theatre: Theatre, window: BroadcastWindow, hours: float) -> Found:
    """Perform it, and look at it from time to time."""
    found, flasher, segments = Found(), Flasher(theatre), 0
    init = theatre.show.outlet.inits()[0]
    kept: list[bytes] = []
    await window.on_init(init)
    for tick in range(round(hours * 3600 * TICKS_PER_S)):
        flasher.perform(tick / TICKS_PER_S)
        theatre.tick(films=False)
        for made in theatre.made:
            if isinstance(made, Part):
                kept.append(made.data)
                await window.on_part(made)
            elif isinstance(made, SegmentEnd):
                await window.on_segment_end(made)
                await window.stored()
                segments += 1
                _look(found, segments, tick, init.data, kept)
        theatre.made.clear()
    return found


def _look(found: Found, segments: int, tick: int, init: bytes, kept: list[bytes]) -> None:
    parts = DEFAULT_PROFILE.segment_frames // DEFAULT_PROFILE.part_frames
    del kept[: -LOOKED_AT_SEGMENTS * parts]
    if segments % LOOKED_AT_EVERY_SEGMENTS == LOOKED_AT_SEGMENTS:
        hour = tick / TICKS_PER_S / 3600
        found.memory_mb.append((hour, resident_mb()))
        found.offsets_ms += [(hour, offset) for offset in offsets_ms(init + b"".join(kept))]


@pytest.mark.soak
async def test_after_two_hours_lips_still_fit_and_memory_is_as_it_was(tmp_path: Path) -> None:
    origin = Origin(ManualClock(), tmp_path / "live")
    window = await origin.open("bc_1", "rm_1", DEFAULT_PROFILE, dvr_window_s=1800, is_recorded=False, captions=())
    found = await shown(Theatre(rung=Rung("tiny", 160, 90, 60_000)), window, HOURS)
    await origin.close()
    (tmp_path / "two_hours.json").write_text(json.dumps(asdict(found)))
    offsets = [offset for _, offset in found.offsets_ms]
    print(f"A/V offset {min(offsets):.1f} to {max(offsets):.1f} ms, slope {found.slope_ms_per_hour():+.2f} ms an hour")
    print("memory, MB by hour: " + ", ".join(f"{hour:.2f}: {mb:.0f}" for hour, mb in found.memory_mb))
    assert len(offsets) >= HOURS * 3600 / 280 * 3
    assert abs(found.slope_ms_per_hour()) < 1.0
    assert max(offsets) - min(offsets) < 45
    assert found.memory_at(HOURS) - found.memory_at(HOURS / 2) < 8
