"""Which things a list holds; None is no condition."""

from dataclasses import dataclass
from datetime import datetime

from onstage.model.records import Presence
from onstage.model.role import Level


@dataclass(frozen=True, slots=True)
class RoomFilter:
    """Rooms. Case makes no difference in names."""

    name_prefix: str | None = None
    name_contains: str | None = None
    template: str | None = None
    is_active: bool | None = None  # whether a session is open
    is_locked: bool | None = None


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Sessions. `room` is an id or a name: the one the room has now, or had when the session began."""

    room: str | None = None
    is_open: bool | None = None
    started_after: datetime | None = None
    started_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class ParticipantFilter:
    """People of a session. Case makes no difference in names; `presence` None: those who are gone, too."""

    level: Level | None = None
    role: str | None = None
    name_prefix: str | None = None
    name_contains: str | None = None
    has_hand_raised: bool | None = None
    presence: Presence | None = Presence.JOINED
