"""Captions of one language on a broadcast's timeline: which lines are in which segment."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from onstage.model.captions import LONGEST_S, Caption
from onstage.origin.timed import webvtt

LONGEST = timedelta(seconds=LONGEST_S)
REMEMBERED = timedelta(minutes=10)
"""For how long after its end a line is known to have been here; an older one that comes is too late for any list."""


class Subtitles:
    """The lines still to be shown. Segments are asked for one after the other, as those of the pictures are complete.

    A segment never changes once it is published. What is said in it is often written down only later: such a line
    is shown from the beginning of the next segment on, and for as long as it was to be from that segment's end, by
    which low-latency players, who are already within it, have loaded it.
    """

    def __init__(self) -> None:
        self._lines: list[Caption] = []
        self._late: set[str] = set()  # their segment is out; to be shown in the next one
        self._spans: dict[str, tuple[datetime, datetime]] = {}  # of those, since then
        self._known: dict[str, datetime] = {}  # by id, when it ends
        self._published_until: datetime | None = None
        self._before: list[Caption] = []  # what an earlier process had, the first one first
        self._took_over_at: datetime | None = None

    def add(self, lines: Iterable[Caption], *, shown_until: datetime | None = None) -> None:
        """Take what is new of `lines`, but for what began before `shown_until`: an earlier process had it."""
        for line in lines:
            if line.id in self._known or self._is_too_late(line.ends_at):
                continue
            self._known[line.id] = line.ends_at
            if shown_until is not None and line.starts_at < shown_until:
                self._took_over_at = shown_until
                insort(self._before, line, key=_starts_at)
            else:
                self._lines.append(line)
                if self._published_until is not None and line.starts_at < self._published_until:
                    self._late.add(line.id)

    def segment(self, start_ticks: int, begins: datetime, ends: datetime) -> bytes:
        """The segment of that time; the pictures' own is at `start_ticks`."""
        for line in [line for line in self._lines if line.id in self._late]:
            self._late.discard(line.id)
            self._spans[line.id] = begins, ends + (line.ends_at - line.starts_at)
        spans = {line.id: self._spans.get(line.id, (line.starts_at, line.ends_at)) for line in self._lines}
        here = [line for line in self._lines if spans[line.id][0] < ends and spans[line.id][1] > begins]
        self._published_until = ends
        self._forget([line for line in self._lines if spans[line.id][1] <= ends])
        return segment_of(start_ticks, begins, ends, [(*spans[line.id], line.text) for line in here])

    def earlier(self, start_ticks: int, begins: datetime, ends: datetime) -> bytes:
        """A segment that an earlier process published: each line when it was said, late or not."""
        if self._took_over_at is None or begins >= self._took_over_at:
            return segment_of(start_ticks, begins, ends, [])
        return exact_segment(start_ticks, begins, ends, _around(self._before, begins, ends))

    def _is_too_late(self, ends_at: datetime) -> bool:
        return self._published_until is not None and ends_at < self._published_until - REMEMBERED

    def _forget(self, over: list[Caption]) -> None:
        self._lines = [line for line in self._lines if line not in over]
        for line in over:
            self._spans.pop(line.id, None)
        self._known = {one: ends_at for one, ends_at in self._known.items() if not self._is_too_late(ends_at)}


def exact_segment(start_ticks: int, begins: datetime, ends: datetime, lines: Iterable[Caption]) -> bytes:
    """The segment of that time, with each of `lines` at the time at which it was said."""
    return segment_of(start_ticks, begins, ends, [(line.starts_at, line.ends_at, line.text) for line in lines])


def segment_of(
    start_ticks: int, begins: datetime, ends: datetime, spoken: Iterable[tuple[datetime, datetime, str]]
) -> bytes:
    """The segment of that time with what of `spoken`, texts from a moment to another, is in it."""
    shown = sorted((max(since, begins), min(until, ends), text) for since, until, text in spoken)
    lines = [webvtt.Line(since - begins, until - begins, text) for since, until, text in shown if since < until]
    return webvtt.segment(start_ticks, lines)


def _around(lines: Sequence[Caption], begins: datetime, ends: datetime) -> Sequence[Caption]:
    """Those that may be shown then: none is shown for longer than the longest."""
    return lines[bisect_left(lines, begins - LONGEST, key=_starts_at) : bisect_left(lines, ends, key=_starts_at)]


def _starts_at(line: Caption) -> datetime:
    return line.starts_at
