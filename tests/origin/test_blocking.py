"""RFC 8216bis §6.2.5.2, row by row, as decisions over a window."""

import pytest

from onstage.errors import ErrorCode, OnstageError
from onstage.origin.playlists.blocking import Decision, decide_playlist, decide_resource
from onstage.origin.playlists.directives import Directives, parse_directives
from tests.origin.script import PARTS_PER_SEGMENT, a_window, fill

ANSWER, HOLD, REFUSE = Decision.ANSWER, Decision.HOLD, Decision.REFUSE
LAST = 20
OPEN = LAST + 1


@pytest.mark.parametrize(
    ("msn", "part", "expected"),
    [
        (OPEN, 0, ANSWER),
        (OPEN, 1, ANSWER),
        (OPEN, 2, HOLD),
        (OPEN, None, HOLD),  # a segment is there when it is complete, not at its first part
        (LAST, None, ANSWER),
        (LAST, PARTS_PER_SEGMENT, ANSWER),  # part 0 of the next segment, which is there
        (1, None, ANSWER),  # rolled off
        (1, 99, ANSWER),
        (0, None, ANSWER),  # never was
        (0, 99, ANSWER),
        (OPEN + 1, None, HOLD),
        (OPEN + 2, None, REFUSE),
        (OPEN + 2, 0, REFUSE),
        (OPEN, 6, HOLD),  # the advance part limit is 3 / 0.53334 = 5.6 parts
        (OPEN, 7, REFUSE),
        (OPEN + 1, 4, HOLD),
        (OPEN + 1, 5, REFUSE),
        (10**9, 0, REFUSE),
    ],
)
def test_with_an_open_segment(msn: int, part: int | None, expected: Decision) -> None:
    window = a_window(LAST * PARTS_PER_SEGMENT + 2)
    assert decide_playlist(window, Directives(msn, part)) is expected


@pytest.mark.parametrize(
    ("msn", "part", "expected"),
    [
        (LAST, PARTS_PER_SEGMENT - 1, ANSWER),
        (LAST, PARTS_PER_SEGMENT, HOLD),  # part 0 of the next segment, which is not there yet
        (LAST, PARTS_PER_SEGMENT + 6, REFUSE),
        (OPEN, 0, HOLD),
        (OPEN, None, HOLD),
        (OPEN + 1, 0, HOLD),
        (OPEN + 2, 0, REFUSE),
        (LAST - 1, PARTS_PER_SEGMENT, ANSWER),
    ],
)
def test_between_segments(msn: int, part: int | None, expected: Decision) -> None:
    window = a_window(LAST * PARTS_PER_SEGMENT)
    assert decide_playlist(window, Directives(msn, part)) is expected


def test_a_plain_request_waits_for_the_first_segment_a_blocking_one_for_its_part() -> None:
    window = a_window()
    assert decide_playlist(window, Directives()) is HOLD
    assert decide_playlist(window, Directives(1, 0)) is HOLD
    fill(window, 1)
    assert decide_playlist(window, Directives()) is HOLD
    assert decide_playlist(window, Directives(1, 0)) is ANSWER
    fill(window, PARTS_PER_SEGMENT - 1)
    assert decide_playlist(window, Directives()) is ANSWER


def test_a_number_below_the_first_is_answered_by_the_first_and_never_with_an_empty_list() -> None:
    window = a_window()
    for directives in (Directives(0), Directives(0, 0), Directives(0, 99)):
        assert decide_playlist(window, directives) is HOLD
    fill(window, 1)
    assert decide_playlist(window, Directives(0)) is HOLD
    assert decide_playlist(window, Directives(0, 0)) is ANSWER
    assert decide_playlist(window, Directives(0, 99)) is ANSWER
    fill(window, PARTS_PER_SEGMENT - 1)
    assert decide_playlist(window, Directives(0)) is ANSWER


def test_an_ended_list_answers_everything_at_once() -> None:
    window = a_window(3)
    window.end()
    assert decide_playlist(window, Directives(10**6, 3)) is ANSWER


def test_only_hinted_resources_are_waited_for() -> None:
    window = a_window(PARTS_PER_SEGMENT + 1)
    assert decide_resource(window, "part2.0.m4s") is ANSWER
    assert decide_resource(window, "part2.1.m4s") is HOLD
    for unknown in ("part2.2.m4s", "part3.0.m4s", "part1.4.m4s", "seg2.m4s", "seg8.m4s", "init1.mp4", "x"):
        assert decide_resource(window, unknown) is REFUSE
    window.add_discontinuity()
    assert decide_resource(window, "part2.1.m4s") is REFUSE
    assert decide_resource(window, "init1.mp4") is HOLD
    assert decide_resource(window, "part3.0.m4s") is HOLD


@pytest.mark.parametrize(
    "query",
    [
        [("_HLS_part", "1")],
        [("_HLS_msn", "")],
        [("_HLS_msn", "1"), ("_HLS_part", "")],
        [("_HLS_msn", "-1")],
        [("_HLS_msn", "1.5")],
        [("_HLS_msn", "0x1")],
        [("_HLS_msn", "\N{ARABIC-INDIC DIGIT ONE}")],
        [("_HLS_msn", "1" * 21)],
        [("_HLS_msn", "1"), ("_HLS_msn", "1")],
        [("_HLS_msn", "1"), ("_HLS_part", "x")],
    ],
)
def test_a_wrong_directive_is_refused(query: list[tuple[str, str]]) -> None:
    with pytest.raises(OnstageError) as caught:
        parse_directives(query)
    assert caught.value.code is ErrorCode.HLS_DIRECTIVE_INVALID


def test_other_parameters_are_no_directives() -> None:
    assert parse_directives([("sid", "1"), ("sid", "2"), ("_HLS_push", "x")]) == Directives()
    assert parse_directives([("_HLS_skip", "no")]) == Directives()
    assert parse_directives([("_HLS_msn", "7"), ("_HLS_part", "0"), ("_HLS_skip", "v2")]) == Directives(7, 0, True)
