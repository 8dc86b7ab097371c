"""Every event, typed once. AsyncAPI, the TypeScript types and the guide's table come from here.

A state event has a row and a `seq`, is replayed on resume and never dropped. A message event has a row
too, but its delivery to a slow client may be dropped. An ephemeral event has neither row nor `seq`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from onstage.model.views import (
    BroadcastView,
    CountsView,
    InviteView,
    MessageView,
    ParticipantView,
    RoomView,
    SessionView,
    TrackView,
    View,
)


class Delivery(StrEnum):
    """What is promised about an event (design §10.1)."""

    STATE = "state"
    MESSAGE = "message"
    EPHEMERAL = "ephemeral"


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who in the room hears of an event. The project's webhooks hear of every event with a row."""

    everyone: bool = False
    participant_ids: frozenset[str] = frozenset()

    def include(self, participant_id: str) -> bool:
        """Whether that participant hears of it."""
        return self.everyone or participant_id in self.participant_ids

    @classmethod
    def only(cls, *participant_ids: str | None) -> "Recipients":
        """Only these participants; None stands for the server, which has no gateway."""
        return cls(participant_ids=frozenset(one for one in participant_ids if one is not None))


EVERYONE = Recipients(everyone=True)
_NOT_OF_VIEWERS = "everybody in the room; of a viewer, only that viewer"


class EventData(View):
    """Base of an event's `data`. Carries the whole of what changed, so that a client only puts it in place."""

    NAME: ClassVar[str]
    DELIVERY: ClassVar[Delivery] = Delivery.STATE
    TOLD_TO: ClassVar[str] = "everybody in the room"


class RoomEvent(EventData):
    """Base: something about the room itself."""

    room: RoomView


class RoomCreated(RoomEvent):
    """A room was made."""

    NAME = "room.created"


class RoomUpdated(RoomEvent):
    """The room's name, title, lock or metadata changed."""

    NAME = "room.updated"


class RoomEnded(RoomEvent):
    """The room was ended: everybody leaves, the broadcast stops."""

    NAME = "room.ended"
    reason: str


class SessionEvent(EventData):
    """Base: the room's session began or is over."""

    session: SessionView


class SessionStarted(SessionEvent):
    """The first participant joined."""

    NAME = "session.started"


class SessionEnded(SessionEvent):
    """The session is over; the next join opens another."""

    NAME = "session.ended"


class ParticipantEvent(EventData):
    """Base: one participant as it is now."""

    participant: ParticipantView


class ParticipantJoined(ParticipantEvent):
    """Somebody came into the room."""

    NAME = "participant.joined"
    TOLD_TO = _NOT_OF_VIEWERS


class ParticipantLeft(ParticipantEvent):
    """Somebody was neither on the gateway nor on the engine for the grace period."""

    NAME = "participant.left"
    TOLD_TO = _NOT_OF_VIEWERS


class ParticipantUpdated(ParticipantEvent):
    """Name or metadata changed."""

    NAME = "participant.updated"


class ParticipantPromoted(ParticipantEvent):
    """Somebody was brought on stage. `by` null: your server, or an accepted invite of it."""

    NAME = "participant.promoted"
    by: str | None


class ParticipantDemoted(ParticipantEvent):
    """Somebody was sent back to the seats."""

    NAME = "participant.demoted"
    by: str | None


class ParticipantRemoved(ParticipantEvent):
    """Somebody was removed and can't come back into this session."""

    NAME = "participant.removed"
    TOLD_TO = _NOT_OF_VIEWERS
    by: str | None


class ParticipantEngineFailed(ParticipantEvent):
    """The engine could not be steered to what the store holds; it is tried again when the engine comes back."""

    NAME = "participant.engine_failed"
    reason: str


class InviteEvent(EventData):
    """Base: one invite as it is now."""

    TOLD_TO = "the invited, and who invited them"
    invite: InviteView


class InviteCreated(InviteEvent):
    """Somebody is asked to come on stage."""

    NAME = "invite.created"


class InviteAccepted(InviteEvent):
    """They said yes; `participant.promoted` follows."""

    NAME = "invite.accepted"


class InviteDeclined(InviteEvent):
    """They said no."""

    NAME = "invite.declined"


class InviteCancelled(InviteEvent):
    """The invite was taken back."""

    NAME = "invite.cancelled"


class InviteExpired(InviteEvent):
    """Nobody answered in time."""

    NAME = "invite.expired"


class HandRaised(ParticipantEvent):
    """A hand went up; it joins the end of the queue."""

    NAME = "hand.raised"


class HandLowered(ParticipantEvent):
    """A hand went down: by itself, by a host, by coming on stage, or by leaving."""

    NAME = "hand.lowered"


class TrackEvent(EventData):
    """Base: one source of one participant."""

    participant_id: str
    track: TrackView


class TrackPublished(TrackEvent):
    """A source is being sent."""

    NAME = "track.published"


class TrackUnpublished(TrackEvent):
    """A source is no longer sent."""

    NAME = "track.unpublished"


class TrackMuted(TrackEvent):
    """A source sends nothing for now."""

    NAME = "track.muted"


class TrackUnmuted(TrackEvent):
    """A source sends again."""

    NAME = "track.unmuted"


class MessageSent(EventData):
    """A chat message to the room."""

    NAME = "message.sent"
    DELIVERY = Delivery.MESSAGE
    message: MessageView


class BroadcastEvent(EventData):
    """Base: the broadcast as it is now."""

    broadcast: BroadcastView


class BroadcastStarting(BroadcastEvent):
    """A composer is being started."""

    NAME = "broadcast.starting"


class BroadcastLive(BroadcastEvent):
    """The first part can be fetched."""

    NAME = "broadcast.live"


class BroadcastUpdated(BroadcastEvent):
    """Layout or title changed; playback goes on without a break."""

    NAME = "broadcast.updated"


class BroadcastDegraded(BroadcastEvent):
    """The composer was restarted, or can't keep up; `reason` on the event says which."""

    NAME = "broadcast.degraded"
    reason: str


class BroadcastStopping(BroadcastEvent):
    """The last part is being made."""

    NAME = "broadcast.stopping"


class BroadcastEnded(BroadcastEvent):
    """The playlist has its end."""

    NAME = "broadcast.ended"


class BroadcastFailed(BroadcastEvent):
    """The broadcast ended by itself; `broadcast.reason` says why."""

    NAME = "broadcast.failed"


class SpeakersChanged(EventData):
    """Who speaks now, loudest first."""

    NAME = "speakers.changed"
    DELIVERY = Delivery.EPHEMERAL
    participant_ids: list[str]


class AudienceCounted(EventData):
    """How many are here; at most once a second."""

    NAME = "audience.counted"
    DELIVERY = Delivery.EPHEMERAL
    counts: CountsView


def _leaves(base: type[EventData]) -> list[type[EventData]]:
    below = base.__subclasses__()
    return [base] if not below else [leaf for one in below for leaf in _leaves(one)]


EVENTS: dict[str, type[EventData]] = {leaf.NAME: leaf for leaf in _leaves(EventData)}
