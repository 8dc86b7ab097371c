"""What was said to everybody, on a recording's timeline: what was said while nothing was kept is left out."""

import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from onstage.clock import rfc3339
from onstage.model.media import TICKS_PER_SECOND
from onstage.origin.assets.plan import Line, Plan
from onstage.origin.assets.source import positions
from onstage.origin.recordings.film import Film
from onstage.origin.timed.webvtt import at_ticks, safe_text

SHOWN_TICKS = 5 * TICKS_PER_SECOND
"""How long a message stands in the track."""


def chat_json(plan: Plan, lines: Sequence[Line], film: Film) -> str:
    """The log as JSON; `at_s` is seconds from the recording's beginning."""
    said = [_message(line, ticks) for line, ticks in _placed(lines, film)]
    log = {"recording_id": plan.recording_id, "title": plan.title, "duration_s": film.duration_s, "messages": said}
    return json.dumps(log, ensure_ascii=False, indent=1)


def chat_vtt(lines: Sequence[Line], film: Film) -> str:
    """The log as a WebVTT track, each message in the voice of its sender (W3C WebVTT §4.2.2)."""
    track = ["WEBVTT", ""]
    for line, ticks in _placed(lines, film):
        track += [f"{at_ticks(ticks)} --> {at_ticks(ticks + SHOWN_TICKS)}", _voiced(line), ""]
    return "\n".join(track)


def _message(line: Line, ticks: int) -> dict[str, object]:
    return {
        "id": line.id,
        "at_s": round(ticks / TICKS_PER_SECOND, 3),
        "sent_at": rfc3339(line.sent_at),
        "type": line.type,
        "sender_id": line.sender_id,
        "sender_name": line.sender_name,
        "text": line.text,
    }


def _voiced(line: Line) -> str:
    return f"<v {safe_text(line.sender_name)}>{safe_text(line.text)}"


def _placed(lines: Sequence[Line], film: Film) -> Iterator[tuple[Line, int]]:
    """Each line whose moment was recorded, and when that is, in ticks of the film's timeline."""
    reel = next(iter(film.reels.values()))
    starts = positions(reel)
    begins = [one.program_date_time for one in reel.segments]
    for line in lines:
        at = bisect_right(begins, line.sent_at) - 1
        if at < 0:
            continue
        within = _ticks(line.sent_at, begins[at])
        if within < reel.segments[at].duration_ticks:
            yield line, starts[reel.segments[at].msn] + within


def _ticks(moment: datetime, since: datetime) -> int:
    return (moment - since) // timedelta(microseconds=1) * TICKS_PER_SECOND // 1_000_000
