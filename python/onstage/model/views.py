"""How the nouns look in JSON: the same for REST answers, gateway events, snapshots and webhooks."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

from onstage.clock import rfc3339
from onstage.model.permission import Permission
from onstage.model.records import (
    Broadcast,
    BroadcastStatus,
    Invite,
    InviteStatus,
    LayoutName,
    Message,
    Participant,
    Presence,
    Quality,
    Room,
    Session,
    Track,
)
from onstage.model.role import Level, MediaAllowed, Source

Timestamp = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]


class View(BaseModel):
    """Base of everything we send: an undeclared field is a bug in the schema, so it fails when built."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SessionView(View):
    """One period during which the room has people."""

    id: str
    started_at: Timestamp
    ended_at: Timestamp | None
    end_reason: str | None

    @classmethod
    def of(cls, session: Session) -> "SessionView":
        """The session as others see it."""
        return cls(
            id=session.id, started_at=session.started_at, ended_at=session.ended_at, end_reason=session.end_reason
        )


class RoomView(View):
    """A place people join."""

    id: str
    name: str
    title: str
    template: str
    locked: bool
    metadata: dict[str, Any]
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, room: Room) -> "RoomView":
        """The room as others see it."""
        return cls(
            id=room.id,
            name=room.name,
            title=room.title,
            template=room.template,
            locked=room.is_locked,
            metadata=room.metadata,
            created_at=room.created_at,
            updated_at=room.updated_at,
        )


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
    permissions: list[Permission]
    sources: list[Source]
    join_audio_muted: bool
    join_video_muted: bool
    metadata: dict[str, Any]
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
            permissions=sorted(participant.permissions),
            sources=sorted(participant.sources),
            join_audio_muted=participant.is_audio_muted_on_join,
            join_video_muted=participant.is_video_muted_on_join,
            metadata=participant.metadata,
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


class MessageView(View):
    """One chat message."""

    id: str
    sender_id: str
    sender_name: str
    text: str
    sent_at: Timestamp

    @classmethod
    def of(cls, message: Message) -> "MessageView":
        """The message as everybody sees it."""
        return cls(
            id=message.id,
            sender_id=message.sender_id,
            sender_name=message.sender_name,
            text=message.text,
            sent_at=message.sent_at,
        )


class LayoutView(View):
    """How the people on stage are arranged."""

    name: LayoutName


class BroadcastView(View):
    """The room's composed output. `playback_path` is below the server's public URL."""

    id: str
    room_id: str
    session_id: str | None
    title: str
    status: BroadcastStatus
    reason: str | None
    layout: LayoutView
    canvas: str
    quality: Quality
    profile: str
    playback_path: str
    started_at: Timestamp
    live_at: Timestamp | None
    ended_at: Timestamp | None

    @classmethod
    def of(cls, broadcast: Broadcast) -> "BroadcastView":
        """The broadcast as everybody sees it."""
        return cls(
            id=broadcast.id,
            room_id=broadcast.room_id,
            session_id=broadcast.session_id,
            title=broadcast.title,
            status=broadcast.status,
            reason=broadcast.reason,
            layout=LayoutView(name=broadcast.layout),
            canvas="16:9",
            quality=broadcast.quality,
            profile=broadcast.profile,
            playback_path=f"/live/{broadcast.id}/index.m3u8",
            started_at=broadcast.started_at,
            live_at=broadcast.live_at,
            ended_at=broadcast.ended_at,
        )


class CountsView(View):
    """How many are present at each level."""

    stage: int
    audience: int
    viewer: int


class SnapshotView(View):
    """Everything a page shows, as of the `seq` it comes with. Events after it lead to the next one (invariant 3).

    `participants` holds stage and audience; viewers are only counted. `hands` holds whoever has a hand up,
    viewers too, first raised first. `invites` are the open ones made by or for this participant.
    """

    room: RoomView
    session: SessionView
    me: ParticipantView
    participants: list[ParticipantView]
    hands: list[ParticipantView]
    invites: list[InviteView]
    messages: list[MessageView]
    broadcast: BroadcastView | None
    counts: CountsView
