"""Participants, invites, hands, tracks, speakers."""

from enum import StrEnum

from onstage.events.base import NOT_OF_VIEWERS, OF_VIEWERS_WITH_HANDS, PROJECT_ONLY, Delivery, EventData
from onstage.model.role import Source
from onstage.model.views import BanView, InviteView, ParticipantView, TrackView


class LeaveReason(StrEnum):
    """Why somebody left."""

    LEFT = "left"  # they said so
    ABSENT = "absent"
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - a reason, not a password


class ParticipantEvent(EventData):
    """Base: one participant as it is now."""

    participant: ParticipantView


class ParticipantJoined(ParticipantEvent):
    """Somebody came into the room."""

    NAME = "participant.joined"
    TOLD_TO = NOT_OF_VIEWERS


class ParticipantLeft(ParticipantEvent):
    """Somebody went, was neither on the gateway nor on the engine for the grace period, or had their token revoked."""

    NAME = "participant.left"
    TOLD_TO = NOT_OF_VIEWERS
    reason: LeaveReason


class ParticipantUpdated(ParticipantEvent):
    """Name, metadata, attributes or the right to chat changed."""

    NAME = "participant.updated"
    TOLD_TO = OF_VIEWERS_WITH_HANDS


class ParticipantPromoted(ParticipantEvent):
    """Somebody was brought on stage. `by` null: your server, or an accepted invite of it."""

    NAME = "participant.promoted"
    by: str | None
    from_role: str


class ParticipantDemoted(ParticipantEvent):
    """Somebody was sent back to the seats."""

    NAME = "participant.demoted"
    by: str | None
    from_role: str


class ParticipantRoleChanged(ParticipantEvent):
    """Somebody got another role on the same side: on stage before and after, or in the seats before and after."""

    NAME = "participant.role_changed"
    TOLD_TO = OF_VIEWERS_WITH_HANDS
    by: str | None
    from_role: str


class ParticipantRemoved(ParticipantEvent):
    """Somebody was removed and can't come back into this session."""

    NAME = "participant.removed"
    TOLD_TO = NOT_OF_VIEWERS
    by: str | None
    reason: str | None


class ParticipantBanned(EventData):
    """An identity may not join the room any more; whoever is present under it is removed as well."""

    NAME = "participant.banned"
    TOLD_TO = PROJECT_ONLY
    ban: BanView


class ParticipantUnbanned(EventData):
    """An identity may join again: its ban was taken back or ran out, or its removal was taken back (`ban` null)."""

    NAME = "participant.unbanned"
    TOLD_TO = PROJECT_ONLY
    identity: str
    ban: BanView | None


class ParticipantUnmuteRequested(ParticipantEvent):
    """Somebody on stage is asked to unmute a source; they alone can. `by` null: your server."""

    NAME = "participant.unmute_requested"
    TOLD_TO = "the one who is asked"
    source: Source
    by: str | None


class ParticipantEngineFailed(ParticipantEvent):
    """The engine could not be steered to what the store holds; it is tried again when the engine comes back."""

    NAME = "participant.engine_failed"
    TOLD_TO = OF_VIEWERS_WITH_HANDS
    reason: str


class InviteEvent(EventData):
    """Base: one invite as it is now."""

    TOLD_TO = "the invited, and who invited them"
    invite: InviteView


class InviteCreated(InviteEvent):
    """Somebody is asked to come on stage, or to take another role."""

    NAME = "invite.created"


class InviteAccepted(InviteEvent):
    """They said yes; `participant.promoted` follows, or another change of role."""

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


class SpeakersChanged(EventData):
    """Who speaks now, loudest first."""

    NAME = "speakers.changed"
    DELIVERY = Delivery.EPHEMERAL
    participant_ids: list[str]
