"""Room codes: short join links, each for one role."""

from dataclasses import dataclass
from datetime import datetime

from onstage.actions.access import Caller, ServerCaller, access_room, require_gift
from onstage.actions.authentication import binding_key, bounds_of
from onstage.actions.context import Context
from onstage.actions.roles import role_of, template_of
from onstage.errors import ErrorCode, FieldProblem, OnstageError
from onstage.grants import ParticipantGrant
from onstage.model.ids import canonical_code, new_room_code
from onstage.model.permission import Permission
from onstage.model.records import Participant, Room, RoomCode
from onstage.model.role import Role
from onstage.store import codes, keys, rooms
from onstage.store.database import Tx


@dataclass(frozen=True, slots=True)
class NewCode:
    """What a room code is made from; None is no limit."""

    role: str
    max_uses: int | None = None
    expires_at: datetime | None = None


async def create_code(ctx: Context, caller: Caller, room: str, new: NewCode) -> tuple[RoomCode, Role]:
    """A short join link for one role: by a server, or by somebody on stage for a role that they may give.

    Raises:
        OnstageError: as `access_room` with `room.update`; `unknown_role`, `outranked`, `token_exceeds_key`,
            `malformed` for an expiry that is past.
    """
    now = ctx.clock.now()
    if new.expires_at is not None and new.expires_at <= now:
        raise OnstageError(ErrorCode.MALFORMED, errors=[FieldProblem("expires_at", "is not in the future")])
    async with ctx.database.begin() as tx:
        found, actor = await access_room(tx, caller, room, Permission.ROOM_UPDATE, is_for_tokens=True)
        role = await role_of(tx, found, new.role)
        _require_giving(caller, actor, role)
        code = RoomCode(
            new_room_code(),
            found.id,
            role.name,
            now,
            new.max_uses,
            expires_at=new.expires_at,
            key_id=binding_key(caller),
        )
        await codes.add(tx, code)
    return code, role


async def list_codes(ctx: Context, caller: Caller, room: str) -> list[tuple[RoomCode, Role | None]]:
    """The room's codes, oldest first, each with its role if it is still there: those that the caller could have made.

    Raises:
        OnstageError: as `access_room` with `room.update`.
    """
    async with ctx.database.read() as tx:
        found, actor = await access_room(tx, caller, room, Permission.ROOM_UPDATE, is_for_tokens=True)
        template = await template_of(tx, found)
        kept = [(code, template.role(code.role)) for code in await codes.of_room(tx, found.id)]
    return [(code, role) for code, role in kept if _may_give(caller, actor, role)]


async def delete_code(ctx: Context, caller: Caller, room: str, typed: str) -> None:
    """Make the link useless: by whoever could have made it. Who joined with it stays.

    Raises:
        OnstageError: as `access_room` with `room.update`; `room_code_not_found`.
    """
    async with ctx.database.begin() as tx:
        found, actor = await access_room(tx, caller, room, Permission.ROOM_UPDATE, is_for_tokens=True)
        code = await _code(tx, typed)
        if code is None or code.room_id != found.id:
            raise OnstageError(ErrorCode.ROOM_CODE_NOT_FOUND)
        if not _may_give(caller, actor, (await template_of(tx, found)).role(code.role)):
            raise OnstageError(ErrorCode.ROOM_CODE_NOT_FOUND)
        await codes.remove(tx, found.id, code.code)


async def find_code(ctx: Context, tx: Tx, typed: str) -> tuple[RoomCode, Room]:
    """The code that somebody typed, good now, and its room.

    Raises:
        OnstageError: `room_code_not_found`, `room_code_expired`, `room_code_used_up`.
    """
    code = await _code(tx, typed)
    room = None if code is None else await rooms.get(tx, code.room_id)
    if code is None or room is None:
        raise OnstageError(ErrorCode.ROOM_CODE_NOT_FOUND)
    _require_good(code, ctx.clock.now())
    if code.key_id is not None:
        key = await keys.get(tx, room.project_id, code.key_id)
        if key is None or not key.is_live(ctx.clock.now()):
            raise OnstageError(ErrorCode.ROOM_CODE_NOT_FOUND)
    return code, room


async def _code(tx: Tx, typed: str) -> RoomCode | None:
    code = canonical_code(typed)
    return None if code is None else await codes.get(tx, code)


async def use_code(ctx: Context, tx: Tx, grant: ParticipantGrant) -> None:
    """Count that somebody came in by the code their token was made for, in the transaction in which they do.

    Raises:
        OnstageError: `room_code_not_found`, `room_code_expired`, `room_code_used_up`.
    """
    if grant.code is None or await codes.use(tx, grant.code, at=ctx.clock.now()):
        return
    code = await codes.get(tx, grant.code)
    if code is None:
        raise OnstageError(ErrorCode.ROOM_CODE_NOT_FOUND)
    _require_good(code, ctx.clock.now())


def _require_good(code: RoomCode, now: datetime) -> None:
    if code.expires_at is not None and now >= code.expires_at:
        raise OnstageError(ErrorCode.ROOM_CODE_EXPIRED, f"It expired at {code.expires_at.isoformat()}.")
    if code.max_uses is not None and code.uses >= code.max_uses:
        raise OnstageError(ErrorCode.ROOM_CODE_USED_UP, f"It was good for {code.max_uses}.")


def _require_giving(caller: Caller, actor: Participant | None, role: Role) -> None:
    require_gift(actor, role, by_rank=False)  # a code is for whoever has it, and `room.update` promotes nobody
    if isinstance(caller, ServerCaller):
        bounds_of(caller.project_key).require(role=role.name, own=role.permissions)


def _may_give(caller: Caller, actor: Participant | None, role: Role | None) -> bool:
    """Whether the caller could have made a code for that role; for one that is gone, only a server."""
    if role is None:
        return isinstance(caller, ServerCaller)
    try:
        _require_giving(caller, actor, role)
    except OnstageError:
        return False
    return True
