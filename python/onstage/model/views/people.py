"""Participants, tracks and invites in JSON."""

from typing import Any

from onstage.model.permission import Permission
from onstage.model.records import Invite, InviteStatus, Participant, Presence, Track
from onstage.model.role import Level, MediaAllowed, Source
from onstage.model.view import Timestamp, View


class TrackView(View):
    """One published source."""

    sid: str
    source: Source
    muted: bool

    @classmethod
    def of(cls, track: Track) -> "TrackView":
        """The track as others see it."""
        return cls(sid=track.sid, source=track.source, muted=track.is_muted)


class ParticipantView(View):
    """One presence in a session."""

    id: str
    identity: str
    name: str
    room_id: str
    session_id: str
    role: str
    level: Level
    priority: int
    permissions: list[Permission]
    sources: list[Source]
    subscribe_to: list[str] | None
    join_audio_muted: bool
    join_video_muted: bool
    chat_muted: bool
    backstage: bool
    metadata: dict[str, Any]
    attributes: dict[str, str]
    tracks: list[TrackView]
    presence: Presence
    hand_raised_at: Timestamp | None
    joined_at: Timestamp
    left_at: Timestamp | None

    @classmethod
    def of(cls, participant: Participant) -> "ParticipantView":
        """The participant as others see it."""
        return cls(
            id=participant.id,
            identity=participant.identity,
            name=participant.name,
            room_id=participant.room_id,
            session_id=participant.session_id,
            role=participant.role,
            level=participant.level,
            priority=participant.priority,
            permissions=sorted(participant.permissions),
            sources=sorted(participant.sources),
            subscribe_to=None if participant.subscribe_to is None else list(participant.subscribe_to),
            join_audio_muted=participant.is_audio_muted_on_join,
            join_video_muted=participant.is_video_muted_on_join,
            chat_muted=participant.is_chat_muted,
            backstage=participant.is_backstage,
            metadata=participant.metadata,
            attributes=participant.attributes,
            tracks=[TrackView.of(track) for track in participant.tracks],
            presence=participant.presence,
            hand_raised_at=participant.hand_raised_at,
            joined_at=participant.joined_at,
            left_at=participant.left_at,
        )


class InviteView(View):
    """A promotion waiting for the participant's yes. `invited_by` null: your server."""

    id: str
    room_id: str
    participant_id: str
    invited_by: str | None
    role: str
    media_allowed: MediaAllowed
    status: InviteStatus
    created_at: Timestamp
    expires_at: Timestamp

    @classmethod
    def of(cls, invite: Invite) -> "InviteView":
        """The invite as the two people it concerns see it."""
        return cls(
            id=invite.id,
            room_id=invite.room_id,
            participant_id=invite.participant_id,
            invited_by=invite.invited_by,
            role=invite.promotion.role,
            media_allowed=invite.promotion.media_allowed,
            status=invite.status,
            created_at=invite.created_at,
            expires_at=invite.expires_at,
        )
