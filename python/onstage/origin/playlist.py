"""The text of playlists, as pure functions of a window: one function per group of tags, in the order of the text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from onstage.clock import rfc3339
from onstage.model.media import TICKS_PER_SECOND, Rendition
from onstage.origin.constants import PlaylistConstants, seconds_text
from onstage.origin.window import PARTS_LISTED_SEGMENTS, Segment, Window, init_name, part_name, segment_name

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


def report_of(window: Window, uri: str) -> RenditionReport | None:
    """What another playlist says of this one; nothing before the first media."""
    if window.open is not None:
        return RenditionReport(uri, window.open.msn, window.open_parts - 1)
    if window.segments:
        last = window.segments[-1]
        return RenditionReport(uri, last.msn, len(last.parts) - 1 if last.parts else None)
    return None


def skippable(window: Window) -> int:
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


def media_playlist(window: Window, *, is_delta: bool = False, reports: Sequence[RenditionReport] = ()) -> str:
    """The playlist of one rendition, or its delta update where there is something to skip."""
    skipped = skippable(window) if is_delta else 0
    lines = [*_header(window, version=VERSION_DELTA if skipped else VERSION)]
    if skipped:
        lines.append(f"#EXT-X-SKIP:SKIPPED-SEGMENTS={skipped}")
    lines += _segments(window, skipped)
    lines += ["#EXT-X-ENDLIST"] if window.is_ended else _live_edge(window, reports)
    return "\n".join(lines) + "\n"


def _header(window: Window, *, version: int) -> Iterator[str]:
    constants = window.constants
    yield "#EXTM3U"
    yield f"#EXT-X-VERSION:{version}"
    yield f"#EXT-X-TARGETDURATION:{constants.target_duration_s}"
    yield _server_control(constants)
    yield f"#EXT-X-PART-INF:PART-TARGET={constants.part_target_s}"
    yield f"#EXT-X-MEDIA-SEQUENCE:{window.media_sequence}"
    yield f"#EXT-X-DISCONTINUITY-SEQUENCE:{window.discontinuity_sequence}"


def _server_control(constants: PlaylistConstants) -> str:
    return (
        "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES"
        f",CAN-SKIP-UNTIL={constants.can_skip_until_s}"
        f",HOLD-BACK={constants.hold_back_s}"
        f",PART-HOLD-BACK={constants.part_hold_back_s}"
    )


def _segments(window: Window, skipped: int) -> Iterator[str]:
    """Complete segments, then the open one. EXT-X-MAP stands before the first and wherever the init changes."""
    init_number: int | None = None
    first_with_parts = len(window.segments) - (0 if window.is_ended else PARTS_LISTED_SEGMENTS)
    for position, segment in enumerate(window.segments):
        if position < skipped:
            continue
        yield from _segment_head(segment, init_number)
        init_number = segment.init_number
        if position >= first_with_parts:
            yield from _parts(segment)
        yield f"#EXTINF:{seconds_text(segment.duration_ticks)},"
        yield segment_name(segment.msn)
    if window.open is not None:
        yield from _segment_head(window.open, init_number)
        yield from _parts(window.open)


def _segment_head(segment: Segment, previous_init: int | None) -> Iterator[str]:
    """Tags of a segment that must stand before its first part (§4.4.4.9), from the first moment it is listed."""
    if segment.is_discontinuity:
        yield "#EXT-X-DISCONTINUITY"
    if segment.init_number != previous_init:
        yield f'#EXT-X-MAP:URI="{init_name(segment.init_number)}"'
    yield f"#EXT-X-PROGRAM-DATE-TIME:{rfc3339(segment.program_date_time)}"


def _parts(segment: Segment) -> Iterator[str]:
    for index, part in enumerate(segment.parts):
        independent = ",INDEPENDENT=YES" if part.is_independent else ""
        duration = seconds_text(part.duration_ticks)
        yield f'#EXT-X-PART:DURATION={duration},URI="{part_name(segment.msn, index)}"{independent}'


def _live_edge(window: Window, reports: Sequence[RenditionReport]) -> Iterator[str]:
    for name in window.hinted():
        yield f'#EXT-X-PRELOAD-HINT:TYPE={"MAP" if name.endswith(".mp4") else "PART"},URI="{name}"'
    for report in reports:
        last_part = "" if report.last_part is None else f",LAST-PART={report.last_part}"
        yield f'#EXT-X-RENDITION-REPORT:URI="{report.uri}",LAST-MSN={report.last_msn}{last_part}'


def multivariant_playlist(renditions: Sequence[Rendition], uris: Sequence[str]) -> str:
    """The list of renditions, best first as handed in; `uris` are those of their media playlists."""
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    for rendition, uri in zip(renditions, uris, strict=True):
        lines.append(
            f"#EXT-X-STREAM-INF:BANDWIDTH={rendition.peak_bps},AVERAGE-BANDWIDTH={rendition.average_bps}"
            f',CODECS="{rendition.codecs}",RESOLUTION={rendition.width}x{rendition.height}'
            f",FRAME-RATE={rendition.frame_rate:.3f}"
        )
        lines.append(uri)
    return "\n".join(lines) + "\n"
