"""What playlists say of captions, live, in the long list and in a recording."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from onstage.clock import rfc3339
from onstage.model.captions import CaptionTrack
from onstage.model.media import Rendition, RenditionKind
from onstage.origin.playlists.playlist import VERSION, VERSION_DELTA, Listed, skippable
from onstage.origin.segments.constants import seconds_text

PREFIX = "captions-"
_NAME = re.compile(r"seg(0|[1-9]\d{0,11})\.vtt")


class Timed(Protocol):
    """A segment of the pictures, as far as that of its captions goes by it."""

    @property
    def msn(self) -> int:
        """Its number."""
        ...

    @property
    def duration_ticks(self) -> int:
        """How long it is."""
        ...

    @property
    def program_date_time(self) -> datetime:
        """When its first picture was captured."""
        ...


def captions_rendition(track: CaptionTrack) -> Rendition:
    """The rendition of one language."""
    return Rendition(PREFIX + track.language, 0, 0, 0, "wvtt", 0, 0, RenditionKind.TEXT, 0)


def captions_name(msn: int) -> str:
    """Name of a segment's resource."""
    return f"seg{msn}.vtt"


def captions_msn(name: str) -> int | None:
    """The segment whose resource has that name."""
    match = _NAME.fullmatch(name)
    return None if match is None else int(match[1])


def captions_playlist(listed: Listed, *, is_delta: bool = False, skips: bool = False) -> str:
    """The list of the segments that are complete (RFC 8216bis §4.4), or its delta update; without parts.

    `skips`: whether delta updates of it may be asked for.
    """
    constants = listed.constants
    skipped = skippable(listed) if is_delta else 0
    blocking = "CAN-BLOCK-RELOAD=YES," if constants.lists_parts else ""
    skipping = f"CAN-SKIP-UNTIL={constants.can_skip_until_s}," if skips else ""
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{VERSION_DELTA if skipped else VERSION}",
        f"#EXT-X-TARGETDURATION:{constants.target_duration_s}",
        f"#EXT-X-SERVER-CONTROL:{blocking}{skipping}HOLD-BACK={constants.hold_back_s}",
        f"#EXT-X-MEDIA-SEQUENCE:{listed.media_sequence}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{listed.discontinuity_sequence}",
        *([f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}"] if skipped else []),
    ]
    for segment in list(listed.segments)[skipped:]:
        lines += caption_segment(segment, is_apart=segment.is_discontinuity, is_gap=segment.is_gap)
    lines += ["#EXT-X-ENDLIST"] if listed.is_ended else []
    return "\n".join(lines) + "\n"


def caption_segment(segment: Timed, *, is_apart: bool, is_gap: bool = False) -> Iterator[str]:
    """The lines of one segment. `is_apart`: a discontinuity is before it."""
    if is_apart:
        yield "#EXT-X-DISCONTINUITY"
    yield f"#EXT-X-PROGRAM-DATE-TIME:{rfc3339(segment.program_date_time)}"
    if is_gap:
        yield "#EXT-X-GAP"
    yield f"#EXTINF:{seconds_text(segment.duration_ticks)},"
    yield captions_name(segment.msn)


def captions_lines(tracks: Sequence[CaptionTrack], group: str, prefix: str) -> list[str]:
    """EXT-X-MEDIA for the multivariant playlist (§4.4.6.1). Names come from people: a quote would end the attribute."""
    return [
        f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="{group}",NAME="{track.name.replace(chr(34), chr(39))}"'
        f',LANGUAGE="{track.language}",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO'
        f',URI="{prefix}{PREFIX}{track.language}/index.m3u8"'
        for track in tracks
    ]
