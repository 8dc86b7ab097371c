"""What a recording is made of, read one object at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import obstore
from obstore.store import ObjectStore

from onstage.model.media import RenditionKind
from onstage.origin.recordings.film import Film, Reel
from onstage.origin.segments.segment import init_name, segment_name
from onstage.origin.storing.index import SegmentEntry

Run = tuple[SegmentEntry, ...]


class Source:
    """The segments of a film. For a process of its own: reading waits."""

    def __init__(self, objects: ObjectStore, broadcast_id: str, film: Film) -> None:
        self._objects = objects
        self._broadcast_id = broadcast_id
        self.film = film

    def read(self, rendition: str, name: str) -> bytes:
        """A segment or init segment.

        Raises:
            BaseError: it can't be had, or not now.
        """
        return bytes(obstore.get(self._objects, f"{self._broadcast_id}/{rendition}/{name}").bytes())

    def init(self, rendition: str, entry: SegmentEntry) -> bytes:
        """What a player needs before that segment."""
        return self.read(rendition, init_name(entry.init_number))

    def segment(self, rendition: str, entry: SegmentEntry) -> bytes:
        """All of a segment."""
        return self.read(rendition, segment_name(entry.msn))

    def keyframe(self, rendition: str, entry: SegmentEntry) -> bytes:
        """The beginning of a segment, up to the end of its first picture; all of it where that is not known."""
        path = f"{self._broadcast_id}/{rendition}/{segment_name(entry.msn)}"
        if not 0 < entry.keyframe_bytes <= entry.size:
            return self.segment(rendition, entry)
        return bytes(obstore.get_range(self._objects, path, start=0, end=entry.keyframe_bytes))

    @property
    def pictures(self) -> list[Reel]:
        """The renditions that have pictures, largest first."""
        seen = [one for one in self.film.reels.values() if one.rendition.height > 0]
        return sorted(seen, key=lambda one: one.rendition.height, reverse=True)

    @property
    def sound(self) -> Reel | None:
        """The rendition of the sound, where it is apart."""
        reels = self.film.reels.values()
        return next((one for one in reels if one.rendition.kind is RenditionKind.AUDIO), None)


def runs(reel: Reel) -> Iterator[Run]:
    """The segments in stretches that one decoder plays through: between discontinuities, with one init segment."""
    run: list[SegmentEntry] = []
    for entry, is_apart in reel.joins():
        if run and (is_apart or entry.init_number != run[-1].init_number):
            yield tuple(run)
            run = []
        run.append(entry)
    if run:
        yield tuple(run)


def positions(reel: Reel) -> dict[int, int]:
    """When each segment begins on the film's own timeline, in ticks: what was left out takes no time."""
    starts, now = {}, 0
    for one in reel.segments:
        starts[one.msn] = now
        now += one.duration_ticks
    return starts


class Tape:
    """A run as one file that can only be read on: its init segment, then its segments as they are needed."""

    def __init__(self, source: Source, rendition: str, run: Sequence[SegmentEntry]) -> None:
        self._pieces = self._read(source, rendition, run)
        self._rest = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        """The next bytes, not necessarily so many; none at the end."""
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        count = len(self._rest) if size < 0 else size
        piece, self._rest = bytes(self._rest[:count]), self._rest[count:]
        return piece

    @staticmethod
    def _read(source: Source, rendition: str, run: Sequence[SegmentEntry]) -> Iterator[bytes]:
        yield source.init(rendition, run[0])
        for entry in run:
            yield source.segment(rendition, entry)


@dataclass(frozen=True, slots=True)
class Shift:
    """A run, and the ticks by which its times are moved to the film's timeline."""

    run: Run
    ticks: int


def shifts(reel: Reel, starts: dict[int, int]) -> Iterator[Shift]:
    """The runs of a reel, on the timeline of which `starts` are the `positions`; sound follows its pictures'."""
    for run in runs(reel):
        yield Shift(run, starts[run[0].msn] - run[0].start_ticks)
