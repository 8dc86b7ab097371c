"""Which things a list holds; None is no condition."""

from dataclasses import dataclass
from datetime import datetime


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
