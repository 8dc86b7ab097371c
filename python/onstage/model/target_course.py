"""The course of a live target: when it is tried again after a failure, and when it is given up. Pure."""

from dataclasses import dataclass

from onstage.model.outputs import OutputReason, OutputStatus, OutputTrouble

PAUSES_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Before each attempt after a failure; then the last one."""
JITTER = 0.2
"""Pauses are longer or shorter by up to this part, so that targets lost together don't return together."""
SETTLED_AFTER_S = 10.0
"""Fed for so long, a target counts as well again; less is the same trouble going on."""
GIVE_UP_AFTER_S = 600.0
"""Of trouble without being well in between."""
MOST_CLOSED = 3
"""A server that hangs up so often in a row without a word, on a stream that it never took, refuses it."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where a target is now, and after which pause it is tried again; None: not at all, or it need not be."""

    status: OutputStatus
    reason: OutputReason | None = None
    pause_s: float | None = None


class TargetCourse:
    """Made when a target is first tried, and told of all that happens to it. `now_s` never goes back."""

    def __init__(self) -> None:
        self._has_been_fed = False
        self._fed_since_s: float | None = None
        self._troubled_since_s: float | None = None
        self._failures = 0
        self._closed = 0

    def fed(self, now_s: float, reason: OutputReason | None = None) -> Step:
        """It takes the stream; `reason` when not all of it."""
        if self._fed_since_s is None:
            self._fed_since_s = now_s
        self._has_been_fed = True
        return Step(OutputStatus.LIVE, reason)

    def failed(self, reason: OutputReason, now_s: float, *, jitter: float) -> Step:
        """An attempt has come to its end. `jitter` is from -1 to 1."""
        self._note_failure(reason, now_s)
        if self._is_refused(reason) or now_s - (self._troubled_since_s or now_s) >= GIVE_UP_AFTER_S:
            return Step(OutputStatus.FAILED, reason)
        pause_s = PAUSES_S[min(self._failures, len(PAUSES_S)) - 1] * (1 + JITTER * jitter)
        status = OutputStatus.RECONNECTING if self._has_been_fed else OutputStatus.CONNECTING
        return Step(status, reason, pause_s)

    def _note_failure(self, reason: OutputReason, now_s: float) -> None:
        fed_since_s, self._fed_since_s = self._fed_since_s, None
        if fed_since_s is not None and now_s - fed_since_s >= SETTLED_AFTER_S:
            self._failures, self._troubled_since_s = 0, None
        if self._troubled_since_s is None:
            self._troubled_since_s = now_s
        self._failures += 1
        self._closed = self._closed + 1 if reason.code is OutputTrouble.CLOSED else 0

    def _is_refused(self, reason: OutputReason) -> bool:
        """For good. One that took the stream before may only not have noticed yet that we were gone."""
        if reason.code is OutputTrouble.UNREADABLE:
            return True
        said_no = reason.code is OutputTrouble.REFUSED or self._closed >= MOST_CLOSED
        return said_no and not self._has_been_fed

    def restarted(self, *, had_been_fed: bool) -> None:
        """The composer, or the server, was started anew, which is nobody's failure."""
        self._fed_since_s = None
        self._has_been_fed = self._has_been_fed or had_been_fed
