"""WebVTT segments of captions (https://www.w3.org/TR/webvtt1/; RFC 8216bis §3.1.4)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from onstage.model.media import TICKS_PER_SECOND

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
        [head, *(f"{time_text(one.starts)} --> {time_text(one.ends)}\n{safe_text(one.text)}\n" for one in lines)]
    ).encode()


def at_ticks(ticks: int) -> str:
    """The same, of ticks of 90 kHz."""
    return time_text(timedelta(seconds=ticks / TICKS_PER_SECOND))


def time_text(since: timedelta) -> str:
    """A moment as cues have it: `00:00:01.500`."""
    whole_ms = round(since.total_seconds() * 1000)
    minutes, ms = divmod(whole_ms, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{ms // 1000:02}.{ms % 1000:03}"


def safe_text(text: str) -> str:
    """Without markup, and without the empty line that would end the cue (§4.1)."""
    return _BREAKS.sub("\n", text.strip()).translate(_ESCAPES)
