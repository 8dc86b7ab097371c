"""An output: one thing that a broadcast feeds, and how far it is. A broadcast keeps its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from onstage.model.ids import OutputId, RecordingId

MOST_OUTPUTS = 10
"""Of a broadcast at a time, HLS among them."""
_MOST_OVER = 10


class OutputType(StrEnum):
    """What kind of thing is fed."""

    HLS = "hls"
    RTMP = "rtmp"
    RECORDING = "recording"


class OutputStatus(StrEnum):
    """connecting → live ⇄ reconnecting → failed, or ended from any of them; a recording never reconnects."""

    CONNECTING = "connecting"
    LIVE = "live"
    RECONNECTING = "reconnecting"
    FAILED = "failed"
    ENDED = "ended"

    @property
    def is_over(self) -> bool:
        """Whether it is fed no more, and never again."""
        return self in (OutputStatus.FAILED, OutputStatus.ENDED)


class OutputTrouble(StrEnum):
    """Why an output is not live: what a program branches on."""

    NOT_ALLOWED = "not_allowed"
    """The operator's rules for outbound connections forbid where the name leads to now."""
    UNREACHABLE = "unreachable"
    """There is no connection: no such host, nobody listens, or nothing comes back in time."""
    CERTIFICATE = "certificate"
    """The server's certificate does not prove that it is the one meant."""
    REFUSED = "refused"
    """The server said no, as it does to a wrong stream key."""
    CLOSED = "closed"
    """The server hung up without a word before it took the stream, as some do to a wrong stream key."""
    SLOW = "slow"
    """It takes less than everything: pictures are dropped, up to the next one that stands alone."""
    UNREADABLE = "unreadable"
    """The stream key was sealed with a secret that the server no longer has."""
    LOST = "lost"
    """The connection broke, or took nothing more."""
    COMPOSER = "composer"
    """Our own composer was started anew."""
    REMOVED = "removed"
    """Somebody asked for it."""


@dataclass(frozen=True, slots=True)
class OutputReason:
    """Why an output is as it is; `detail` is for people, and holds no secret."""

    code: OutputTrouble
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """What a broadcast feeds. `url` is as shown: without the stream key, which is in `sealed` alone."""

    id: OutputId
    type: OutputType
    status: OutputStatus
    since: datetime
    reason: OutputReason | None = None
    url: str | None = None
    sealed: str | None = None
    recording_id: RecordingId | None = None
    keep_days: int | None = None

    def moved(self, status: OutputStatus, reason: OutputReason | None, now: datetime) -> "Output":
        """The same, as far as it is now. What is over needs its secret no more."""
        since = self.since if status is self.status else now
        return replace(self, status=status, reason=reason, since=since, sealed=None if status.is_over else self.sealed)


Outputs = tuple[Output, ...]


def placed(outputs: Outputs, output: Output) -> Outputs:
    """With this one in its place, or last; of those that are over only the newest are kept."""
    known = [output if one.id == output.id else one for one in outputs]
    listed = known if output in known else [*known, output]
    over = [one.id for one in listed if one.status.is_over and one.type is not OutputType.HLS]
    gone = set(over[:-_MOST_OVER])
    return tuple(one for one in listed if one.id not in gone)


def hls_moved(outputs: Outputs, status: OutputStatus, now: datetime) -> Outputs:
    """With the HLS output as far as the broadcast is."""
    return tuple(one.moved(status, None, now) if one.type is OutputType.HLS else one for one in outputs)


def ended_with_broadcast(outputs: Outputs, now: datetime) -> Outputs:
    """With everything ended that HLS goes beside; a recording is put in order behind it."""
    return tuple(
        one.moved(OutputStatus.ENDED, None, now) if one.type is not OutputType.HLS and not one.status.is_over else one
        for one in outputs
    )


def open_count(outputs: Sequence[Output]) -> int:
    """How many are not over."""
    return sum(not one.status.is_over for one in outputs)
