"""WebVTT segments of captions (https://www.w3.org/TR/webvtt1/; RFC 8216bis §3.1.4)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_BREAKS = re.compile(r"\s*[\r\n]+\s*")


@dataclass(frozen=True, slots=True)
class Line:
    """What is shown, from when to when, counted from the segment's first picture."""

    starts: timedelta
    ends: timedelta
    text: str


def segment(start_ticks: int, lines: Sequence[Line]) -> bytes:
    """The segment whose first picture is at `start_ticks` (90 kHz) of the media's timeline."""
    head = f"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:{start_ticks},LOCAL:00:00:00.000\n"
    return "\n".join(
        [head, *(f"{_time(one.starts)} --> {_time(one.ends)}\n{_safe(one.text)}\n" for one in lines)]
    ).encode()


def _time(since: timedelta) -> str:
    whole_ms = round(since.total_seconds() * 1000)
    minutes, ms = divmod(whole_ms, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{ms // 1000:02}.{ms % 1000:03}"


def _safe(text: str) -> str:
    """Without markup, and without the empty line that would end the cue (§4.1)."""
    return _BREAKS.sub("\n", text.strip()).translate(_ESCAPES)
