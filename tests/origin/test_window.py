"""The window: whatever the composer does, each playlist is a legal update of the one before (RFC 8216bis §6.2.1)."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from onstage.model.media import TICKS_PER_SECOND
from onstage.origin.playlists.playlist import media_playlist
from onstage.origin.segments.window import IllegalMediaError, Window
from tests.origin.playlist_reading import ReadPlaylist, merged, read
from tests.origin.script import CONSTANTS, PART_TICKS, PARTS_PER_SEGMENT, a_part, a_window, fill, next_part


class WindowMachine(RuleBasedStateMachine):
    """A composer that makes whole and short parts, ends segments early, dies, and at last ends."""

    def __init__(self) -> None:
        super().__init__()
        self.window = Window(CONSTANTS)
        self.window.set_init(b"init0")
        self.seen: ReadPlaylist | None = None
        self.uris: dict[str, bytes] = {}

    @precondition(lambda self: not self.window.is_ended)
    @rule(count=st.integers(1, 2 * PARTS_PER_SEGMENT))
    def whole_parts(self, count: int) -> None:
        for _ in range(count):
            fill(self.window, 1)
            self.look()

    @precondition(lambda self: not self.window.is_ended and not self.window.is_init_due)
    @rule(ticks=st.integers(1, PART_TICKS - 1))
    def short_last_part(self, ticks: int) -> None:
        room = CONSTANTS.segment_ticks - (self.window.open.duration_ticks if self.window.open else 0)
        self.window.add_part(next_part(self.window, ticks=min(ticks, room)))
        self.look()
        self.window.close_segment()
        self.look()

    @precondition(lambda self: not self.window.is_ended)
    @rule(gap=st.integers(0, 3 * TICKS_PER_SECOND), with_media=st.booleans())
    def composer_dies(self, gap: int, with_media: bool) -> None:
        self.window.add_discontinuity()
        self.look()
        self.window.set_init(f"init{self.window.init_count}".encode())
        self.look()
        if with_media:
            self.window.add_part(a_part(self.window.next_ticks + gap, first=True))
            self.look()

    @precondition(lambda self: self.window.next_msn > 9 and not self.window.is_ended)
    @rule()
    def end(self) -> None:
        self.window.end()
        self.look()

    @rule()
    def nothing_happens(self) -> None:
        pass

    def look(self) -> None:
        now = read(media_playlist(self.window))
        delta = read(media_playlist(self.window, is_delta=True))
        if self.seen is not None:
            assert_legal_update(self.seen, now)
            if set(range(now.media_sequence, now.media_sequence + delta.skipped)) <= set(self.seen.segments):
                assert merged(self.seen, delta) == now
        self.seen = now

    @invariant()
    def everything_listed_can_be_fetched_and_never_changes(self) -> None:
        for segment in read(media_playlist(self.window)).segments.values():
            names = [line.split('"')[1] for line in segment.parts] + [segment.map_uri]
            names += [segment.uri] if segment.uri else []
            for name in names:
                data = self.window.resource(name)
                assert data is not None, name
                assert self.uris.setdefault(name, data) == data

    @invariant()
    def hints_name_what_was_never_there(self) -> None:
        for name in self.window.hinted():
            assert self.window.resource(name) is None
            assert name not in self.uris


def assert_legal_update(before: ReadPlaylist, now: ReadPlaylist) -> None:
    assert now.constants == before.constants
    assert now.media_sequence >= before.media_sequence
    assert now.discontinuity_sequence >= before.discontinuity_sequence
    assert not before.ended
    removed = [segment for msn, segment in before.segments.items() if msn < now.media_sequence]
    assert now.discontinuity_sequence - before.discontinuity_sequence == sum(one.discontinuity for one in removed)
    for msn, segment in before.segments.items():
        if msn >= now.media_sequence:
            later = now.segments[msn]
            if segment.uri is not None:
                assert replace(later, parts=segment.parts) == segment
                assert later.parts in ([], segment.parts)
            else:
                assert (later.date, later.map_uri, later.discontinuity) == (
                    segment.date,
                    segment.map_uri,
                    segment.discontinuity,
                )
                assert now.ended or later.parts[: len(segment.parts)] == segment.parts


WindowMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
test_every_update_is_legal = WindowMachine.TestCase


def test_a_full_segment_is_completed_with_its_last_part() -> None:
    window = a_window(PARTS_PER_SEGMENT)
    assert window.open is None
    assert [segment.msn for segment in window.segments] == [1]
    assert window.segments[0].data == b"".join(part.data for part in window.segments[0].parts)


def test_a_segment_can_be_fetched_for_its_availability_duration() -> None:
    """RFC 8216bis §6.2.2: from its first appearance for its own duration plus the longest playlist's."""
    window = a_window(PARTS_PER_SEGMENT)
    longest = 0
    while window.resource("seg1.m4s") is not None:
        fill(window, 1)
        longest = max(longest, sum(one.duration_ticks for one in window.segments))
    assert window.next_ticks - CONSTANTS.segment_ticks >= longest + CONSTANTS.segment_ticks


def test_a_part_can_be_fetched_three_target_durations_after_it_was_unlisted() -> None:
    window = a_window(1)
    unlisted_at = None
    while window.resource("part1.0.m4s") is not None:
        if unlisted_at is None and "part1.0.m4s" not in media_playlist(window):
            unlisted_at = window.next_ticks
        fill(window, 1)
    assert unlisted_at is not None
    assert window.next_ticks - unlisted_at >= 3 * CONSTANTS.target_duration_s * TICKS_PER_SECOND


def kept(window: Window, *, segments: int) -> int:
    """How many of the first so many segments, and of their parts, can be fetched."""
    names = [f"seg{msn}.m4s" for msn in range(segments)]
    names += [f"part{msn}.{index}.m4s" for msn in range(segments) for index in range(PARTS_PER_SEGMENT)]
    return sum(window.resource(name) is not None for name in names)


def test_memory_is_bounded_however_long_the_broadcast() -> None:
    window = a_window(30 * PARTS_PER_SEGMENT)
    held = kept(window, segments=30)
    assert held > 0
    fill(window, 50 * PARTS_PER_SEGMENT)
    assert kept(window, segments=80) == held


def test_two_deaths_in_a_row_make_one_discontinuity() -> None:
    window = a_window(2)
    for _ in range(2):
        window.add_discontinuity()
        window.set_init(b"again")
    fill(window, 1)
    assert media_playlist(window).count("#EXT-X-DISCONTINUITY\n") == 1
    assert '#EXT-X-MAP:URI="init2.mp4"' in media_playlist(window)


def test_a_death_before_any_media_leaves_no_trace() -> None:
    window = a_window()
    window.add_discontinuity()
    fill(window, 1)
    assert "#EXT-X-DISCONTINUITY\n" not in media_playlist(window)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"duration_ticks": PART_TICKS + 1}, "allowed"),
        ({"duration_ticks": 0}, "allowed"),
        ({"start_ticks": 1}, "was next"),
        ({"start_ticks": 10**9}, "was next"),
    ],
)
def test_media_that_no_playlist_could_list_is_refused(change: dict[str, int], expected: str) -> None:
    window = a_window(1)
    with pytest.raises(IllegalMediaError, match=expected):
        window.add_part(replace(next_part(window), **change))  # type: ignore[arg-type]  # ints for ints
    assert window.open_parts == 1


def test_a_segment_must_start_with_an_idr() -> None:
    window = a_window(PARTS_PER_SEGMENT)
    with pytest.raises(IllegalMediaError, match="IDR"):
        window.add_part(replace(next_part(window), is_independent=False))


def test_only_the_last_part_of_a_segment_may_be_short() -> None:
    window = a_window(1)
    window.add_part(next_part(window, ticks=PART_TICKS // 2))
    with pytest.raises(IllegalMediaError, match="last of its segment"):
        window.add_part(next_part(window))


def test_no_media_after_the_end_and_none_before_the_init() -> None:
    window = Window(CONSTANTS)
    with pytest.raises(IllegalMediaError, match="before its init"):
        window.add_part(next_part(window))
    fill(window, 1)
    with pytest.raises(IllegalMediaError, match="only replaced"):
        window.set_init(b"other")
    window.end()
    with pytest.raises(IllegalMediaError, match="ended"):
        window.add_part(next_part(window))
