"""A recording as players see it: which segments of a broadcast it is made of, and the playlists that say so."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from onstage.clock import rfc3339
from onstage.model.media import TICKS_PER_SECOND, Rendition
from onstage.origin.constants import seconds_text
from onstage.origin.index import SegmentEntry
from onstage.origin.multivariant import multivariant_playlist
from onstage.origin.playlist import VERSION
from onstage.origin.window import init_name, segment_name

_ROUNDING = timedelta(milliseconds=1)
"""Moments are kept to the millisecond."""
Spans = Sequence[tuple[datetime, datetime | None]]


@dataclass(frozen=True, slots=True)
class Reel:
    """One rendition of a film. Segments that don't follow one another are joined by a discontinuity."""

    rendition: Rendition
    segments: tuple[SegmentEntry, ...]

    @property
    def duration_s(self) -> float:
        """What it plays for."""
        return sum(one.duration_ticks for one in self.segments) / TICKS_PER_SECOND

    @property
    def size_bytes(self) -> int:
        """What its segments take."""
        return sum(one.size for one in self.segments)

    def names(self) -> list[str]:
        """Everything its list names: init segments, then segments."""
        inits = sorted({one.init_number for one in self.segments})
        return [*(init_name(one) for one in inits), *(segment_name(one.msn) for one in self.segments)]

    def joins(self) -> Iterator[tuple[SegmentEntry, bool]]:
        """Each segment, and whether a discontinuity stands before it."""
        previous: SegmentEntry | None = None
        for one in self.segments:
            is_apart = previous is not None and (one.is_discontinuity or one.msn != previous.msn + 1)
            yield one, is_apart
            previous = one

    def playlist(self) -> str:
        """The media playlist (RFC 8216bis §4.4.3.5: VOD never changes)."""
        longest = max((one.duration_ticks for one in self.segments), default=TICKS_PER_SECOND)
        lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", f"#EXT-X-TARGETDURATION:{_rounded(longest)}"]
        lines += ["#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD"]
        init: int | None = None
        for one, is_apart in self.joins():
            lines += ["#EXT-X-DISCONTINUITY"] if is_apart else []
            if one.init_number != init:
                lines.append(f'#EXT-X-MAP:URI="{init_name(one.init_number)}"')
                init = one.init_number
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{rfc3339(one.program_date_time)}")
            lines += [f"#EXTINF:{seconds_text(one.duration_ticks)},", segment_name(one.msn)]
        return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


@dataclass(frozen=True, slots=True)
class Film:
    """All renditions of a recording, with the same boundaries."""

    reels: Mapping[str, Reel]

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
        text = multivariant_playlist([reel.rendition for reel in self.reels.values()])
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
    start = entry.program_date_time
    end = start + timedelta(seconds=entry.duration_ticks / TICKS_PER_SECOND)
    return any(first - _ROUNDING <= start and (last is None or end <= last + _ROUNDING) for first, last in spans)


def _rounded(ticks: int) -> int:
    return max(1, (2 * ticks + TICKS_PER_SECOND) // (2 * TICKS_PER_SECOND))
