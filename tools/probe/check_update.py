"""What two successive playlists must be to each other, and a delta to the whole list."""

from tools.probe.ledger import Ledger
from tools.probe.playlist import MediaList, SegmentLines


def check_update(ledger: Ledger, before: MediaList, now: MediaList) -> None:
    """`now` came after `before` from the same playlist; both are whole lists."""
    constants = [(one.target_duration_s, one.part_target_s, one.control) for one in (before, now)]
    if not now.is_ended:
        ledger.check("update.constants", constants[0] == constants[1], f"{constants[0]} became {constants[1]}")
    if not ledger.check(
        "update.msn", _is_msn_legal(before, now), f"{before.media_sequence} became {now.media_sequence}"
    ):
        return
    removed = [one for one in before.segments if one.msn < now.media_sequence]
    expected = (before.discontinuity_sequence or 0) + sum(one.is_discontinuity for one in removed)
    is_held = (now.discontinuity_sequence or 0) == expected
    ledger.check("update.discontinuity", is_held, f"{now.discontinuity_sequence}, expected {expected}")
    for segment in before.segments:
        if segment.msn >= now.media_sequence:
            problem = _difference(segment, now.segment(segment.msn), is_live=not now.is_ended)
            ledger.check("update.append-only", problem is None, f"segment {segment.msn}: {problem}")
    _check_hint(ledger, before, now)


def _is_msn_legal(before: MediaList, now: MediaList) -> bool:
    """Never back; and what is still listed has kept its number (seen by its URI)."""
    if now.media_sequence < before.media_sequence or now.next_part < before.next_part:
        return False
    numbers = {one.uri: one.msn for one in before.complete}
    return all(numbers.get(one.uri, one.msn) == one.msn for one in now.complete)


def _difference(before: SegmentLines, now: SegmentLines | None, *, is_live: bool) -> str | None:
    if now is None:
        return "vanished from the middle of the list"
    for name in ("is_discontinuity", "map_uri", "date", "is_gap"):
        if getattr(before, name) != getattr(now, name):
            return f"{name} was {getattr(before, name)}, is {getattr(now, name)}"
    if before.uri is not None and (before.uri, before.duration_s) != (now.uri, now.duration_s):
        return f"was {before.uri} of {before.duration_s} s, is {now.uri} of {now.duration_s} s"
    if (before.uri is None and is_live) or now.parts:
        kept = now.parts[: len(before.parts)]
        if kept != before.parts and before.parts:
            return f"parts were {before.parts}, are {now.parts}"
    return None


def _check_hint(ledger: Ledger, before: MediaList, now: MediaList) -> None:
    """Judged where the segment of the hinted part shows the part that came, and none was cut short instead."""
    msn, index = before.next_part
    segment = now.segment(msn)
    if before.hinted_part is None or segment is None or len(segment.parts) <= index:
        return
    came = segment.parts[index].uri
    ledger.check("update.hint-kept", came == before.hinted_part, f"{before.hinted_part} was hinted, {came} came")


def check_delta(ledger: Ledger, before: MediaList, whole: MediaList, delta: MediaList) -> None:
    """`whole` and `delta` are of the same moment; `before` is the whole list the client had."""
    boundary_s = whole.can_skip_until_s
    if boundary_s is None or whole.is_ended:
        return
    if delta.skipped is None:
        is_due = _skippable(whole, boundary_s + whole.target_duration_s + 1) > 0
        ledger.check("delta.is-delta", not is_due, "the whole list came")
        return
    ledger.check("delta.is-delta", delta.skipped > 0, "nothing is skipped")
    names = delta.names
    skip_at = names.index("#EXT-X-SKIP")
    head = {"#EXT-X-MEDIA-SEQUENCE", "#EXT-X-DISCONTINUITY-SEQUENCE"}
    ledger.check("delta.order", not head & set(names[skip_at:]), names)
    ledger.check("delta.version", delta.version >= 9, delta.version)
    ledger.check("delta.boundary", delta.duration_s() >= boundary_s - 1e-3, f"{delta.duration_s():.3f} s are kept")
    first = delta.segments[0] if delta.segments else None
    has_state = first is not None and first.own_map and first.date is not None
    ledger.check("delta.state-tags", has_state, first)
    problem = _merge_problem(before, whole, delta)
    ledger.check("delta.merges", problem is None, problem)


def _skippable(whole: MediaList, boundary_s: float) -> int:
    kept_s, count = 0.0, 0
    for segment in reversed(whole.complete):
        kept_s += segment.listed_s
        count += 1
        if kept_s >= boundary_s:
            break
    return len(whole.complete) - count


def _merge_problem(before: MediaList, whole: MediaList, delta: MediaList) -> str | None:
    if (delta.media_sequence, delta.discontinuity_sequence) != (whole.media_sequence, whole.discontinuity_sequence):
        return f"sequences {delta.media_sequence}/{delta.discontinuity_sequence} differ from the whole list's"
    kept_from = delta.media_sequence + (delta.skipped or 0)
    merged = [one for one in before.segments if delta.media_sequence <= one.msn < kept_from] + delta.segments
    if [_essence(one) for one in merged] != [_essence(one) for one in whole.segments]:
        return f"merged {[_essence(one) for one in merged]}, whole {[_essence(one) for one in whole.segments]}"
    if [one.parts for one in delta.segments] != [one.parts for one in whole.segments[-len(delta.segments) :]]:
        return "parts differ"
    return None if (delta.hints, delta.reports) == (whole.hints, whole.reports) else "hints or reports differ"


def _essence(one: SegmentLines) -> tuple[object, ...]:
    return (one.msn, one.uri, one.duration_s, one.date, one.map_uri, one.is_discontinuity)
