"""Every event, typed once. AsyncAPI, the TypeScript types, the webhooks and the guide's table come from here.

A state event has a row and a `seq`, is replayed on resume and never dropped. A message event has a row
too, but its delivery to a slow client may be dropped. An ephemeral event has neither row nor `seq`.
"""

from onstage.events.base import EVERYONE, NOBODY, Delivery, EventData, Recipients
from onstage.events.broadcasts import (
    BroadcastDegraded,
    BroadcastEnded,
    BroadcastEvent,
    BroadcastFailed,
    BroadcastLive,
    BroadcastStarting,
    BroadcastStopping,
    BroadcastUpdated,
)
from onstage.events.chat import (
    CustomSent,
    MessageDeleted,
    MessageEvent,
    MessagePinned,
    MessageSent,
    MessageUnpinned,
    ReactionCounted,
    StateChanged,
)
from onstage.events.people import (
    HandLowered,
    HandRaised,
    InviteAccepted,
    InviteCancelled,
    InviteCreated,
    InviteDeclined,
    InviteEvent,
    InviteExpired,
    ParticipantBanned,
    ParticipantDemoted,
    ParticipantEngineFailed,
    ParticipantEvent,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantPromoted,
    ParticipantRemoved,
    ParticipantRoleChanged,
    ParticipantUnbanned,
    ParticipantUnmuteRequested,
    ParticipantUpdated,
    SpeakersChanged,
    TrackEvent,
    TrackMuted,
    TrackPublished,
    TrackUnmuted,
    TrackUnpublished,
)
from onstage.events.polls import (
    PollCounted,
    PollCreated,
    PollEvent,
    PollStarted,
    PollStopped,
    PollVoted,
)
from onstage.events.rooms import (
    AudienceCounted,
    RoomCreated,
    RoomDeleted,
    RoomEnded,
    RoomEvent,
    RoomUpdated,
    SessionEnded,
    SessionEvent,
    SessionStarted,
    SessionUpdated,
)
from onstage.events.webhooks import (
    WebhookDisabled,
)

__all__ = [
    "EVENTS",
    "EVERYONE",
    "NOBODY",
    "AudienceCounted",
    "BroadcastDegraded",
    "BroadcastEnded",
    "BroadcastEvent",
    "BroadcastFailed",
    "BroadcastLive",
    "BroadcastStarting",
    "BroadcastStopping",
    "BroadcastUpdated",
    "CustomSent",
    "Delivery",
    "EventData",
    "HandLowered",
    "HandRaised",
    "InviteAccepted",
    "InviteCancelled",
    "InviteCreated",
    "InviteDeclined",
    "InviteEvent",
    "InviteExpired",
    "MessageDeleted",
    "MessageEvent",
    "MessagePinned",
    "MessageSent",
    "MessageUnpinned",
    "ParticipantBanned",
    "ParticipantDemoted",
    "ParticipantEngineFailed",
    "ParticipantEvent",
    "ParticipantJoined",
    "ParticipantLeft",
    "ParticipantPromoted",
    "ParticipantRemoved",
    "ParticipantRoleChanged",
    "ParticipantUnbanned",
    "ParticipantUnmuteRequested",
    "ParticipantUpdated",
    "PollCounted",
    "PollCreated",
    "PollEvent",
    "PollStarted",
    "PollStopped",
    "PollVoted",
    "ReactionCounted",
    "Recipients",
    "RoomCreated",
    "RoomDeleted",
    "RoomEnded",
    "RoomEvent",
    "RoomUpdated",
    "SessionEnded",
    "SessionEvent",
    "SessionStarted",
    "SessionUpdated",
    "SpeakersChanged",
    "StateChanged",
    "TrackEvent",
    "TrackMuted",
    "TrackPublished",
    "TrackUnmuted",
    "TrackUnpublished",
    "WebhookDisabled",
]


def _leaves(base: type[EventData]) -> list[type[EventData]]:
    below = base.__subclasses__()
    return [base] if not below else [leaf for one in below for leaf in _leaves(one)]


EVENTS: dict[str, type[EventData]] = {leaf.NAME: leaf for leaf in _leaves(EventData)}
