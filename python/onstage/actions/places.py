"""Whether there is a place: by the role's limit, and by the room's capacity."""

from onstage.errors import ErrorCode, OnstageError
from onstage.model.records import Room, Session
from onstage.model.role import Level, Role
from onstage.store import participants
from onstage.store.database import Tx


async def require_place(tx: Tx, room: Room, session: Session, role: Role, *, now_at: Level | None) -> None:
    """Nothing, if the role, its level and the room have a free place.

    `now_at` is the level of somebody who is in the session already, and None for who comes in.

    Raises:
        OnstageError: `stage_full` for a role on stage, `room_full` for one in the seats, the level or the room.
    """
    await _require_place_in_role(tx, session, role)
    await _require_place_in_room(tx, room, session, role.level, now_at)


async def _require_place_in_role(tx: Tx, session: Session, role: Role) -> None:
    limit = role.max_participants
    if limit is not None and await participants.count_role(tx, session.id, role.name) >= limit:
        code = ErrorCode.STAGE_FULL if role.level is Level.STAGE else ErrorCode.ROOM_FULL
        raise OnstageError(code, f"The role {role.name!r} has {limit} places.", expected=f"fewer than {limit}")


async def _require_place_in_room(tx: Tx, room: Room, session: Session, level: Level, now_at: Level | None) -> None:
    capacity = room.settings.capacity
    limits = {Level.STAGE: capacity.stage, Level.AUDIENCE: capacity.audience, Level.VIEWER: capacity.viewer}
    limit = limits[level] if level is not now_at else None
    total = capacity.total if now_at is None else None
    if limit is None and total is None:
        return
    present = await participants.count_levels(tx, session.id)
    if limit is not None and present[level] >= limit:
        raise _full(f"The room takes {limit} at level `{level}`.", limit)
    if total is not None and sum(present.values()) >= total:
        raise _full(f"The room takes {total}.", total)


def _full(detail: str, limit: int) -> OnstageError:
    return OnstageError(ErrorCode.ROOM_FULL, detail, expected=f"fewer than {limit}")
