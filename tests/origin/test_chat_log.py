"""What was said, on the timeline of a recording."""

import json
from collections.abc import Sequence
from datetime import timedelta

from onstage.model.assets import AssetKind
from onstage.model.media import DEFAULT_PROFILE
from onstage.origin.assets.chat import chat_json, chat_vtt
from onstage.origin.assets.plan import Line, Plan
from tests.origin.test_film import at, film
from tests.support.clock import EPOCH

SEGMENT_S = DEFAULT_PROFILE.segment_ticks / 90_000


PLAN = Plan(AssetKind.CHAT_JSON, "chat_json/chat.json", "rec_1", "bc_1", "A show", ())


def said(*lines: tuple[float, str], sender: str = "Vic") -> Sequence[Line]:
    """Lines, each said so many segments after the beginning."""
    return [Line(f"msg_{n}", "pa_vic", sender, text, at(when)) for n, (when, text) in enumerate(lines)]


def test_what_was_said_in_a_pause_is_left_out_and_later_lines_move_up() -> None:
    log = json.loads(chat_json(PLAN, said((1, "one"), (3.5, "paused"), (6, "two")), film((0, 3), (5, None))))
    assert [(one["text"], one["at_s"]) for one in log["messages"]] == [
        ("one", round(SEGMENT_S, 3)),
        ("two", round(4 * SEGMENT_S, 3)),
    ]
    assert (log["recording_id"], log["title"]) == ("rec_1", "A show")
    assert log["duration_s"] == 8 * SEGMENT_S


def test_what_was_said_before_and_after_is_left_out() -> None:
    log = json.loads(chat_json(PLAN, said((-1, "early"), (9.5, "last"), (10.01, "late")), film((0, None))))
    assert [one["text"] for one in log["messages"]] == ["last"]
    assert log["messages"][0]["sent_at"].startswith((EPOCH + timedelta(seconds=9.5 * SEGMENT_S)).isoformat()[:19])


def test_nobody_writes_markup_or_cues_into_the_track() -> None:
    text = "a <b>bold</b> & mean\n\n00:00:00.000 --> 09:00:00.000\nforged"
    track = chat_vtt(said((1, text), sender="Vic\n\n<c>"), film((0, None)))
    assert track.startswith("WEBVTT\n\n00:00:02.133 --> 00:00:07.133\n<v ")
    assert track.count("-->") == 1
    assert "&lt;b&gt;bold&lt;/b&gt; &amp; mean" in track
    assert "\n\n" not in track[len("WEBVTT\n\n") :].rstrip("\n")
