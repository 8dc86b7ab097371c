"""A recording as players see it: which segments of a broadcast it is made of, and the playlists that say so."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from onstage.clock import rfc3339
from onstage.model.captions import CaptionTrack
from onstage.model.media import TICKS_PER_SECOND, Rendition, RenditionKind
from onstage.model.timed_metadata import TimedMetadata
from onstage.origin.playlists.captions_list import caption_segment, captions_name, captions_rendition
from onstage.origin.playlists.multivariant import multivariant_playlist
from onstage.origin.playlists.playlist import VERSION
from onstage.origin.segments.constants import seconds_text
from onstage.origin.segments.segment import init_name, segment_name
from onstage.origin.storing.index import SegmentEntry
from onstage.origin.timed.marks import date_range

_ROUNDING = timedelta(milliseconds=1)
"""Moments are kept to the millisecond."""
Spans = Sequence[tuple[datetime, datetime | None]]


@dataclass(frozen=True)
class Reel:
    """One rendition of a film, or captions beside it. Segments that don't follow one another are joined.

    What joins them is a discontinuity.
    """

    rendition: Rendition
    segments: tuple[SegmentEntry, ...]

    @property
    def duration_s(self) -> float:
        """What it plays for."""
        return sum(one.duration_ticks for one in self.segments) / TICKS_PER_SECOND

    @property
    def size_bytes(self) -> int:
        """What its segments take."""
        return 0 if self.is_text else sum(one.size for one in self.segments)

    @property
    def is_text(self) -> bool:
        """Whether these are captions."""
        return self.rendition.kind is RenditionKind.TEXT

    @cached_property
    def resources(self) -> Mapping[str, SegmentEntry]:
        """Everything its list names: segments, and init segments with the first segment that needs each."""
        if self.is_text:
            return {captions_name(one.msn): one for one in self.segments}
        inits = {init_name(one.init_number): one for one in reversed(self.segments)}
        return inits | {segment_name(one.msn): one for one in self.segments}

    def shows(self, moment: datetime) -> bool:
        """Whether that moment of the show is in it."""
        after = bisect_right(self.segments, moment, key=lambda one: one.program_date_time)
        return after > 0 and moment < self.segments[after - 1].ends_at

    def joins(self) -> Iterator[tuple[SegmentEntry, bool]]:
        """Each segment, and whether a discontinuity stands before it."""
        previous: SegmentEntry | None = None
        for one in self.segments:
            is_apart = previous is not None and (one.is_discontinuity or one.msn != previous.msn + 1)
            yield one, is_apart
            previous = one

    def playlist(self, metadata: Iterable[TimedMetadata] = ()) -> str:
        """The media playlist (RFC 8216bis §4.4.3.5: VOD never changes), with what of `metadata` is in it."""
        longest = max((one.duration_ticks for one in self.segments), default=TICKS_PER_SECOND)
        lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", f"#EXT-X-TARGETDURATION:{_rounded(longest)}"]
        lines += ["#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD"]
        lines += self._captions() if self.is_text else self._media()
        lines += [date_range(item) for item in metadata if self.shows(item.at)]
        return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"

    def _captions(self) -> Iterator[str]:
        for one, is_apart in self.joins():
            yield from caption_segment(one, is_apart=is_apart)

    def _media(self) -> Iterator[str]:
        init: int | None = None
        for one, is_apart in self.joins():
            if is_apart:
                yield "#EXT-X-DISCONTINUITY"
            if one.init_number != init:
                yield f'#EXT-X-MAP:URI="{init_name(one.init_number)}"'
                init = one.init_number
            yield f"#EXT-X-PROGRAM-DATE-TIME:{rfc3339(one.program_date_time)}"
            yield f"#EXTINF:{seconds_text(one.duration_ticks)},"
            yield segment_name(one.msn)


@dataclass(frozen=True, slots=True)
class Film:
    """All renditions of a recording, with the same boundaries."""

    reels: Mapping[str, Reel]
    captions: tuple[CaptionTrack, ...] = ()

    @property
    def segment_count(self) -> int:
        """How much there is to remember of it, in all renditions together."""
        return sum(len(reel.segments) for reel in self.reels.values())

    def with_captions(self, tracks: Sequence[CaptionTrack]) -> "Film":
        """The same with a segment of captions beside each of the pictures, in every language of `tracks`."""
        pictures = next((reel for reel in self.reels.values() if reel.rendition.kind is not RenditionKind.AUDIO), None)
        if pictures is None:
            return self
        renditions = [captions_rendition(track) for track in tracks]
        captions = {rendition.name: Reel(rendition, pictures.segments) for rendition in renditions}
        return Film({**self.reels, **captions}, tuple(tracks))

    @property
    def duration_s(self) -> float:
        """What it plays for."""
        return max((reel.duration_s for reel in self.reels.values()), default=0.0)

    @property
    def size_bytes(self) -> int:
        """What all renditions take together."""
        return sum(reel.size_bytes for reel in self.reels.values())

    def multivariant(self) -> str:
        """The list of renditions. Their lists of keyframes are of live shows alone."""
        text = multivariant_playlist([reel.rendition for reel in self.reels.values()], captions=self.captions)
        lines = text.splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith("#EXT-X-I-FRAME-STREAM-INF"))


def film_of(stored: Sequence[tuple[Rendition, Sequence[SegmentEntry]]], spans: Spans) -> Film:
    """What of a broadcast was recorded: the segments that lie in the spans with all they have, in every rendition."""
    kept = [{one.msn: one for one in entries if _is_within(one, spans)} for _, entries in stored]
    common = set.intersection(*(set(one) for one in kept)) if kept else set[int]()
    reels = {
        rendition.name: Reel(rendition, tuple(of_it[msn] for msn in sorted(common)))
        for (rendition, _), of_it in zip(stored, kept, strict=True)
    }
    return Film(reels if common else {})


def _is_within(entry: SegmentEntry, spans: Spans) -> bool:
    """Also by a part of it outside, a segment is left out: a pause is a promise."""
    if entry.is_lost:
        return False
    start, end = entry.program_date_time, entry.ends_at
    return any(first - _ROUNDING <= start and (last is None or end <= last + _ROUNDING) for first, last in spans)


def _rounded(ticks: int) -> int:
    return max(1, (2 * ticks + TICKS_PER_SECOND) // (2 * TICKS_PER_SECOND))
