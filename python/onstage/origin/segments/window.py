"""The state of one media playlist, and the only changes RFC 8216bis §6.2.1 allows to it. Knows no clock and no I/O."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from onstage.model.media import Part, ResumePoint
from onstage.origin.segments.constants import FIRST_MSN, PlaylistConstants
from onstage.origin.segments.segment import Segment, StoredWindow, WindowPart, init_name, part_name, segment_name

PARTS_LISTED_SEGMENTS = 2
"""Complete segments whose parts are listed beside the open segment's: about three target durations (§6.2.2)."""
_LEAST_PART_FRACTION = (85, 100)
"""§4.4.4.9: only the last part of a segment may be shorter than 85 % of the target."""


class IllegalMediaError(ValueError):
    """The composer handed in media that no playlist could list. Says what was expected and what came."""


class Window:
    """Segments and parts of one rendition: what is listed, what is open, what can still be fetched.

    Changes come in as `set_init`, `add_part`, `close_segment`, `add_discontinuity` and `end`; every one of them
    leaves a state whose playlist is a legal update of the one before.
    """

    def __init__(self, constants: PlaylistConstants) -> None:
        self.constants = constants
        self.segments: deque[Segment] = deque()
        self.open: Segment | None = None
        self.discontinuity_sequence = 0
        self.next_msn = FIRST_MSN
        self.next_ticks = 0
        self.init_count = 0
        self.is_discontinuity_due = False
        self.is_init_due = True
        self.is_ended = False
        self._retired: deque[Segment] = deque()
        self._resources: dict[str, bytes] = {}

    # what a reader asks

    @property
    def media_sequence(self) -> int:
        """EXT-X-MEDIA-SEQUENCE: number of the first listed segment."""
        return self.segments[0].msn if self.segments else self.next_msn

    @property
    def has_media(self) -> bool:
        """Whether there is a part or a segment to list."""
        return bool(self.segments) or self.open is not None

    @property
    def open_parts(self) -> int:
        """Number of parts of the segment that is being made."""
        return len(self.open.parts) if self.open else 0

    def hinted(self) -> tuple[str, ...]:
        """Resources that come next, by name: the init segment if it is to change, then the part (§4.4.5.3)."""
        if self.is_ended or not self.constants.lists_parts:
            return ()
        part = part_name(self.next_msn, self.open_parts)
        return (init_name(self.init_count), part) if self.is_init_due else (part,)

    def resource(self, name: str) -> bytes | None:
        """Bytes of a segment, part or init segment that can be fetched now."""
        return self._resources.get(name)

    def retained(self) -> Sequence[Segment]:
        """Complete segments that can be fetched: those no longer listed, then the listed ones."""
        return (*self._retired, *self.segments)

    def resume_point(self) -> ResumePoint:
        """Where a new composer goes on."""
        return ResumePoint(next_ticks=self.next_ticks)

    # what the composer tells

    def set_init(self, data: bytes) -> str:
        """Take the init segment of what follows; its name comes back.

        Raises:
            IllegalMediaError: a second one without a discontinuity before it.
        """
        if not self.is_init_due:
            raise IllegalMediaError("an init segment is only replaced after a discontinuity")
        name = init_name(self.init_count)
        self._resources[name] = data
        self.init_count += 1
        self.is_init_due = False
        return name

    def check_part(self, part: Part) -> None:
        """Whether `part` may come next.

        Raises:
            IllegalMediaError: it would break the playlist's constants, its timeline or its order.
        """
        if self.is_ended:
            raise IllegalMediaError("the broadcast has ended")
        if self.is_init_due:
            raise IllegalMediaError("a part came before its init segment")
        if not 0 < part.duration_ticks <= self.constants.part_ticks:
            raise IllegalMediaError(f"part of {part.duration_ticks} ticks; 1 to {self.constants.part_ticks} allowed")
        self._check_start(part)
        if self.open is None:
            if not part.is_independent:
                raise IllegalMediaError("the first part of a segment must start with an IDR")
            return
        scale, whole = _LEAST_PART_FRACTION[1], _LEAST_PART_FRACTION[0] * self.constants.part_ticks
        if self.open.parts[-1].duration_ticks * scale < whole:
            raise IllegalMediaError("a short part must be the last of its segment")
        if self.open.duration_ticks + part.duration_ticks > self.constants.segment_ticks:
            raise IllegalMediaError(f"segment longer than {self.constants.segment_ticks} ticks")

    def _check_start(self, part: Part) -> None:
        jump_allowed = self.is_discontinuity_due or not self.has_media
        if part.start_ticks < self.next_ticks or (part.start_ticks > self.next_ticks and not jump_allowed):
            raise IllegalMediaError(f"part starts at tick {part.start_ticks}; {self.next_ticks} was next")

    def add_part(self, part: Part) -> Segment | None:
        """Publish a part. One that fills its segment completes it in the same step; that segment comes back.

        Completing at once keeps the preload hint true: no playlist hints a part that the full segment cannot have.

        Raises:
            IllegalMediaError: as `check_part`.
        """
        self.check_part(part)
        if self.open is None:
            self.open = self._new_segment(part)
        published = WindowPart(part.duration_ticks, part.is_independent, part.data)
        if self.constants.lists_parts:
            self._resources[part_name(self.next_msn, self.open_parts)] = part.data
        self.open = self.open.with_part(published)
        self.next_ticks = self.open.end_ticks
        if self.open.duration_ticks == self.constants.segment_ticks:
            return self.close_segment()
        return None

    def close_segment(self) -> Segment | None:
        """Complete the open segment with the parts it has; None when there is none."""
        if self.open is None:
            return None
        segment = self.open.complete()
        self.open = None
        self.next_msn += 1
        self.segments.append(segment)
        self._resources[segment_name(segment.msn)] = segment.data
        self._slide()
        return segment

    def add_discontinuity(self) -> Segment | None:
        """The composer is gone: close what is open; what comes next starts anew with an init segment of its own."""
        closed = self.close_segment()
        self.is_discontinuity_due = self.next_msn > FIRST_MSN
        self.is_init_due = True
        return closed

    def end(self) -> Segment | None:
        """No media follows (EXT-X-ENDLIST)."""
        closed = self.close_segment()
        self.is_ended = True
        return closed

    # what storage tells after a restart

    def restore(self, stored: StoredWindow) -> None:
        """Refill an empty window with what was stored; the next part follows a discontinuity."""
        for number, data in stored.inits.items():
            self._resources[init_name(number)] = data
        self.init_count = stored.init_count
        self.discontinuity_sequence = stored.discontinuity_sequence
        for segment in stored.segments:
            self._take_stored(segment)
        self.next_msn, self.next_ticks = stored.next_msn, stored.next_ticks
        self._slide()
        self.is_discontinuity_due = self.next_msn > FIRST_MSN
        self.is_init_due = True

    def _take_stored(self, segment: Segment) -> None:
        self.segments.append(segment)
        self._resources[segment_name(segment.msn)] = segment.data
        for index, part in enumerate(segment.parts if self.constants.lists_parts else ()):
            self._resources[part_name(segment.msn, index)] = part.data

    # inside

    def _new_segment(self, part: Part) -> Segment:
        is_discontinuity, self.is_discontinuity_due = self.is_discontinuity_due, False
        return Segment(
            msn=self.next_msn,
            start_ticks=part.start_ticks,
            duration_ticks=0,
            program_date_time=part.program_date_time,
            init_number=self.init_count - 1,
            is_discontinuity=is_discontinuity,
            parts=(),
        )

    def _slide(self) -> None:
        """Unlist segments beyond the window (by duration, so short ones never empty it), forget what is too old."""
        listed = sum(segment.duration_ticks for segment in self.segments)
        while self.segments and listed - self.segments[0].duration_ticks >= self.constants.window_ticks:
            oldest = self.segments.popleft()
            listed -= oldest.duration_ticks
            self.discontinuity_sequence += oldest.is_discontinuity
            self._retired.append(oldest)
        while self._retired and self._age(self._retired[0]) > self.constants.segment_lifetime_ticks:
            self._resources.pop(segment_name(self._retired.popleft().msn), None)
        self._forget_parts(self._retired)
        self._forget_parts(self.segments)

    def _age(self, segment: Segment) -> int:
        return self.next_ticks - segment.end_ticks

    def _forget_parts(self, segments: deque[Segment]) -> None:
        for position, segment in enumerate(segments):
            if segment.parts and self._age(segment) > self.constants.part_lifetime_ticks:
                for index in range(len(segment.parts)):
                    self._resources.pop(part_name(segment.msn, index), None)
                segments[position] = replace(segment, parts=())
