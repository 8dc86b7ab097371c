"""Rooms, sessions, counts."""

from onstage.events.base import Delivery, EventData
from onstage.model.views import CountsView, RoomView, SessionView


class RoomEvent(EventData):
    """Base: something about the room itself."""

    room: RoomView


class RoomCreated(RoomEvent):
    """A room was made."""

    NAME = "room.created"


class RoomUpdated(RoomEvent):
    """The room's name, title, lock, settings or metadata changed."""

    NAME = "room.updated"


class RoomEnded(RoomEvent):
    """The room was ended: everybody leaves, the broadcast stops."""

    NAME = "room.ended"
    reason: str


class RoomDeleted(RoomEvent):
    """The room is gone; its history stays readable by session."""

    NAME = "room.deleted"


class SessionEvent(EventData):
    """Base: the room's session began or is over."""

    session: SessionView


class SessionStarted(SessionEvent):
    """The first participant joined."""

    NAME = "session.started"


class SessionUpdated(SessionEvent):
    """The session's end was moved, with the room's settings."""

    NAME = "session.updated"


class SessionEnded(SessionEvent):
    """The session is over; the next join opens another."""

    NAME = "session.ended"


class AudienceCounted(EventData):
    """How many are here; at most once a second."""

    NAME = "audience.counted"
    DELIVERY = Delivery.EPHEMERAL
    counts: CountsView
