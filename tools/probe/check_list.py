"""What one playlist must be by itself."""

from urllib.parse import urljoin

from tools.probe.ledger import Ledger
from tools.probe.playlist import LATEST_FIRST_MSN, MediaList, SegmentLines, Variant

_TINY_S = 1e-6
_VERSIONS = {"#EXT-X-SKIP": 9, "#EXT-X-MAP": 6}


def check_list(ledger: Ledger, found: MediaList) -> None:
    """Rules of a media playlist, whole or delta."""
    _check_header(ledger, found)
    _check_segments(ledger, found)
    _check_parts(ledger, found)
    _check_edge(ledger, found)
    uris = [part.uri for one in found.segments for part in one.parts] + [one.uri or "" for one in found.segments]
    uris += [hint.get("URI", "") for hint in found.hints] + [report.get("URI", "") for report in found.reports]
    ledger.check("list.clean-uris", not any("_HLS_" in uri for uri in uris), uris)


def _check_header(ledger: Ledger, found: MediaList) -> None:
    has_parts = any(segment.parts for segment in found.segments)
    target_s, control = found.target_duration_s, found.control
    if has_parts:
        ledger.check("list.part-inf", bool(found.part_target_s and control.get("PART-HOLD-BACK")), control)
    if found.part_target_s and "PART-HOLD-BACK" in control:
        hold_back_s = float(control["PART-HOLD-BACK"])
        is_held = hold_back_s >= 3 * found.part_target_s - _TINY_S
        ledger.check("list.part-hold-back", is_held, f"{hold_back_s} for parts of {found.part_target_s}")
    if "HOLD-BACK" in control:
        ledger.check("list.hold-back", float(control["HOLD-BACK"]) >= 3 * target_s, control)
    if found.can_skip_until_s is not None:
        ledger.check("list.skip-boundary", found.can_skip_until_s >= 6 * target_s, control)
    if not found.is_ended:
        ledger.check("list.block-reload", control.get("CAN-BLOCK-RELOAD") == "YES", control)
        ledger.check("list.no-type", "#EXT-X-PLAYLIST-TYPE" not in found.names, found.names)
    needed = max([6 if "#EXT-X-MAP" in found.names else 3, *(_VERSIONS.get(name, 0) for name in found.names)])
    ledger.check("list.version", found.version == needed, f"{found.version}, needed {needed}")
    ledger.check("list.discontinuity-seq", found.discontinuity_sequence is not None, found.names[:9])
    ids = [one.get("ID") for one in found.date_ranges]
    if ids:
        is_held = None not in ids and len(set(ids)) == len(ids) and "#EXT-X-PROGRAM-DATE-TIME" in found.names
        ledger.check("list.date-range", is_held, found.date_ranges)


def _check_segments(ledger: Ledger, found: MediaList) -> None:
    for segment in found.segments:
        ledger.check("list.tags-before-parts", not segment.late_tags, f"segment {segment.msn}: {segment.late_tags}")
        ledger.check("list.map", segment.map_uri is not None, f"segment {segment.msn}")
        if segment.duration_s is not None:
            fits = int(segment.duration_s + 0.5) <= found.target_duration_s
            ledger.check("list.extinf-rounds", fits, f"segment {segment.msn}: {segment.duration_s}")
        if segment.is_discontinuity:
            ledger.check("list.date-time", segment.date is not None, f"discontinuity at {segment.msn}")
    if found.segments:
        ledger.check("list.date-time", any(segment.date for segment in found.segments), "no PROGRAM-DATE-TIME")
    if found.media_sequence > LATEST_FIRST_MSN and not found.is_ended:
        count = len(found.complete) + (found.skipped or 0)
        ledger.check("list.six-segments", count >= 6, f"{count} segments")
        if found.skipped is None:
            is_held = found.duration_s() >= 3 * found.target_duration_s
            ledger.check("list.three-durations", is_held, f"{found.duration_s():.3f} s")


def _check_parts(ledger: Ledger, found: MediaList) -> None:
    target_s = found.part_target_s
    if target_s is None:
        return
    to_end_s = sum(segment.listed_s for segment in found.segments)
    for segment in found.segments:
        to_end_s -= segment.listed_s
        _check_durations(ledger, segment, target_s)
        if segment.parts:
            limit_s = 3 * found.target_duration_s + segment.listed_s
            ledger.check("list.stale-parts", to_end_s <= limit_s, f"segment {segment.msn}: {to_end_s:.2f} s")


def _check_durations(ledger: Ledger, segment: SegmentLines, target_s: float) -> None:
    for index, part in enumerate(segment.parts):
        evidence = f"part {segment.msn}.{index}: {part.duration_s} s, target {target_s}"
        ledger.check("list.part-too-long", part.duration_s <= target_s + _TINY_S, evidence)
        may_be_short = part.is_independent or part.is_gap or index == len(segment.parts) - 1
        ledger.check("list.part-too-short", may_be_short or part.duration_s >= 0.85 * target_s, evidence)


def _check_edge(ledger: Ledger, found: MediaList) -> None:
    types = [hint.get("TYPE") for hint in found.hints]
    has_parts = any(segment.parts for segment in found.segments)
    if found.is_ended:
        ledger.check("list.ended", not types and not has_parts, found.text[-300:])
    elif found.part_target_s is not None:
        is_held = types.count("PART") == 1 and types.count("MAP") <= 1
        ledger.check("list.one-hint", is_held, found.hints)


def check_reports(ledger: Ledger, found: MediaList, url: str, others: list[str]) -> None:
    """One report for each of `others` (URLs of the other renditions' playlists)."""
    if found.is_ended:
        return
    reported = sorted(urljoin(url, report.get("URI", "")) for report in found.reports)
    is_relative = not any("://" in report.get("URI", "") for report in found.reports)
    complete = all("LAST-MSN" in report for report in found.reports)
    ledger.check("list.reports", reported == sorted(others) and is_relative and complete, f"{reported}, not {others}")


def check_multivariant(ledger: Ledger, text: str, variants: list[Variant]) -> None:
    """Rules of the list of variants."""
    ledger.check("main.independent", "#EXT-X-INDEPENDENT-SEGMENTS" in text, text[:200])
    for variant in variants:
        wanted = {"BANDWIDTH", "CODECS", "RESOLUTION", "FRAME-RATE"}
        if not variant.is_rendition:
            ledger.check("main.attributes", wanted <= set(variant.attributes), variant.attributes)
