"""Playback tokens that a server had made, and those of people who were shown out."""

from dataclasses import dataclass
from datetime import datetime

from onstage.model.ids import ProjectId, RoomId


@dataclass(frozen=True, slots=True)
class PlaybackToken:
    """A playback token that a project's server asked for. The token itself is not kept."""

    id: str
    project_id: ProjectId
    room_id: RoomId
    label: str | None
    identity: str | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
