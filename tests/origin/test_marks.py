"""Timed metadata on a broadcast's timeline."""

import base64
import json
import struct
from datetime import UTC, datetime, timedelta

from onstage.model.ids import BroadcastId
from onstage.model.media import TICKS_PER_SECOND, Part
from onstage.model.timed_metadata import PayloadShape, TimedMetadata
from onstage.origin.timed.emsg import SCHEME, emsg, id3
from onstage.origin.timed.marks import Marks, date_range

BEGAN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PART_TICKS = 48_000


def item(name: str, after_s: float, shape: PayloadShape = PayloadShape.ONSTAGE) -> TimedMetadata:
    return TimedMetadata(name, BroadcastId("bc_1"), BEGAN + timedelta(seconds=after_s), 2.5, f"say {name}", shape)


def part(number: int, rendition: str = "720p", *, start_ticks: int | None = None) -> Part:
    start = number * PART_TICKS if start_ticks is None else start_ticks
    filmed = BEGAN + timedelta(seconds=number * PART_TICKS / TICKS_PER_SECOND)
    return Part(rendition, start, PART_TICKS, True, filmed, 0.0, b"")


def ticks_in(boxes: bytes) -> list[int]:
    """The presentation times of emsg boxes (ISO/IEC 23009-1 §5.10.3.3: after size, type, version and timescale)."""
    found = []
    while boxes:
        size, kind = struct.unpack_from(">I4s", boxes)
        assert kind == b"emsg"
        found.append(struct.unpack_from(">Q", boxes, 16)[0])
        boxes = boxes[size:]
    return found


def test_a_box_is_as_the_standard_draws_it() -> None:
    box = emsg(number=7, at_ticks=90_000, duration_ticks=45_000, key="md_1", text="hi ☕")
    fixed = struct.pack(">I4sIIQII", len(box), b"emsg", 1 << 24, 90_000, 90_000, 45_000, 7)
    assert box == fixed + SCHEME + b"\0" + id3("md_1", "hi ☕")


def test_a_tag_holds_one_text_under_its_key() -> None:
    text = "é" * 100  # 200 bytes: more than seven bits of size
    tag = id3("md_1", text)
    frame = b"\3md_1\0" + text.encode()
    assert tag[:6] == b"ID3\4\0\0"
    assert tag[6:10] == bytes([0, 0, (len(frame) + 10) >> 7, (len(frame) + 10) & 127])
    assert tag[10:20] == b"TXXX" + bytes([0, 0, len(frame) >> 7, len(frame) & 127]) + b"\0\0"
    assert tag[20:] == frame


def test_a_moment_lies_at_its_tick_in_the_part_that_shows_it_in_every_rendition() -> None:
    marks = Marks()
    assert marks.add([item("a", 0.7), item("b", 0.6), item("later", 5.0)])
    assert marks.boxes(part(0)) == b""
    first = marks.boxes(part(1))
    assert ticks_in(first) == [54_000, 63_000]
    assert marks.boxes(part(1, "360p")) == first
    assert marks.boxes(part(2)) == marks.boxes(part(2, "360p")) == b""


def test_a_moment_whose_part_is_out_is_at_the_beginning_of_the_next() -> None:
    marks = Marks()
    marks.boxes(part(3))
    marks.add([item("late", 1.7)])
    assert marks.boxes(part(3, "360p")) == b""
    assert ticks_in(marks.boxes(part(4))) == [4 * PART_TICKS]
    assert marks.boxes(part(5)) == b""


def test_what_comes_twice_is_there_once() -> None:
    marks = Marks()
    assert marks.add([item("a", 0.1)])
    assert not marks.add([item("a", 0.1)])
    assert len(ticks_in(marks.boxes(part(0)))) == 1
    assert len(marks.date_ranges(BEGAN)) == 1


def test_after_a_restart_a_moment_is_listed_and_its_box_does_not_come_again() -> None:
    marks = Marks()
    marks.add([item("old", 0.5), item("new", 1.1)], published_until=BEGAN + timedelta(seconds=1))
    assert len(ticks_in(marks.boxes(part(2)))) == 1
    assert [one.split('"')[1] for one in marks.date_ranges(BEGAN)] == ["old", "new"]


def test_what_no_list_holds_any_more_is_forgotten_and_does_not_come_back() -> None:
    marks = Marks()
    marks.add([item("old", 0.1), item("new", 9.0)])
    marks.boxes(part(0))
    marks.boxes(part(1))
    marks.forget_before(BEGAN + timedelta(seconds=5))
    assert not marks.add([item("old", 0.1)])
    assert [one.split('"')[1] for one in marks.date_ranges(BEGAN)] == ["new"]


def test_the_tag_says_when_how_long_and_what() -> None:
    payload = base64.b64encode(b"say a").decode()
    assert date_range(item("a", 1.25)) == (
        '#EXT-X-DATERANGE:ID="a",CLASS="onstage.metadata",START-DATE="2026-11-21T12:00:01.250Z"'
        f',DURATION=2.500,X-ONSTAGE-PAYLOAD="{payload}"'
    )


def test_the_shape_of_100ms_is_what_its_players_read() -> None:
    [(name, value)] = item("a", 1.25, PayloadShape.HMS).attributes.items()
    assert name == "X-100MSLIVE-PAYLOAD"
    assert json.loads(base64.b64decode(value)) == {
        "payload": "say a",
        "start_date": "2026-11-21T12:00:01.250+0000",
        "end_date": "2026-11-21T12:00:03.750+0000",
        "hms_version": "v1.1",
    }
