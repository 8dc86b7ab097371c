"""What apps put on a broadcast's timeline, beside its media: timed metadata and captions."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from onstage.model.captions import Caption, CaptionTrack
from onstage.model.media import Part
from onstage.model.timed_metadata import TimedMetadata
from onstage.origin.live.captions import ServedCaptions
from onstage.origin.live.rendition import ServedRendition
from onstage.origin.playlists.playlist import Listed
from onstage.origin.segments.segment import Segment
from onstage.origin.timed.marks import Marks
from onstage.origin.timed.subtitles import Subtitles


class Timeline:
    """Follows the pictures of one broadcast."""

    def __init__(self, tracks: Sequence[CaptionTrack], *, long_s: float = 0.0) -> None:
        """`long_s`: how far the long list goes back."""
        self._long = timedelta(seconds=long_s)
        self.tracks = tuple(tracks)
        self._marks = Marks()
        self._lines = {track.language: Subtitles() for track in self.tracks}
        self._captions: dict[str, ServedCaptions] = {}
        self._pictures: ServedRendition | None = None

    def follow(self, pictures: ServedRendition) -> None:
        """From now on that rendition, if there is none yet."""
        if self._pictures is None:
            self._pictures = pictures
            served = [ServedCaptions(track, pictures, self._lines[track.language]) for track in self.tracks]
            self._captions = {one.rendition.name: one for one in served}

    @property
    def captions(self) -> list[ServedCaptions]:
        """Of every language."""
        return list(self._captions.values())

    def rendition(self, name: str) -> ServedCaptions | None:
        """The captions that are served under that name."""
        return self._captions.get(name)

    def add(self, items: Iterable[TimedMetadata], lines: Iterable[Caption], *, of_before: bool = False) -> bool:
        """Take what is new; whether playlists say more now. `of_before`: what was published already had it."""
        published_until = self._published_until() if of_before else None
        for line in lines:
            self._lines[line.language].add([line], shown_until=published_until)
        return self._marks.add(items, published_until=published_until)

    def _published_until(self) -> datetime | None:
        segments = self._pictures.window.segments if self._pictures else ()
        return segments[-1].ends_at if segments else None

    def marked(self, together: Sequence[Part], with_pictures: Iterable[str]) -> list[Part]:
        """The parts of one moment, with the boxes of what happens then in front of those with pictures."""
        pictured = set(with_pictures)
        marked = []
        for part in together:
            boxes = self._marks.boxes(part) if part.rendition in pictured else b""
            marked.append(replace(part, data=boxes + part.data) if boxes else part)
        return marked

    def completed(self, rendition: str, segment: Segment) -> None:
        """A segment is complete."""
        if self._pictures is not None and self._pictures.rendition.name == rendition:
            for captions in self._captions.values():
                captions.complete(segment)
            oldest = self._pictures.window.retained()[0].program_date_time
            self._marks.forget_before(min(oldest, segment.ends_at - self._long))

    def date_ranges(self, window: Listed) -> list[str]:
        """EXT-X-DATERANGE for what lies in the list."""
        first = next(iter(window.segments), window.open)
        return [] if first is None else self._marks.date_ranges(first.program_date_time)
