"""The text of playlists, as pure functions of a window: one function per group of tags, in the order of the text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from onstage.clock import rfc3339
from onstage.model.media import TICKS_PER_SECOND
from onstage.origin.segments.constants import PlaylistConstants, seconds_text
from onstage.origin.segments.segment import Segment, init_name, part_name, segment_name
from onstage.origin.segments.window import PARTS_LISTED_SEGMENTS, Window

VERSION = 6
"""What EXT-X-MAP needs in a list of ordinary segments (RFC 8216bis §8); no low-latency tag needs more."""
VERSION_DELTA = 9
"""What EXT-X-SKIP needs (§8)."""


@dataclass(frozen=True, slots=True)
class RenditionReport:
    """EXT-X-RENDITION-REPORT (§4.4.5.4): how far another rendition's playlist is."""

    uri: str
    last_msn: int
    last_part: int | None


class Listed(Protocol):
    """What a media playlist is written from: a window, or the longer list that ends with one."""

    @property
    def constants(self) -> PlaylistConstants:
        """What never changes."""
        ...

    @property
    def is_ended(self) -> bool:
        """Whether nothing follows."""
        ...

    @property
    def open(self) -> Segment | None:
        """The segment that is being made."""
        ...

    @property
    def media_sequence(self) -> int:
        """Number of the first listed segment."""
        ...

    @property
    def discontinuity_sequence(self) -> int:
        """Discontinuities before the first listed segment."""
        ...

    @property
    def segments(self) -> Sequence[Segment]:
        """Complete segments, in order."""
        ...

    def hinted(self) -> tuple[str, ...]:
        """Resources that come next, by name."""
        ...


def report_of(window: Window, uri: str) -> RenditionReport | None:
    """What another playlist says of this one; nothing before the first media."""
    if window.open is not None:
        return RenditionReport(uri, window.open.msn, window.open_parts - 1)
    if window.segments:
        last = window.segments[-1]
        return RenditionReport(uri, last.msn, len(last.parts) - 1 if last.parts else None)
    return None


def skippable(window: Listed) -> int:
    """Number of leading segments a delta update leaves out.

    A segment is left out when all of it lies beyond the skip boundary, counted in listed durations (ticks may jump at
    a discontinuity) from the end of the last complete segment (§6.2.5.1): the reading that keeps the most.
    """
    if window.is_ended:
        return 0
    boundary = window.constants.can_skip_until_s * TICKS_PER_SECOND
    kept, kept_ticks = 0, 0
    for segment in reversed(window.segments):
        if kept_ticks >= boundary:
            break
        kept, kept_ticks = kept + 1, kept_ticks + segment.duration_ticks
    return len(window.segments) - kept


def media_playlist(
    window: Listed,
    *,
    is_delta: bool = False,
    reports: Sequence[RenditionReport] = (),
    date_ranges: Sequence[str] = (),
) -> str:
    """The playlist of one rendition, or its delta update where there is something to skip.

    EXT-X-DATERANGE are all in both: only EXT-X-SKIP's own attribute could say which are left out.
    """
    skipped = skippable(window) if is_delta else 0
    lines = [*_header(window, version=VERSION_DELTA if skipped else VERSION)]
    if skipped:
        lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
    lines += [*_segments(window, skipped), *date_ranges]
    lines += ["#EXT-X-ENDLIST"] if window.is_ended else _live_edge(window, reports)
    return "\n".join(lines) + "\n"


def _header(window: Listed, *, version: int) -> Iterator[str]:
    constants = window.constants
    yield "#EXTM3U"
    yield f"#EXT-X-VERSION:{version}"
    yield f"#EXT-X-TARGETDURATION:{constants.target_duration_s}"
    yield _server_control(constants)
    if constants.lists_parts:
        yield f"#EXT-X-PART-INF:PART-TARGET={constants.part_target_s}"
    yield f"#EXT-X-MEDIA-SEQUENCE:{window.media_sequence}"
    yield f"#EXT-X-DISCONTINUITY-SEQUENCE:{window.discontinuity_sequence}"


def _server_control(constants: PlaylistConstants) -> str:
    always = f"CAN-SKIP-UNTIL={constants.can_skip_until_s},HOLD-BACK={constants.hold_back_s}"
    if not constants.lists_parts:
        return f"#EXT-X-SERVER-CONTROL:{always}"
    return f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,{always},PART-HOLD-BACK={constants.part_hold_back_s}"


def _segments(window: Listed, skipped: int) -> Iterator[str]:
    """Complete segments, then the open one. EXT-X-MAP stands before the first and wherever the init changes."""
    init_number: int | None = None
    has_parts = window.constants.lists_parts and not window.is_ended
    first_with_parts = len(window.segments) - (PARTS_LISTED_SEGMENTS if has_parts else 0)
    for position, segment in enumerate(window.segments):
        if position < skipped:
            continue
        yield from _segment_head(segment, init_number)
        init_number = segment.init_number
        if position >= first_with_parts:
            yield from _parts(segment)
        yield f"#EXTINF:{seconds_text(segment.duration_ticks)},"
        yield segment_name(segment.msn)
    if window.open is not None and has_parts:
        yield from _segment_head(window.open, init_number)
        yield from _parts(window.open)


def _segment_head(segment: Segment, previous_init: int | None) -> Iterator[str]:
    """Tags of a segment that must stand before its first part (§4.4.4.9), from the first moment it is listed."""
    if segment.is_discontinuity:
        yield "#EXT-X-DISCONTINUITY"
    if segment.init_number != previous_init:
        yield f'#EXT-X-MAP:URI="{init_name(segment.init_number)}"'
    yield f"#EXT-X-PROGRAM-DATE-TIME:{rfc3339(segment.program_date_time)}"
    if segment.is_gap:
        yield "#EXT-X-GAP"


def _parts(segment: Segment) -> Iterator[str]:
    for index, part in enumerate(segment.parts):
        independent = ",INDEPENDENT=YES" if part.is_independent else ""
        duration = seconds_text(part.duration_ticks)
        yield f'#EXT-X-PART:DURATION={duration},URI="{part_name(segment.msn, index)}"{independent}'


def _live_edge(window: Listed, reports: Sequence[RenditionReport]) -> Iterator[str]:
    if not window.constants.lists_parts:
        return
    for name in window.hinted():
        yield f'#EXT-X-PRELOAD-HINT:TYPE={"MAP" if name.endswith(".mp4") else "PART"},URI="{name}"'
    for report in reports:
        last_part = "" if report.last_part is None else f",LAST-PART={report.last_part}"
        yield f'#EXT-X-RENDITION-REPORT:URI="{report.uri}",LAST-MSN={report.last_msn}{last_part}'


def iframe_playlist(window: Window) -> str:
    """The keyframe that each complete segment begins with, as ranges of the segments (§4.4.3.6).

    For previews while seeking. Nothing of it is low-latency, so it has the tags of an ordinary list only.
    """
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{VERSION}",
        f"#EXT-X-TARGETDURATION:{window.constants.target_duration_s}",
        f"#EXT-X-MEDIA-SEQUENCE:{window.media_sequence}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{window.discontinuity_sequence}",
        "#EXT-X-I-FRAMES-ONLY",
    ]
    init_number: int | None = None
    for segment in window.segments:
        lines += _segment_head(segment, init_number)
        init_number = segment.init_number
        lines.append(f"#EXTINF:{seconds_text(segment.duration_ticks)},")
        lines.append(f"#EXT-X-BYTERANGE:{segment.keyframe_bytes}@0")
        lines.append(segment_name(segment.msn))
    return "\n".join(lines + ["#EXT-X-ENDLIST"] * window.is_ended) + "\n"
