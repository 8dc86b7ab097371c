"""The history of sessions in JSON."""

from datetime import datetime

from onstage.model.records import Participant, Presence, Session
from onstage.model.role import Level
from onstage.model.view import Timestamp, View
from onstage.model.views.rooms import SessionView


class PeaksView(View):
    """The most that were present at each level, and in all; each at a moment of its own."""

    stage: int
    audience: int
    viewer: int
    total: int


class MinutesView(View):
    """Minutes that everybody together spent at each level."""

    stage: float
    audience: float
    viewer: float


class SecondsView(View):
    """Seconds that one participant spent at each level."""

    stage: float
    audience: float
    viewer: float


class SessionSummaryView(SessionView):
    """A session in a list. `room_name` is what the room was called when it began; `duration_s` goes on while open."""

    room_id: str
    room_name: str
    duration_s: float
    peaks: PeaksView

    @classmethod
    def at(cls, session: Session, now: datetime) -> "SessionSummaryView":
        """The session as it is, or was, at that moment."""
        return cls(**SessionView.of(session).model_dump(), **_summary(session, now))


def _summary(session: Session, now: datetime) -> dict[str, object]:
    peaks = session.peaks
    return {
        "room_id": session.room_id,
        "room_name": session.room_name,
        "duration_s": ((session.ended_at or now) - session.started_at).total_seconds(),
        "peaks": PeaksView(stage=peaks.stage, audience=peaks.audience, viewer=peaks.viewer, total=session.peak_total),
    }


class SessionDetailsView(SessionSummaryView):
    """A session with all that is counted of it: who was there, for how long, and the messages that were not deleted."""

    participants: int
    minutes: MinutesView
    messages: int

    @classmethod
    def counted(
        cls, session: Session, now: datetime, *, participants: int, ms: dict[Level, int], messages: int
    ) -> "SessionDetailsView":
        """The session with these counts."""
        return cls(
            **SessionSummaryView.at(session, now).model_dump(),
            participants=participants,
            minutes=MinutesView(**{level.value: round(ms[level] / 60_000, 3) for level in Level}),
            messages=messages,
        )


class SessionParticipantView(View):
    """Somebody's part in a session. `joined_at` is their first coming, `left_at` their last going, if they went.

    `role` and `level` are those they have, or had at the end; `duration_s` leaves out the time they were away.
    """

    id: str
    identity: str
    name: str
    role: str
    level: Level
    presence: Presence
    joined_at: Timestamp
    left_at: Timestamp | None
    duration_s: float
    seconds: SecondsView

    @classmethod
    def of(cls, participant: Participant, first_joined_at: datetime, ms: dict[Level, int]) -> "SessionParticipantView":
        """The participant, who spent these milliseconds at each level."""
        return cls(
            id=participant.id,
            identity=participant.identity,
            name=participant.name,
            role=participant.role,
            level=participant.level,
            presence=participant.presence,
            joined_at=first_joined_at,
            left_at=participant.left_at,
            duration_s=sum(ms.values()) / 1_000,
            seconds=SecondsView(**{level.value: ms[level] / 1_000 for level in Level}),
        )
