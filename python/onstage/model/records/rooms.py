"""Rooms, codes, sessions, bans."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from onstage.model.ids import ProjectId, RoomId, SessionId
from onstage.model.room_settings import RoomSettings


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
    settings: RoomSettings = field(default_factory=RoomSettings)
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RoomCode:
    """A short join link for one role."""

    code: str
    room_id: RoomId
    role: str
    created_at: datetime
    max_uses: int | None = None
    uses: int = 0
    last_used_at: datetime | None = None
    expires_at: datetime | None = None
    key_id: str | None = None  # of the bounded key that made it; its tokens are held to those bounds


@dataclass(frozen=True, slots=True)
class Counts:
    """How many are, or were, present at each level."""

    stage: int = 0
    audience: int = 0
    viewer: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.stage + self.audience + self.viewer

    def or_more(self, other: "Counts") -> "Counts":
        """At each level the larger of the two."""
        return Counts(max(self.stage, other.stage), max(self.audience, other.audience), max(self.viewer, other.viewer))


class EndReason(StrEnum):
    """Why a session ended; whoever ends a room may give a text of their own instead."""

    ENDED = "ended"  # by a call that said no more
    EMPTY = "empty"
    SCHEDULED_END = "scheduled_end"
    MAX_DURATION = "max_duration"
    IDLE = "idle"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class RoomCounts:
    """Who is present, counted: by level, by role, and how many have a hand up; and who only plays the show."""

    levels: Counts = Counts()
    roles: Mapping[str, int] = field(default_factory=dict)
    hands: int = 0
    hls: int = 0


@dataclass(frozen=True, slots=True)
class Session:
    """One period during which a room has people. `peaks` holds the most at each level, not of one moment."""

    id: SessionId
    project_id: ProjectId
    room_id: RoomId
    room_name: str  # as it was at the start
    started_at: datetime
    ended_at: datetime | None = None
    end_reason: str | None = None
    ends_at: datetime | None = None  # when it is ended at the latest
    idle_ends_at: datetime | None = None  # when it is ended if nobody comes on stage until then
    peaks: Counts = Counts()
    peak_total: int = 0


@dataclass(frozen=True, slots=True)
class Ban:
    """An identity that may not join the room. `expires_at` None: until it is taken back."""

    project_id: ProjectId
    room_id: RoomId
    identity: str
    reason: str | None
    banned_by: str | None  # a participant's id; None: the server
    created_at: datetime
    expires_at: datetime | None
