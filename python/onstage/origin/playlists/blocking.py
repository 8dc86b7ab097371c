"""Who is answered now, who waits, who is refused: RFC 8216bis §6.2.5.2 and §6.2.6 as pure decisions over a window."""

from enum import Enum, auto

from onstage.origin.playlists.directives import Directives
from onstage.origin.segments.window import Window

ADVANCE_MSN_LIMIT = 2
"""A request may name a segment at most this far beyond the last complete one."""


class Decision(Enum):
    """What to do with a request at this moment."""

    ANSWER = auto()
    HOLD = auto()
    REFUSE = auto()
    """400 for a playlist, 404 for a resource."""


def decide_playlist(window: Window, directives: Directives) -> Decision:
    """Whether the playlist `directives` ask for is there.

    A plain request waits for the first complete segment: until then a list has nothing that players can start from,
    and hls.js takes a list without segments for an error. A number below the first listed one waits for no less than
    that there is something to list.
    """
    if window.is_ended:
        return Decision.ANSWER
    if directives.msn is None or not window.constants.lists_parts:  # nobody was told that a reload can be held
        return Decision.ANSWER if window.segments else Decision.HOLD
    if directives.part is None:
        is_there = bool(window.segments) and window.next_msn > directives.msn
    else:
        is_there = _has_part_or_later(window, directives.msn, directives.part)
    if is_there:
        return Decision.ANSWER
    return Decision.REFUSE if _is_too_far(window, directives.msn, directives.part) else Decision.HOLD


def _has_part_or_later(window: Window, msn: int, part: int) -> bool:
    if not window.has_media:
        return False
    if window.next_msn == msn:
        return part < window.open_parts
    if window.next_msn < msn:
        return False
    # M is complete, or has been. A part beyond its last means part 0 of the segment after it.
    is_last = window.next_msn == msn + 1
    return not is_last or window.open_parts > 0 or part < len(window.segments[-1].parts)


def _is_too_far(window: Window, msn: int, part: int | None) -> bool:
    if msn > window.next_msn - 1 + ADVANCE_MSN_LIMIT:
        return True
    if part is None or (msn < window.next_msn and not window.segments):  # the latter has nothing to be measured from
        return False
    if msn < window.next_msn:
        last_part = len(window.segments[-1].parts) - 1
    else:
        last_part = window.open_parts - 1 if msn == window.next_msn else -1
    return part - last_part > window.constants.advance_part_limit


def decide_resource(window: Window, name: str) -> Decision:
    """Whether a segment, part or init segment is there; only one that the playlist hints may be waited for."""
    if window.resource(name) is not None:
        return Decision.ANSWER
    return Decision.HOLD if name in window.hinted() else Decision.REFUSE
