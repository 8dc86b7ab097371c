"""The nouns as the store keeps them: frozen data, no behaviour that needs I/O."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from onstage.model.ids import BroadcastId, InviteId, MessageId, ParticipantId, ProjectId, RoomId, SessionId
from onstage.model.permission import Permission
from onstage.model.role import Level, MediaAllowed, Source


@dataclass(frozen=True, slots=True)
class Project:
    """A tenant. The secret itself is never kept, only its hash."""

    id: ProjectId
    name: str
    secret_hash: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """A place people join; its name is unique in its project. `seq` numbers its events."""

    id: RoomId
    project_id: ProjectId
    name: str
    title: str
    template: str
    is_locked: bool
    metadata: dict[str, Any]
    seq: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class RoomCode:
    """A short join link for one role."""

    code: str
    room_id: RoomId
    role: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """One period during which a room has people."""

    id: SessionId
    room_id: RoomId
    started_at: datetime
    ended_at: datetime | None = None
    end_reason: str | None = None


class Presence(StrEnum):
    """Where a participant is in its life within a session."""

    JOINED = "joined"
    LEFT = "left"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Track:
    """One published audio or video source, as the engine reported it."""

    sid: str
    source: Source
    is_muted: bool


@dataclass(frozen=True, slots=True)
class Participant:
    """One presence in a session. Keeps `id` and `identity` through promotion and reconnect (design §10.6)."""

    id: ParticipantId
    project_id: ProjectId
    room_id: RoomId
    session_id: SessionId
    identity: str
    name: str
    role: str
    level: Level
    role_before: str | None  # where a demotion goes back to
    permissions: frozenset[Permission]
    sources: frozenset[Source]
    is_audio_muted_on_join: bool
    is_video_muted_on_join: bool
    metadata: dict[str, Any]
    tracks: tuple[Track, ...]
    presence: Presence
    hand_raised_at: datetime | None
    joined_at: datetime
    left_at: datetime | None

    @property
    def is_on_stage(self) -> bool:
        """Whether they may publish now."""
        return self.level is Level.STAGE


class InviteStatus(StrEnum):
    """An invite is open until one of the other four happens, once."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Promotion:
    """What a promotion gives: a role, and what it narrows or changes of the role."""

    role: str
    permissions: frozenset[Permission] | None = None
    media_allowed: MediaAllowed = MediaAllowed.ALL
    join_audio_muted: bool = False
    join_video_muted: bool = False


@dataclass(frozen=True, slots=True)
class Invite:
    """A promotion waiting for the participant's yes."""

    id: InviteId
    room_id: RoomId
    session_id: SessionId
    participant_id: ParticipantId
    invited_by: ParticipantId | None  # None: the server, with project credentials
    promotion: Promotion
    status: InviteStatus
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message to the room."""

    id: MessageId
    room_id: RoomId
    session_id: SessionId
    sender_id: ParticipantId
    sender_name: str
    text: str
    sent_at: datetime


class BroadcastStatus(StrEnum):
    """starting → live → stopping → ended, or failed from any of the first three."""

    STARTING = "starting"
    LIVE = "live"
    STOPPING = "stopping"
    ENDED = "ended"
    FAILED = "failed"

    @property
    def is_active(self) -> bool:
        """Whether a composer works, or is about to, for it."""
        return self in (BroadcastStatus.STARTING, BroadcastStatus.LIVE, BroadcastStatus.STOPPING)


class LayoutName(StrEnum):
    """The arrangements the composer knows."""

    GRID = "grid"
    SPOTLIGHT = "spotlight"


class Quality(StrEnum):
    """Presets of canvas height and bit rate."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    ULTRA = "ultra"


@dataclass(frozen=True, slots=True)
class Broadcast:
    """The room's composed one-to-many output."""

    id: BroadcastId
    project_id: ProjectId
    room_id: RoomId
    session_id: SessionId | None
    title: str
    status: BroadcastStatus
    reason: str | None
    layout: LayoutName
    quality: Quality
    profile: str
    started_at: datetime
    live_at: datetime | None
    ended_at: datetime | None
