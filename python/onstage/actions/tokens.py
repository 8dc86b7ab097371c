"""Participant tokens and room codes."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from onstage.actions.access import Caller, access_project, access_room, require_own
from onstage.actions.context import Context
from onstage.actions.roles import role_of, template_of
from onstage.errors import ErrorCode, OnstageError
from onstage.grants import DEFAULT_TTL, ParticipantGrant, sign
from onstage.media.engine import EngineGrant
from onstage.model.ids import new_room_code, random_text
from onstage.model.permission import Permission
from onstage.model.records import Participant, Room, RoomCode
from onstage.model.role import Level, Role
from onstage.store import rooms


@dataclass(frozen=True, slots=True)
class NewToken:
    """What a participant token is made from."""

    identity: str
    name: str
    role: str
    permissions: tuple[Permission, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    ttl: timedelta = DEFAULT_TTL


@dataclass(frozen=True, slots=True)
class MintedToken:
    """A signed token, with what it says."""

    token: str
    grant: ParticipantGrant
    room: Room
    role: Role


async def mint_token(ctx: Context, caller: Caller, room: str, new: NewToken) -> MintedToken:
    """A token with which `new.identity` joins the room.

    Raises:
        OnstageError: `permission_denied` for a participant, `room_not_found`, `unknown_role`.
    """
    async with ctx.database.begin() as tx:
        await access_project(tx, caller)
        found, _ = await access_room(tx, caller, room, None)
        return _mint(ctx, found, await role_of(tx, found, new.role), new)


def _mint(ctx: Context, room: Room, role: Role, new: NewToken) -> MintedToken:
    now = ctx.clock.now()
    grant = ParticipantGrant(
        project_id=room.project_id,
        room_id=room.id,
        identity=new.identity,
        name=new.name or new.identity,
        role=role.name,
        expires_at=now + new.ttl,
        permissions=new.permissions,
        metadata=new.metadata,
    )
    return MintedToken(sign(grant, ctx.keyring.current, now=now), grant, room, role)


async def create_code(ctx: Context, caller: Caller, room: str, role: str) -> tuple[RoomCode, Role]:
    """A short join link for one role: by a server, or by somebody on stage for a role that may do no more than they.

    Raises:
        OnstageError: as `access_room` with `room.update`; `unknown_role`.
    """
    async with ctx.database.begin() as tx:
        found, actor = await access_room(tx, caller, room, Permission.ROOM_UPDATE)
        given = await role_of(tx, found, role)
        require_own(actor, given.permissions)
        code = RoomCode(new_room_code(), found.id, given.name, ctx.clock.now())
        await rooms.add_code(tx, code)
    return code, given


async def list_codes(ctx: Context, caller: Caller, room: str) -> list[tuple[RoomCode, Role | None]]:
    """The room's codes, oldest first, each with its role if it is still there.

    A participant sees those they could have made.

    Raises:
        OnstageError: as `access_room` with `room.update`.
    """
    async with ctx.database.read() as tx:
        found, actor = await access_room(tx, caller, room, Permission.ROOM_UPDATE)
        template = await template_of(tx, found)
        codes = [(code, template.role(code.role)) for code in await rooms.codes(tx, found.id)]
    allowed = None if actor is None else actor.permissions
    return [(code, role) for code, role in codes if allowed is None or (role and role.permissions <= allowed)]


async def delete_code(ctx: Context, caller: Caller, room: str, code: str) -> None:
    """Make the link useless.

    Raises:
        OnstageError: `permission_denied` for a participant, `room_not_found`, `room_code_not_found`.
    """
    async with ctx.database.begin() as tx:
        await access_project(tx, caller)
        found, _ = await access_room(tx, caller, room, None)
        if not await rooms.delete_code(tx, found.id, code):
            raise OnstageError(ErrorCode.ROOM_CODE_NOT_FOUND)


async def mint_for_code(ctx: Context, code: str, name: str) -> MintedToken:
    """A token for a newcomer who came by a room code, under an identity of their own.

    Raises:
        OnstageError: `room_code_not_found`.
    """
    async with ctx.database.read() as tx:
        found = await rooms.get_code(tx, code)
        room = None if found is None else await rooms.get(tx, found.room_id)
        if found is None or room is None or room.deleted_at is not None:
            raise OnstageError(ErrorCode.ROOM_CODE_NOT_FOUND)
        role = await role_of(tx, room, found.role)
    identity = f"{role.name}-{random_text(8)}"
    return _mint(ctx, room, role, NewToken(identity=identity, name=name or identity, role=role.name))


def engine_grant(participant: Participant) -> EngineGrant:
    """What the participant may do in the engine now. Seats are hidden: visible they cost O(N²) (design §10.9)."""
    return EngineGrant(
        room=participant.room_id,
        identity=participant.identity,
        name=participant.name,
        level=participant.level,
        role=participant.role,
        sources=participant.sources,
        hidden=participant.level is Level.AUDIENCE,
    )
