"""Captions of one language on a broadcast's timeline: which lines are in which segment."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from onstage.model.captions import Caption
from onstage.origin import webvtt

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

    def add(self, lines: Iterable[Caption], *, shown_until: datetime | None = None) -> None:
        """Take what is new of `lines`, but for what began before `shown_until`: an earlier process had it."""
        for line in lines:
            if line.id in self._known or self._is_too_late(line.ends_at):
                continue
            self._known[line.id] = line.ends_at
            if shown_until is None or line.starts_at >= shown_until:
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
        shown = [(max(spans[line.id][0], begins), min(spans[line.id][1], ends), line.text) for line in here]
        return webvtt.segment(
            start_ticks, [webvtt.Line(starts - begins, end - begins, text) for starts, end, text in sorted(shown)]
        )

    def _is_too_late(self, ends_at: datetime) -> bool:
        return self._published_until is not None and ends_at < self._published_until - REMEMBERED

    def _forget(self, over: list[Caption]) -> None:
        self._lines = [line for line in self._lines if line not in over]
        for line in over:
            self._spans.pop(line.id, None)
        self._known = {one: ends_at for one, ends_at in self._known.items() if not self._is_too_late(ends_at)}
