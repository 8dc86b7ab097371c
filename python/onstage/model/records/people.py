"""Participants, their tracks and invites, and the stretches of time they spent at a level."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from onstage.model.ids import InviteId, ParticipantId, ProjectId, RoomId, SessionId
from onstage.model.permission import Permission
from onstage.model.role import Level, MediaAllowed, Source


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
    attributes: dict[str, str] = field(default_factory=dict)
    extra_permissions: frozenset[Permission] = frozenset()  # the token's, on top of whatever role
    priority: int = 5  # of the role, 1 ranks highest
    subscribe_to: tuple[str, ...] | None = None  # of the role: whose tracks they get; None: everybody's
    is_chat_muted: bool = False
    is_backstage: bool = False  # on stage, and left out of the show until called
    role_seq: int = 0  # the `seq` of the event that gave the role
    joined_seq: int = 0  # the room's when they first came: events up to there are not for them
    removes_at: datetime | None = None  # when the token says they go
    token_id: str | None = None  # of the token they joined with last
    key_id: str | None = None  # of the key that stands behind that token, if one does
    let_in_by: str | None = None  # the bounded key behind the token that they first came with

    @property
    def is_on_stage(self) -> bool:
        """Whether they may publish now."""
        return self.level is Level.STAGE


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when somebody was at a level; the open one has no end."""

    session_id: SessionId
    participant_id: ParticipantId
    level: Level
    started_at: datetime
    ended_at: datetime | None


class InviteStatus(StrEnum):
    """An invite is open until one of the other four happens, once."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Promotion:
    """What a promotion, or another change of role, gives: a role, and what it narrows or changes of the role."""

    role: str
    permissions: frozenset[Permission] | None = None
    media_allowed: MediaAllowed = MediaAllowed.ALL
    join_audio_muted: bool = False
    join_video_muted: bool = False
    is_backstage: bool = False


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
