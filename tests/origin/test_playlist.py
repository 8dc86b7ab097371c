"""Golden playlists: the exact text after a scripted sequence of media."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from onstage.model.media import CLASSIC_PROFILE, DEFAULT_PROFILE
from onstage.origin.playlists.multivariant import FIRST_LINE_BPS, in_order, multivariant_playlist
from onstage.origin.playlists.playlist import RenditionReport, iframe_playlist, media_playlist, report_of, skippable
from onstage.origin.segments.constants import PlaylistConstants
from onstage.origin.segments.window import Window
from tests.origin.script import (
    PART_TICKS,
    PARTS_PER_SEGMENT,
    PICTURES,
    RENDITION,
    SOUND,
    a_part,
    a_window,
    fill,
    next_part,
)

GOLDEN = Path(__file__).parent / "golden"


def first_part() -> str:
    return media_playlist(a_window(1))


def mid_segment() -> str:
    return media_playlist(a_window(3 * PARTS_PER_SEGMENT + 2))


def segment_just_completed() -> str:
    return media_playlist(a_window(4 * PARTS_PER_SEGMENT))


def rolled_off() -> str:
    return media_playlist(a_window(20 * PARTS_PER_SEGMENT + 1))


def delta_mid_segment() -> str:
    return media_playlist(a_window(20 * PARTS_PER_SEGMENT + 1), is_delta=True)


def delta_without_open_segment() -> str:
    return media_playlist(a_window(20 * PARTS_PER_SEGMENT), is_delta=True)


def composer_died() -> str:
    window = a_window(2 * PARTS_PER_SEGMENT + 2)
    window.add_discontinuity()
    return media_playlist(window)


def composer_came_back() -> str:
    window = a_window(2 * PARTS_PER_SEGMENT + 2)
    window.add_discontinuity()
    fill(window, 1)
    return media_playlist(window)


def discontinuity_rolled_off() -> str:
    window = a_window(2)
    window.add_discontinuity()
    fill(window, 15 * PARTS_PER_SEGMENT)
    return media_playlist(window)


def ended() -> str:
    window = a_window(2 * PARTS_PER_SEGMENT)
    fill(window, 1)
    window.add_part(next_part(window, ticks=PART_TICKS // 2))
    window.end()
    return media_playlist(window)


def with_rendition_report() -> str:
    return media_playlist(a_window(5), reports=[RenditionReport("../360p/index.m3u8", 2, 0)])


def multivariant() -> str:
    small = replace(RENDITION, name="360p", width=640, height=360, peak_bps=800_000, average_bps=700_000)
    return multivariant_playlist([RENDITION, small])


def multivariant_of_a_ladder() -> str:
    return multivariant_playlist([*PICTURES, SOUND], "../bc_1/")


def classic() -> str:
    window = Window(PlaylistConstants.of(CLASSIC_PROFILE))
    fill(window, 2 * PARTS_PER_SEGMENT + 1)
    return media_playlist(window, reports=[RenditionReport("../360p/index.m3u8", 2, 0)])


def keyframes() -> str:
    window = a_window(PARTS_PER_SEGMENT)
    window.add_discontinuity()
    fill(window, PARTS_PER_SEGMENT + 1)
    window.segments = deque(replace(one, keyframe_bytes=7000 + one.msn) for one in window.segments)
    return iframe_playlist(window)


@pytest.mark.parametrize(
    "scripted",
    [
        first_part,
        mid_segment,
        segment_just_completed,
        rolled_off,
        delta_mid_segment,
        delta_without_open_segment,
        composer_died,
        composer_came_back,
        discontinuity_rolled_off,
        ended,
        with_rendition_report,
        multivariant,
        multivariant_of_a_ladder,
        classic,
        keyframes,
    ],
    ids=lambda scripted: scripted.__name__,
)
def test_playlist_is_exactly_the_golden_text(scripted: Callable[[], str]) -> None:
    assert scripted() == (GOLDEN / f"{scripted.__name__}.m3u8").read_text()


def test_the_first_line_is_the_best_that_nearly_everybody_can_have() -> None:
    names = [one.name for one in in_order(PICTURES)]
    assert names == ["720p", "1080p", "360p"]
    assert [one.name for one in in_order(PICTURES[:1])] == ["1080p"]
    assert PICTURES[0].peak_bps > FIRST_LINE_BPS >= PICTURES[1].peak_bps


def test_segments_are_numbered_from_1_since_hls_js_takes_0_for_no_segment() -> None:
    assert "#EXT-X-MEDIA-SEQUENCE:1\n" in media_playlist(Window(PlaylistConstants.of(DEFAULT_PROFILE)))
    assert 'URI="part1.0.m4s"' in media_playlist(a_window(1))


def test_part_target_is_never_less_than_a_parts_true_duration() -> None:
    constants = PlaylistConstants.of(DEFAULT_PROFILE)
    assert constants.part_target_s >= DEFAULT_PROFILE.part_target_s
    assert constants.part_hold_back_s == 3 * constants.part_target_s


def test_a_profile_whose_segments_round_to_no_target_duration_is_refused() -> None:
    with pytest.raises(ValueError, match="half a second"):
        PlaylistConstants.of(replace(DEFAULT_PROFILE, segment_frames=12, part_frames=3))


def test_a_window_shorter_than_its_skip_boundary_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        PlaylistConstants.of(DEFAULT_PROFILE, window_segments=5)


def test_a_delta_with_nothing_to_skip_is_the_whole_list() -> None:
    window = a_window(5 * PARTS_PER_SEGMENT)
    assert skippable(window) == 0
    assert media_playlist(window, is_delta=True) == media_playlist(window)


def test_the_skip_boundary_counts_what_is_listed_though_ticks_jump() -> None:
    window = a_window(20 * PARTS_PER_SEGMENT)
    before = skippable(window)
    window.add_discontinuity()
    window.set_init(b"init1")
    window.add_part(a_part(window.next_ticks + 10 * PART_TICKS, first=True))
    fill(window, PARTS_PER_SEGMENT - 1)
    assert skippable(window) == before


def test_an_ended_list_is_never_a_delta() -> None:
    window = a_window(20 * PARTS_PER_SEGMENT)
    window.end()
    assert media_playlist(window, is_delta=True) == media_playlist(window)


def test_report_names_the_last_part_there_is() -> None:
    assert report_of(Window(PlaylistConstants.of(DEFAULT_PROFILE)), "x") is None
    assert report_of(a_window(PARTS_PER_SEGMENT), "x") == RenditionReport("x", 1, PARTS_PER_SEGMENT - 1)
    assert report_of(a_window(PARTS_PER_SEGMENT + 1), "x") == RenditionReport("x", 2, 0)
