"""What of a broadcast a recording is made of, and what its playlist says."""

from datetime import datetime, timedelta

from onstage.model.media import DEFAULT_PROFILE
from onstage.origin.recordings.film import Film, Spans, film_of
from onstage.origin.storing.index import SegmentEntry
from tests.origin.script import RENDITION, capture_time
from tests.origin.serving import SMALL
from tests.support.clock import EPOCH

TICKS = DEFAULT_PROFILE.segment_ticks
SEGMENT = timedelta(seconds=TICKS / 90_000)


def entry(number: int, *, lost: bool = False, init: int = 0, discontinuity: bool = False) -> SegmentEntry:
    start = number * TICKS
    parts = ((TICKS, True, 10),)
    return SegmentEntry(number, start, TICKS, capture_time(start), init, discontinuity, parts, is_lost=lost)


def at(segments: float) -> datetime:
    return EPOCH + segments * SEGMENT


def film(*spans: tuple[float, float | None], lost: int = -1) -> Film:
    """A film of ten segments; spans in segments from the beginning."""
    moments: Spans = [(at(first), None if last is None else at(last)) for first, last in spans]
    big = [entry(one) for one in range(10)]
    small = [entry(one, lost=one == lost) for one in range(10)]
    return film_of([(RENDITION, big), (SMALL, small)], moments)


def numbers(made: Film, name: str = "720p") -> list[int]:
    return [one.msn for one in made.reels[name].segments]


def test_a_pause_leaves_out_every_segment_that_has_a_moment_of_it() -> None:
    assert numbers(film((0, 2.5), (5.5, None))) == [0, 1, 6, 7, 8, 9]
    assert numbers(film((0, 3), (5, None))) == [0, 1, 2, 5, 6, 7, 8, 9]


def test_where_media_is_missing_stands_a_discontinuity() -> None:
    text = film((0, 3), (5, 7)).reels["720p"].playlist()
    assert text.count("#EXT-X-DISCONTINUITY\n") == 1
    assert "seg2.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME" in text
    assert "#EXT-X-TARGETDURATION:2\n" in text


def test_what_one_rendition_lost_no_other_has() -> None:
    made = film((0, None), lost=4)
    assert numbers(made) == numbers(made, "360p") == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    assert made.duration_s == 9 * TICKS / 90_000
    assert made.size_bytes == 2 * 9 * 10


def test_a_new_composer_brings_its_init_segment() -> None:
    entries = [entry(0), entry(1), entry(2, init=1, discontinuity=True)]
    reel = film_of([(RENDITION, entries)], [(EPOCH, None)]).reels["720p"]
    text = reel.playlist()
    assert text.count("#EXT-X-MAP") == 2
    assert '#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init1.mp4"\n' in text
    assert sorted(reel.resources) == ["init0.mp4", "init1.mp4", "seg0.m4s", "seg1.m4s", "seg2.m4s"]


def test_nothing_that_was_recorded_is_no_film() -> None:
    assert film((20, None)).reels == {}
