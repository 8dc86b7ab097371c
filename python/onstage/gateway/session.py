"""One client's protocol, without any I/O: which frames follow from which events.

The order is: attach to the feed, read snapshot or missed events, `begin`; events that come in between are
held back until then, so that none is lost and none is sent twice.
"""

from dataclasses import dataclass
from enum import StrEnum

from onstage.errors import OnstageError
from onstage.events import ParticipantJoined, ParticipantLeft, ParticipantRemoved, SessionEnded
from onstage.gateway import frames
from onstage.gateway.feed import FeedEvent
from onstage.gateway.send_queue import MOST_FRAMES, Kind, Outgoing, SendQueue, TooSlowError
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
    """Why a connection is closed by us. After the last five, connect again and resume."""

    SESSION_ENDED = "session_ended"
    PARTICIPANT_LEFT = "participant_left"
    PARTICIPANT_REMOVED = "participant_removed"
    REPLACED = "replaced"
    TOKEN_INVALID = "token_invalid"  # noqa: S105 - a code, not a password
    TOKEN_EXPIRED = "token_expired"  # noqa: S105 - a code, not a password
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
        known = error.code.code in tuple(ByeCode)
        return cls(ByeCode(error.code.code) if known else ByeCode.PROTOCOL_ERROR, error.detail)


TOO_SLOW = Farewell(ByeCode.TOO_SLOW, "You read too slowly; connect again and resume.")
REPLACED = Farewell(ByeCode.REPLACED, "The same participant connected again.")
STOPPING = Farewell(ByeCode.SERVER_STOPPING, "The server is being stopped; connect again and resume.")
_SESSION_ENDED = Farewell(ByeCode.SESSION_ENDED, "The session is over.")
_FAILED = Farewell(ByeCode.INTERNAL, "Something broke on our side; connect again and resume.")
_OWN_END = {
    ParticipantRemoved.NAME: Farewell(ByeCode.PARTICIPANT_REMOVED, "You were removed from the session."),
    ParticipantLeft.NAME: Farewell(ByeCode.PARTICIPANT_LEFT, "You have left the session."),
}


class GatewaySession:
    """What one connection has been sent, and what it is to be sent next."""

    def __init__(self, participant_id: str, level: Level, role: str, queue: SendQueue) -> None:
        self.participant_id = participant_id
        self.connection_id = new_connection_id(participant_id)
        self.level = level
        self.role = role
        self.queue = queue
        self.farewell: Farewell | None = None
        """Set when the connection is to be closed, after what is queued."""
        self._sent_seq = 0
        self._seen_seq = 0
        self._held: list[FeedEvent] | None = []

    @property
    def gather_s(self) -> float:
        """How long events that are not urgent may wait for company (design §9): not at all on stage."""
        return VIEWER_GATHER_S if self.level is Level.VIEWER else 0.0

    def begin(self, first_frame: str, seq: int, missed: list[FeedEvent]) -> None:
        """Send `first_frame`, then what was missed, then what came meanwhile; all behind `seq`."""
        self._sent_seq = self._seen_seq = seq
        self.role = self._role_before(missed)
        self.on_control(first_frame)
        held, self._held = self._held or [], None
        self.on_events(missed)
        self.on_events(held)

    def _role_before(self, missed: list[FeedEvent]) -> str:
        """The role at the beginning of what was missed: roles' messages are for who had the role at the time."""
        changes = (one.row.data for one in missed if "from_role" in one.row.data)
        own = (data["from_role"] for data in changes if data["participant"]["id"] == self.participant_id)
        return next(own, self.role)

    def on_events(self, batch: list[FeedEvent]) -> None:
        """Queue those of the room's next events that concern this participant, each once."""
        if self._held is not None:
            self._held.extend(batch)
            if len(self._held) > MOST_FRAMES:
                self.end(TOO_SLOW)
            return
        for event in batch:
            if event.row.seq <= self._seen_seq:
                continue
            self._seen_seq = event.row.seq
            if event.row.recipients.include(self.participant_id, self.role):
                kind = Kind.STATE if event.is_state else Kind.DROPPABLE
                is_own = self._follow_own_state(event)
                self._put(Outgoing(kind, event.tail, is_event=True, seq=event.row.seq, is_urgent=is_own))

    def _follow_own_state(self, event: FeedEvent) -> bool:
        """Keep up with the client's own level and end; whether the event is about itself, which it hears at once."""
        if event.row.name == SessionEnded.NAME:
            self.farewell = _SESSION_ENDED
            return True
        participant = event.row.data.get("participant")
        if participant is None or participant["id"] != self.participant_id:
            return self.participant_id in event.row.recipients.participant_ids
        self.level, self.role = Level(participant["level"]), participant["role"]
        if event.row.name == ParticipantJoined.NAME:
            self.farewell = None  # they had left, and are back: a resume may hold both
        self.farewell = _OWN_END.get(event.row.name, self.farewell)
        return True

    def on_ephemeral(self, tail: str) -> None:
        """Queue an event without a row."""
        if self._held is None:
            self._put(Outgoing(Kind.DROPPABLE, tail, is_event=True, is_urgent=False))

    def on_feed_failed(self) -> None:
        """Nothing more comes: the client is to connect again and resume."""
        self.end(_FAILED)

    def on_control(self, frame: str) -> None:
        """Queue a reply, a ping or a first frame; it is not gathered."""
        self._put(Outgoing(Kind.CONTROL, frame))

    def _put(self, outgoing: Outgoing) -> None:
        try:
            self.queue.put(outgoing)
        except TooSlowError:
            self.end(TOO_SLOW)

    def end(self, farewell: Farewell) -> None:
        """Close the connection without sending the rest."""
        self.farewell = farewell
        self.queue.cut.set()

    def next_frame(self) -> str | None:
        """The next frame to send; None when nothing waits. Events are numbered here: a dropped one leaves no gap."""
        taken = self.queue.take()
        if not taken:
            return None
        if not taken[0].is_event:
            return taken[0].text
        return frames.gathered([self._event_frame(one) for one in taken])

    def _event_frame(self, outgoing: Outgoing) -> str:
        if outgoing.seq is None:
            return frames.event(None, None, outgoing.text)
        prev, self._sent_seq = self._sent_seq, outgoing.seq
        return frames.event(outgoing.seq, prev, outgoing.text)
