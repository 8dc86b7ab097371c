"""One client's protocol, without any I/O: which frames follow from which events.

The order is: attach to the feed, read snapshot or missed events, `begin`; events that come in between are
held back until then, so that none is lost and none is sent twice.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from onstage.errors import ErrorCode, OnstageError
from onstage.events import LeaveReason, ParticipantJoined, ParticipantLeft, ParticipantRemoved, SessionEnded
from onstage.gateway import frames
from onstage.gateway.batch import Batch, FeedEvent, written
from onstage.gateway.frames import Frame
from onstage.gateway.send_queue import MOST_ITEMS, Gap, SendQueue, TooSlowError
from onstage.model.ids import random_text
from onstage.model.role import Level

VIEWER_GATHER_S = 0.5


def new_connection_id(participant_id: str) -> str:
    """An id that says whose it is, so that a resume is checked without any memory, also after a restart."""
    return f"{participant_id}.{random_text(12)}"


def is_connection_of(connection_id: str, participant_id: str) -> bool:
    """Whether that connection was the participant's."""
    return connection_id.partition(".")[0] == participant_id


class ByeCode(StrEnum):
    """Why a connection is closed by us. After the last six, connect again and resume; rate-limited, do it later."""

    SESSION_ENDED = "session_ended"
    PARTICIPANT_LEFT = "participant_left"
    PARTICIPANT_REMOVED = "participant_removed"
    REPLACED = "replaced"
    IDENTITY_CONNECTED = "identity_connected"
    TOKEN_INVALID = "token_invalid"  # noqa: S105 - a code, not a password
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a code, not a password
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - a code, not a password
    ORIGIN_NOT_ALLOWED = "origin_not_allowed"
    RATE_LIMITED = "rate_limited"
    TOO_SLOW = "too_slow"
    PROTOCOL_ERROR = "protocol_error"
    STORE_UNAVAILABLE = "store_unavailable"
    SERVER_STOPPING = "server_stopping"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Farewell:
    """What a connection is closed with: the code, and a sentence."""

    code: ByeCode
    detail: str

    @classmethod
    def of(cls, error: OnstageError) -> "Farewell":
        """Why a client is not served; what it sent wrongly is a protocol error."""
        code = _MEANS.get(error.code, error.code.code)
        return cls(ByeCode(code) if code in tuple(ByeCode) else ByeCode.PROTOCOL_ERROR, error.detail)


_MEANS = {ErrorCode.TOKEN_EXCEEDS_KEY: ByeCode.TOKEN_INVALID, ErrorCode.ROOM_NOT_FOUND: ByeCode.SESSION_ENDED}


TOO_SLOW = Farewell(ByeCode.TOO_SLOW, "You read too slowly; connect again and resume.")
REPLACED = Farewell(ByeCode.REPLACED, "The same participant connected again.")
STOPPING = Farewell(ByeCode.SERVER_STOPPING, "The server is being stopped; connect again and resume.")
FAILED = Farewell(ByeCode.INTERNAL, "Something broke on our side; connect again and resume.")
_SESSION_ENDED = Farewell(ByeCode.SESSION_ENDED, "The session is over.")
_OWN_END = {
    ParticipantRemoved.NAME: Farewell(ByeCode.PARTICIPANT_REMOVED, "You were removed from the session."),
    ParticipantLeft.NAME: Farewell(ByeCode.PARTICIPANT_LEFT, "You have left the session."),
}


_REVOKED = Farewell(ByeCode.TOKEN_REVOKED, "Your token was revoked.")


class Outlet(Protocol):
    """Where a session's frames go."""

    @property
    def is_full(self) -> bool:
        """Whether nothing should be written now; who was told so is called when there is room again."""
        ...

    def write(self, frame: Frame) -> None:
        """Send, without waiting."""
        ...


class GatewaySession:
    """What one connection has been sent, and what it is to be sent next.

    Frames are written at once while there is room, and wait in a bounded queue when there is none.
    """

    __slots__ = (
        "_held",
        "_known_seq",
        "_on_end",
        "_outlet",
        "_queue",
        "_sent_seq",
        "connection_id",
        "farewell",
        "level",
        "participant_id",
        "position",
        "role",
    )

    def __init__(
        self, participant_id: str, level: Level, role: str, outlet: Outlet, on_end: Callable[[bool], None]
    ) -> None:
        """Begin to hold events back.

        Args:
            participant_id: Whose session it is.
            level: Their level now.
            role: Their role now.
            outlet: Where frames go.
            on_end: Told once `farewell` is set: True when the connection is to be cut, False when what waits is to
                be sent first.
        """
        self.participant_id = participant_id
        self.connection_id = new_connection_id(participant_id)
        self.level = level
        self.role = role
        self.position = 0
        self.farewell: Farewell | None = None
        """Set when the connection is to be closed."""
        self._outlet = outlet
        self._on_end = on_end
        self._queue: SendQueue | None = None  # only while the outlet is full: most never need one
        self._sent_seq = 0
        self._known_seq = 0  # what it began with: the feed may be behind that for a moment
        self._held: list[FeedEvent] | None = []

    @property
    def gathers(self) -> bool:
        """Whether events that are not urgent may wait for company (design §9): not on stage."""
        return self.level is Level.VIEWER

    @property
    def is_held(self) -> bool:
        """Whether it has not begun."""
        return self._held is not None

    @property
    def is_drained(self) -> bool:
        """Whether nothing waits to be sent."""
        return self._queue is None

    def begin(self, first_frame: Frame, seq: int, missed: list[FeedEvent]) -> None:
        """Send `first_frame`, then what was missed, then what came meanwhile; all behind `seq`."""
        self._sent_seq = seq
        self.role = self._role_before(missed)
        self.send(first_frame)
        held, self._held = self._held or [], None
        self._take(missed)
        self._known_seq = max([seq, *(one.seq for one in missed if one.seq is not None)])
        self._take(one for one in held if one.seq is not None)

    def _role_before(self, missed: list[FeedEvent]) -> str:
        """The role at the beginning of what was missed: roles' messages are for who had the role at the time."""
        changes = (one.data for one in missed if one.data is not None and "from_role" in one.data)
        own = (data["from_role"] for data in changes if data["participant"]["id"] == self.participant_id)
        return next(own, self.role)

    def on_batch(self, batch: Batch) -> None:
        """Take the room's next events, each once: those that concern this participant are sent."""
        if self._held is not None:
            self._hold(batch)
            return
        is_new = self.position <= batch.start
        is_known = batch.first_seq is not None and batch.first_seq <= self._known_seq
        unread = batch.events if is_new else batch.events[self.position - batch.start :]
        self.position = max(batch.end, self.position)
        if batch.ends_session or is_known or not is_new or self.participant_id in batch.concerned or not self._has_room:
            self._take(unread)
            return
        written_frames, self._sent_seq = batch.frames_for(self.role, self._sent_seq)
        for frame in written_frames:
            self._outlet.write(frame)

    @property
    def _has_room(self) -> bool:
        return self._queue is None and not self._outlet.is_full

    def _hold(self, batch: Batch) -> None:
        assert self._held is not None
        self._held.extend(batch.events)
        self.position = batch.end
        if len(self._held) > MOST_ITEMS:
            self.end(TOO_SLOW)

    def _take(self, events: Iterable[FeedEvent]) -> None:
        """Send what is for this participant, one event after the other: their role may change on the way."""
        mine: list[FeedEvent] = []
        for event in events:
            if event.seq is not None and event.seq <= self._known_seq:
                continue
            if event.recipients.include(self.participant_id, self.role):
                self._follow(event)
                mine.append(event)
        if self._has_room:
            written_frames, self._sent_seq = written(mine, self._sent_seq)
            for frame in written_frames:
                self._outlet.write(frame)
        else:
            self._wait(mine)
        if self.farewell is not None:
            self._on_end(False)

    def _follow(self, event: FeedEvent) -> None:
        """Keep up with the client's own level and end."""
        if event.name == SessionEnded.NAME:
            self.farewell = self.farewell or _SESSION_ENDED  # who went before its end, by their going, is told why
        participant = event.participant
        if participant is None or participant["id"] != self.participant_id:
            return
        self.level, self.role = Level(participant["level"]), participant["role"]
        if event.name == ParticipantJoined.NAME:
            self.farewell = None  # they had left, and are back: a resume may hold both
        self.farewell = _OWN_END.get(event.name, self.farewell)
        if event.name == ParticipantLeft.NAME and event.data is not None:
            self.farewell = _REVOKED if event.data.get("reason") == LeaveReason.TOKEN_REVOKED else self.farewell

    def send(self, frame: Frame) -> None:
        """Send a reply, a ping or a first frame."""
        if self._has_room:
            self._outlet.write(frame)
        else:
            self._wait([frame])

    def _wait(self, items: Iterable[FeedEvent | Frame]) -> None:
        if self._queue is None:
            self._queue = SendQueue()
        try:
            for item in items:
                self._queue.put(item)
        except TooSlowError:
            self.end(TOO_SLOW)

    def on_room(self) -> None:
        """The outlet takes more: send what waits."""
        while self._queue is not None and not self._outlet.is_full:
            self._send_next(self._queue)
            if not self._queue:
                self._queue = None

    def _send_next(self, queue: SendQueue) -> None:
        match queue.take():
            case Gap(count=count):
                self._outlet.write(frames.dropped(count, self._sent_seq))
            case Frame() as frame:
                self._outlet.write(frame)
            case events:
                written_frames, self._sent_seq = written(events, self._sent_seq)
                for frame in written_frames:
                    self._outlet.write(frame)

    def on_feed_failed(self) -> None:
        """Nothing more comes: the client is to connect again and resume."""
        self.end(FAILED)

    def end(self, farewell: Farewell) -> None:
        """Close the connection without sending the rest."""
        self.farewell = farewell
        self._queue = None
        self._on_end(True)
