"""Captions in WebVTT segments."""

from datetime import UTC, datetime, timedelta

from onstage.model.captions import Caption
from onstage.model.ids import BroadcastId
from onstage.origin.timed import webvtt
from onstage.origin.timed.subtitles import Subtitles

BEGAN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def line(name: str, starts: float, ends: float) -> Caption:
    return Caption(name, BroadcastId("bc_1"), "en", at(starts), at(ends), f"<{name}>")


def shown(subtitles: Subtitles, number: int) -> list[str]:
    """The cues of a segment of two seconds."""
    text = subtitles.segment(number * 180_000, at(2 * number), at(2 * number + 2)).decode()
    head, *cues = text.strip().split("\n\n")
    assert head == f"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:{number * 180_000},LOCAL:00:00:00.000"
    return cues


def test_a_line_is_in_each_segment_that_shows_it() -> None:
    subtitles = Subtitles()
    subtitles.add([line("b", 1.5, 3.25), line("a", 0.25, 1)])
    assert shown(subtitles, 0) == [
        "00:00:00.250 --> 00:00:01.000\n&lt;a&gt;",
        "00:00:01.500 --> 00:00:02.000\n&lt;b&gt;",
    ]
    assert shown(subtitles, 1) == ["00:00:00.000 --> 00:00:01.250\n&lt;b&gt;"]
    assert shown(subtitles, 2) == []


def test_a_line_whose_segment_is_out_is_shown_as_long_after_the_next_one() -> None:
    subtitles = Subtitles()
    assert shown(subtitles, 0) == []
    subtitles.add([line("late", 0.5, 3)])
    assert shown(subtitles, 1) == ["00:00:00.000 --> 00:00:02.000\n&lt;late&gt;"]
    assert shown(subtitles, 2) == ["00:00:00.000 --> 00:00:02.000\n&lt;late&gt;"]
    assert shown(subtitles, 3) == ["00:00:00.000 --> 00:00:00.500\n&lt;late&gt;"]
    assert shown(subtitles, 4) == []


def test_a_line_that_comes_twice_is_shown_once() -> None:
    subtitles = Subtitles()
    subtitles.add([line("a", 0, 1)])
    subtitles.add([line("a", 0, 1)])
    assert len(shown(subtitles, 0)) == 1
    subtitles.add([line("a", 0, 1)])
    assert shown(subtitles, 1) == []


def test_a_long_show_remembers_only_its_last_minutes() -> None:
    subtitles = Subtitles()
    subtitles.add([line("old", 0, 1)])
    assert len(shown(subtitles, 0)) == 1
    assert shown(subtitles, 400) == []
    subtitles.add([line("old", 0, 1), line("older", 1, 2)])
    assert shown(subtitles, 401) == []


def test_what_an_earlier_process_showed_does_not_come_again() -> None:
    subtitles = Subtitles()
    subtitles.add([line("old", 1, 5), line("new", 2.5, 3)], shown_until=at(2))
    assert shown(subtitles, 1) == ["00:00:00.500 --> 00:00:01.000\n&lt;new&gt;"]


def test_text_can_neither_end_its_cue_nor_be_markup() -> None:
    hostile = webvtt.Line(timedelta(), timedelta(hours=1.5), "one\n\n00:00 --> 99:00\r\n\r\n& <c.red>two</c>\n")
    cue = webvtt.segment(0, [hostile]).decode().split("\n\n")[1:]
    assert cue == ["00:00:00.000 --> 01:30:00.000\none\n00:00 --&gt; 99:00\n&amp; &lt;c.red&gt;two&lt;/c&gt;\n"]
