"""Participant tokens: made for a server that asks, and for whoever comes by a room code."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from onstage.actions.access import Caller, ServerCaller, access_project
from onstage.actions.authentication import binding_key, bounds_of
from onstage.actions.codes import find_code
from onstage.actions.context import Context
from onstage.actions.roles import role_in, template_of
from onstage.errors import ErrorCode, FieldProblem, OnstageError
from onstage.grants import DEFAULT_TTL, AutoCreate, ParticipantGrant, sign
from onstage.media.engine import EngineGrant
from onstage.model.ids import Prefix, random_text
from onstage.model.permission import Permission
from onstage.model.records import Participant, Project, Room
from onstage.model.role import Level, MediaAllowed, Role
from onstage.model.template import INTERACTIVE_LIVE_STREAM, Template
from onstage.store import rooms, templates
from onstage.store.database import Tx

_TOKEN_ID_LENGTH = 20


@dataclass(frozen=True, slots=True)
class NewToken:
    """What a participant token is made from."""

    identity: str
    name: str
    role: str
    permissions: tuple[Permission, ...] = ()
    metadata: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    ttl: timedelta = DEFAULT_TTL
    join_from: datetime | None = None
    join_until: datetime | None = None
    remove_at: datetime | None = None
    remove_after_s: int | None = None
    media_allowed: MediaAllowed = MediaAllowed.ALL
    join_audio_muted: bool = False
    join_video_muted: bool = False
    auto_create: AutoCreate | None = None


@dataclass(frozen=True, slots=True)
class MintedToken:
    """A signed token, with what it says."""

    token: str
    grant: ParticipantGrant
    role: Role


async def mint_token(ctx: Context, caller: Caller, room: str, new: NewToken) -> MintedToken:
    """A token with which `new.identity` joins the room; with `auto_create`, a room of that name need not be there yet.

    Raises:
        OnstageError: `permission_denied` for a participant, `room_not_found`, `template_not_found`, `unknown_role`,
            `token_exceeds_key`, `malformed` for moments that are past.
    """
    _require_future(new, ctx.clock.now())
    async with ctx.database.read() as tx:
        project = await access_project(tx, caller, is_for_tokens=True)
        found = await rooms.find(tx, project.id, room)
        template = await _template(tx, project, found, room, new.auto_create)
    role = role_in(template, new.role)
    assert isinstance(caller, ServerCaller), "access_project lets nobody else through"
    bounds_of(caller.project_key).require(role=role.name, own=role.permissions, besides=new.permissions)
    room_id = room if found is None else found.id
    return _mint(ctx, project.id, room_id, role, new, key_id=binding_key(caller))


async def _template(tx: Tx, project: Project, room: Room | None, name: str, auto_create: AutoCreate | None) -> Template:
    """The roles that a token may name: of the room's template, or of the template it will have."""
    if room is not None:
        return await template_of(tx, room)
    if auto_create is None or name.startswith(f"{Prefix.ROOM}_"):  # an id names a room that is there
        raise OnstageError(ErrorCode.ROOM_NOT_FOUND, f"The project has no room {name!r}.")
    wanted = auto_create.template or INTERACTIVE_LIVE_STREAM.name
    template = await templates.named(tx, project.id, wanted)
    if template is None:
        raise OnstageError(ErrorCode.TEMPLATE_NOT_FOUND, f"There is no template {wanted!r}.")
    return template


def _require_future(new: NewToken, now: datetime) -> None:
    """Nothing, if the token lets anybody join at all.

    Raises:
        OnstageError: `malformed`.
    """
    past = [name for name in ("join_until", "remove_at") if (moment := getattr(new, name)) and moment <= now]
    if new.join_from and new.join_until and new.join_from >= new.join_until:
        past.append("join_from")
    if past:
        errors = [FieldProblem(name, "leaves no moment in which to join") for name in past]
        raise OnstageError(ErrorCode.MALFORMED, errors=errors)


def _mint(
    ctx: Context,
    project_id: str,
    room: str,
    role: Role,
    new: NewToken,
    *,
    key_id: str | None,
    code: str | None = None,
) -> MintedToken:
    now = ctx.clock.now()
    grant = ParticipantGrant(
        project_id=project_id,
        room=room,
        identity=new.identity,
        name=new.name or new.identity,
        role=role.name,
        issued_at=now,
        expires_at=now + new.ttl,
        token_id=random_text(_TOKEN_ID_LENGTH),
        permissions=new.permissions,
        metadata=new.metadata,
        attributes=new.attributes,
        join_from=new.join_from,
        join_until=new.join_until,
        remove_at=new.remove_at,
        remove_after_s=new.remove_after_s,
        media_allowed=new.media_allowed,
        join_audio_muted=new.join_audio_muted,
        join_video_muted=new.join_video_muted,
        auto_create=new.auto_create,
        code=code,
        key_id=key_id,
    )
    return MintedToken(sign(grant, ctx.keyring.current), grant, role)


async def mint_for_code(ctx: Context, typed: str, name: str) -> MintedToken:
    """A token for a newcomer who came by a room code, under an identity of their own. The use counts when they join.

    Raises:
        OnstageError: `room_code_not_found`, `room_code_expired`, `room_code_used_up`.
    """
    async with ctx.database.read() as tx:
        code, room = await find_code(ctx, tx, typed)
        role = role_in(await template_of(tx, room), code.role)
    identity = f"{role.name}-{random_text(8)}"
    new = NewToken(identity=identity, name=name or identity, role=role.name)
    return _mint(ctx, room.project_id, room.id, role, new, key_id=code.key_id, code=code.code)


def engine_grant(participant: Participant) -> EngineGrant:
    """What the participant may do in the engine now. Seats are hidden: visible they cost O(N²) (design §10.9)."""
    return EngineGrant(
        room=participant.room_id,
        identity=participant.identity,
        name=participant.name,
        level=participant.level,
        role=participant.role,
        is_backstage=participant.is_backstage,
        sources=participant.sources,
        # The engine knows all or nothing; of a list of roles, clients subscribe to those.
        can_subscribe=participant.subscribe_to != (),
        hidden=participant.level is Level.AUDIENCE,
    )
