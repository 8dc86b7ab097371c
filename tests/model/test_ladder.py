"""Profiles and ladders: what players are promised, and when sound is a rendition of its own."""

from fractions import Fraction

import pytest

from onstage.composer.encoder import peak_bps
from onstage.model.broadcast_defaults import MOST_RUNGS, CanvasShape, Quality
from onstage.model.ladder import LADDERS, SEVERAL_RUNGS, Ladder
from onstage.model.media import (
    CLASSIC_PROFILE,
    DEFAULT_PROFILE,
    PROFILES,
    SAFE_PROFILE,
    TICKS_PER_SECOND,
    TURBO_PROFILE,
    LatencyProfile,
    Rung,
)

WIDE = Rung("360p", 640, 360, 800_000)
SMALL = Rung("234p", 416, 234, 100_000)
TWO = Ladder((WIDE, SMALL), 96_000)


@pytest.mark.parametrize(
    ("profile", "part_s", "target_s", "idr_s"),
    [
        (TURBO_PROFILE, Fraction(8, 30), 2, Fraction(64, 30)),
        (DEFAULT_PROFILE, Fraction(16, 30), 2, Fraction(64, 30)),
        (SAFE_PROFILE, Fraction(32, 30), 4, Fraction(64, 30)),
        (CLASSIC_PROFILE, Fraction(16, 30), 2, Fraction(64, 30)),
    ],
    ids=lambda value: value.name if isinstance(value, LatencyProfile) else None,
)
def test_the_constants_of_each_profile(profile: LatencyProfile, part_s: Fraction, target_s: int, idr_s: int) -> None:
    assert (profile.part_target_s, profile.target_duration_s) == (part_s, target_s)
    assert Fraction(profile.idr_frames, profile.frame_rate) == idr_s
    assert PROFILES[profile.name] is profile


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_parts_and_keyframes_fit_into_segments(profile: LatencyProfile) -> None:
    assert profile.segment_frames % profile.part_frames == 0
    assert profile.segment_frames % profile.idr_frames == 0
    assert profile.idr_frames % profile.part_frames == 0  # so that every keyframe begins a part
    assert Fraction(profile.segment_frames, profile.frame_rate) < profile.target_duration_s + Fraction(1, 2)


def test_sound_is_apart_only_on_a_ladder_whose_parts_are_whole_aac_frames() -> None:
    assert TWO.is_audio_apart(DEFAULT_PROFILE)
    assert TWO.is_audio_apart(SAFE_PROFILE)
    assert TWO.is_audio_apart(CLASSIC_PROFILE)
    assert not TWO.is_audio_apart(TURBO_PROFILE)
    assert not Ladder((WIDE,), 96_000).is_audio_apart(DEFAULT_PROFILE)


def test_another_canvas_keeps_the_lines_and_the_bits_for_each_pixel() -> None:
    assert TWO.on(CanvasShape.WIDE) == TWO
    upright = TWO.on(CanvasShape.UPRIGHT)
    assert [(rung.width, rung.height, rung.video_bps) for rung in upright.rungs] == [
        (360, 640, 800_000),
        (234, 416, 100_000),
    ]
    square = TWO.on(CanvasShape.SQUARE)
    assert [(rung.width, rung.height, rung.video_bps) for rung in square.rungs] == [
        (360, 360, 450_000),
        (234, 234, 56_250),
    ]


@pytest.mark.parametrize("quality", Quality)
def test_a_preset_of_several_rungs_begins_like_the_one_of_one_and_ends_with_what_mobile_networks_take(
    quality: Quality,
) -> None:
    ladder = SEVERAL_RUNGS[quality]
    assert ladder.rungs[0] == LADDERS[quality].rungs[0]
    assert 2 <= len(ladder.rungs) <= MOST_RUNGS
    profile = DEFAULT_PROFILE
    segment_s = profile.segment_ticks / TICKS_PER_SECOND
    assert peak_bps(ladder.rungs[-1].video_bps, segment_s) + ladder.audio_bps * 1.05 < 192_000


@pytest.mark.parametrize("ladder", [*LADDERS.values(), *SEVERAL_RUNGS.values()], ids=str)
def test_presets_fall_from_rung_to_rung_and_have_even_sizes(ladder: Ladder) -> None:
    rungs = ladder.rungs
    assert all(rung.width % 2 == rung.height % 2 == 0 for rung in rungs)
    assert list(rungs) == sorted(rungs, key=lambda rung: (rung.height, rung.video_bps), reverse=True)
