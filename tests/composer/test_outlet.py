"""All renditions of a ladder: the same boundaries in each, the sound once or in each, every one decodes."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import av
import numpy as np
import pytest

from onstage.composer.codecs import Effort, open_video
from onstage.composer.encoder import nal_units
from onstage.composer.machine import PIXELS_PER_CORE, Means, means_for
from onstage.composer.outlet import Outlet
from onstage.composer.wire import Start
from onstage.model.broadcast_defaults import Quality
from onstage.model.ladder import SEVERAL_RUNGS, Ladder
from onstage.model.media import (
    AAC_FRAME_TICKS,
    AUDIO_RENDITION,
    DEFAULT_PROFILE,
    PROFILES,
    Part,
    RenditionKind,
    Rung,
    SegmentEnd,
)
from onstage.model.presentation import Presentation
from tests.composer.media import decode_pictures, decode_sound, loudest_hz, runs, tone

BEGAN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RUNGS = (Rung("360p", 640, 360, 800_000), Rung("234p", 416, 234, 100_000))


class Run:
    """An outlet, fed with a picture that gets lighter and a tone."""

    def __init__(self, profile: str = "default", rungs: Sequence[Rung] = RUNGS, next_ticks: int = 0) -> None:
        ladder = Ladder(tuple(rungs), 96_000)
        apart = ladder.is_audio_apart(PROFILES[profile])
        presentation = Presentation("A show")
        start = Start("bc_1", "ws://x", "t", ladder.rungs, 96_000, apart, profile, presentation, next_ticks=next_ticks)
        self.outlet = Outlet(start, lambda: 1.0)
        self.made: list[Part | SegmentEnd] = []
        self._canvas = av.VideoFrame(start.canvas.width, start.canvas.height, "yuv420p")
        self._ticks = 0

    def feed(self, ticks: int) -> None:
        for _ in range(ticks):
            for plane, value in zip(self._canvas.planes, (40 + self._ticks % 150, 128, 128), strict=True):
                np.frombuffer(plane, np.uint8)[:] = value  # type: ignore[call-overload]  # a plane is a buffer
            sound = tone(440, 1600, start=self._ticks * 1600)
            wall = BEGAN + timedelta(seconds=self._ticks / 30)
            self.made += self.outlet.take(self._canvas, np.stack((sound, sound)), wall)
            self._ticks += 1

    def finish(self) -> None:
        self.made += self.outlet.finish()

    def parts(self) -> dict[str, list[Part]]:
        found: dict[str, list[Part]] = defaultdict(list)
        for made in self.made:
            if isinstance(made, Part):
                found[made.rendition].append(made)
        return found

    def file(self, rendition: str) -> bytes:
        (init,) = (init for init in self.outlet.inits() if init.rendition.name == rendition)
        return init.data + b"".join(part.data for part in self.parts()[rendition])


@pytest.fixture(scope="module")
def apart() -> Run:
    run = Run()
    run.feed(2 * DEFAULT_PROFILE.segment_frames)
    return run


def test_a_ladder_has_a_rendition_for_each_rung_and_one_for_the_sound(apart: Run) -> None:
    renditions = [init.rendition for init in apart.outlet.inits()]
    assert [(one.name, one.kind, one.channels) for one in renditions] == [
        ("360p", RenditionKind.VIDEO, 0),
        ("234p", RenditionKind.VIDEO, 0),
        ("audio", RenditionKind.AUDIO, 2),
    ]
    assert [one.codecs for one in renditions] == ["avc1.4D401E", "avc1.4D400D", "mp4a.40.2"]


def test_every_rendition_has_the_same_boundaries(apart: Run) -> None:
    times = [
        [(part.start_ticks, part.duration_ticks, part.program_date_time) for part in parts]
        for parts in apart.parts().values()
    ]
    assert len(times) == 3
    assert times[0] == times[1] == times[2]
    assert [start for start, _, _ in times[0]] == [48_000 * n for n in range(8)]


def test_all_renditions_of_a_part_come_out_before_the_ends_of_their_segments(apart: Run) -> None:
    names = ["360p", "234p", AUDIO_RENDITION]
    told = [(type(made).__name__, getattr(made, "rendition")) for made in apart.made]  # noqa: B009
    a_segment = [("Part", name) for _ in range(4) for name in names] + [("SegmentEnd", name) for name in names]
    assert told == 2 * a_segment


def test_each_rung_decodes_to_its_own_size(apart: Run) -> None:
    for rung in RUNGS:
        pictures = decode_pictures(apart.file(rung.name))
        assert len(pictures) == 128
        assert {picture.shape for picture in pictures} == {(rung.height, rung.width, 3)}
        shades = [float(picture.mean()) for picture in pictures]
        assert np.allclose(shades, [(40 + tick - 16) * 255 / 219 for tick in range(128)], atol=4)


def test_sound_apart_is_there_once_and_every_part_of_it_is_independent(apart: Run) -> None:
    assert loudest_hz(decode_sound(apart.file(AUDIO_RENDITION))[0][-48_000:]) == [440]
    assert [[len(run.sizes) for run in runs(part.data)] for part in apart.parts()[AUDIO_RENDITION]] == [[25]] * 8
    assert [[len(run.sizes) for run in runs(part.data)] for part in apart.parts()["360p"]] == [[16]] * 8
    assert all(part.is_independent for part in apart.parts()[AUDIO_RENDITION])


def test_turbo_has_the_sound_in_every_rung() -> None:
    run = Run("turbo")
    run.feed(PROFILES["turbo"].segment_frames)
    assert [init.rendition.kind for init in run.outlet.inits()] == [RenditionKind.MUXED] * 2
    for rung in RUNGS:
        sound = decode_sound(run.file(rung.name))
        assert loudest_hz(sound[0][-48_000:]) == [440]
        assert [part.duration_ticks for part in run.parts()[rung.name]] == [24_000] * 8


def test_safe_has_a_keyframe_in_the_middle_of_its_segments() -> None:
    run = Run("safe", RUNGS[1:])
    run.feed(PROFILES["safe"].segment_frames)
    parts = run.parts()["234p"]
    assert [part.is_independent for part in parts] == [True, False, True, False]
    assert [part.duration_ticks for part in parts] == [96_000] * 4
    assert [type(made) for made in run.made] == [Part] * 4 + [SegmentEnd]


def test_the_end_in_the_middle_of_a_part_ends_all_renditions_there() -> None:
    run = Run()
    run.feed(21)
    run.finish()
    ends = {name: parts[-1].start_ticks + parts[-1].duration_ticks for name, parts in run.parts().items()}
    assert ends["360p"] == ends["234p"] == 21 * 3000
    assert abs(ends[AUDIO_RENDITION] - 21 * 3000) < AAC_FRAME_TICKS
    assert [made.rendition for made in run.made if isinstance(made, SegmentEnd)] == ["360p", "234p", "audio"]


def test_a_resumed_ladder_begins_all_renditions_at_the_same_whole_frame() -> None:
    run = Run(next_ticks=1_200_001)
    run.feed(16)
    assert {parts[0].start_ticks for parts in run.parts().values()} == {1_203_000}
    assert {parts[0].is_independent for parts in run.parts().values()} == {True}


def test_init_segments_are_the_same_at_every_start() -> None:
    assert Run().outlet.inits() == Run(next_ticks=90_000).outlet.inits()


@pytest.mark.parametrize("rung", SEVERAL_RUNGS[Quality.ULTRA].rungs, ids=lambda rung: rung.name)
def test_veryfast_and_superfast_have_the_same_parameter_sets(rung: Rung) -> None:
    sets = [
        [unit for unit in nal_units(bytes(codec.extradata or b"")) if unit[0] & 0x1F in (7, 8)]
        for codec in (
            open_video(rung, DEFAULT_PROFILE, effort=Effort.VERYFAST),
            open_video(rung, DEFAULT_PROFILE, effort=Effort.SUPERFAST),
            open_video(rung, DEFAULT_PROFILE, effort=Effort.VERYFAST, threads=2),
        )
    ]
    assert len(sets[0]) == 2
    assert sets[0] == sets[1] == sets[2]


def test_another_effort_begins_with_a_segment_and_is_not_seen() -> None:
    run = Run()
    run.feed(20)
    run.outlet.want(Effort.SUPERFAST)
    run.feed(108)
    run.outlet.want(Effort.VERYFAST)
    run.feed(64)
    assert run.outlet.effort is Effort.VERYFAST
    for rung in RUNGS:
        shades = [float(picture.mean()) for picture in decode_pictures(run.file(rung.name))]
        assert np.allclose(shades, [(40 + tick % 150 - 16) * 255 / 219 for tick in range(192)], atol=4)
    keyframes = [part.is_independent for part in run.parts()["360p"]]
    assert keyframes == [True, False, False, False] * 3


def test_the_machine_says_how_hard_to_encode() -> None:
    small, large = Rung("360p", 640, 360, 1), Rung("1080p", 1920, 1080, 1)
    assert means_for([small], cores=1) == Means(Effort.VERYFAST, threads=1)
    assert means_for([large] * 2, cores=1) == Means(Effort.SUPERFAST, threads=1)
    assert means_for([large], cores=4) == Means(Effort.VERYFAST, threads=2)
    assert means_for([small], cores=64).threads == 1
    efforts = [means_for([large] * 2, cores=cores).effort for cores in range(1, 9)]
    assert all(b is not Effort.SUPERFAST or a is Effort.SUPERFAST for a, b in pairwise(efforts))
    assert PIXELS_PER_CORE > 1280 * 720
