"""All renditions of a broadcast, side by side: no rung is ahead of another (RFC 8216bis appendix B.1).

Part n of segment m is the same time in every playlist. So a viewer can change rungs at any part, and what a rendition
says of another in its report is true. Whatever ends in the middle of a part, a composer or this server, ends all
renditions before it.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from onstage.model.media import Part
from onstage.origin.segments.segment import StoredWindow
from onstage.origin.segments.window import IllegalMediaError


class Lockstep:
    """The parts of one moment, until every rendition has its own. Never holds more than one of each."""

    def __init__(self) -> None:
        self._waiting: dict[str, Part] = {}

    def add(self, part: Part, renditions: Collection[str]) -> list[Part]:
        """Take a part; all of that moment come back, in the order of `renditions`, with the last of them.

        Raises:
            IllegalMediaError: the rendition's part before it still waits for those of the others.
        """
        if part.rendition in self._waiting:
            missing = sorted(set(renditions) - self._waiting.keys())
            raise IllegalMediaError(f"a second part of {part.rendition}, but none yet of {', '.join(missing)}")
        self._waiting[part.rendition] = part
        if self._waiting.keys() < set(renditions):
            return []
        together, self._waiting = self._waiting, {}
        return [together[name] for name in renditions]

    def drop(self) -> int:
        """Forget what waits: the composer died in the middle of a part. Returns how many there were."""
        dropped = len(self._waiting)
        self._waiting = {}
        return dropped


def aligned(stored: Mapping[str, StoredWindow]) -> dict[str, StoredWindow]:
    """What all renditions have, of what was stored of each: the server may have died between two journals.

    Nothing is taken back that a viewer was shown, since a part is published when all journals have it.
    """
    if not stored:
        return {}
    next_msn = min(one.next_msn for one in stored.values())
    cut = {name: _before(one, next_msn) for name, one in stored.items()}
    last = [one.segments[-1] for one in cut.values() if one.segments and one.segments[-1].msn == next_msn - 1]
    counts = [len(segment.parts) for segment in last if segment.parts]
    least = min(counts, default=0)
    return {name: _with_parts(one, next_msn - 1, least) for name, one in cut.items()}


def _before(stored: StoredWindow, next_msn: int) -> StoredWindow:
    kept = tuple(segment for segment in stored.segments if segment.msn < next_msn)
    return replace(stored, segments=kept, next_msn=next_msn)


def _with_parts(stored: StoredWindow, msn: int, count: int) -> StoredWindow:
    """At most `count` parts in the last segment, if that is segment `msn` and its parts are known."""
    if not stored.segments or stored.segments[-1].msn != msn or len(stored.segments[-1].parts) <= count:
        return stored
    last = stored.segments[-1]
    parts = last.parts[:count]
    shorter = replace(last, parts=parts, duration_ticks=sum(part.duration_ticks for part in parts)).complete()
    return replace(stored, segments=(*stored.segments[:-1], shorter))
