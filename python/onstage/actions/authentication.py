"""Who is calling? Credentials and tokens are proven here, and nowhere else; what the caller may do is `access.py`."""

import hashlib
import hmac
from dataclasses import replace

import structlog

from onstage.actions.access import Caller, ParticipantCaller, ServerCaller
from onstage.actions.context import Context
from onstage.errors import ErrorCode, OnstageError
from onstage.grants import Bounds, ParticipantGrant, Unproven, peek, signed_by, verify, verify_management
from onstage.model.ids import is_id
from onstage.model.records import ProjectKey, Room
from onstage.sealing import SealedWithUnknownSecretError
from onstage.store import keys, projects, revocations, rooms
from onstage.store.database import Tx

_log = structlog.get_logger(__name__)
_MOST_DEAD_KEYS = 10
"""The newest ones that are not live, with which a token that names no key is compared: each takes its time."""
_NO_HASH = hashlib.sha256(b"").hexdigest()


def hash_secret(secret: str) -> str:
    """How a key's secret is kept for HTTP Basic. It is 32 random bytes, so a plain hash can't be searched."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def authenticate_project(ctx: Context, project_id: str, secret: str, origin: str | None = None) -> ServerCaller:
    """The caller behind HTTP Basic credentials. `origin`: of the page that calls, if it is not one of ours.

    Raises:
        OnstageError: `credentials_invalid`, in the same time whichever half is wrong; `origin_not_allowed`.
    """
    given = hash_secret(secret)
    async with ctx.database.read() as tx:
        kept = await _live_keys(ctx, tx, project_id)
        hmac.compare_digest(_NO_HASH, given)  # a project without keys, or that is not there, takes its time too
        matching = [key for key in kept if hmac.compare_digest(key.secret_hash, given)]  # all are compared
        if not matching:
            raise OnstageError(ErrorCode.CREDENTIALS_INVALID)
        await _require_origin(tx, project_id, origin)
    return _server(ctx, matching[0])


async def authenticate_bearer(ctx: Context, token: str, origin: str | None = None) -> Caller:
    """The caller behind a management token or a participant token.

    Raises:
        OnstageError: `token_invalid`, `token_expired`, `token_revoked`, `token_exceeds_key`, `origin_not_allowed`,
            `room_not_found`.
    """
    if peek(token).is_management:
        return await _authenticate_management(ctx, token, origin)
    return await authenticate_participant(ctx, token, origin)


async def _authenticate_management(ctx: Context, token: str, origin: str | None) -> ServerCaller:
    unproven = peek(token)
    async with ctx.database.read() as tx:
        by_secret = await _secrets(ctx, tx, unproven)
        secret = signed_by(token, tuple(by_secret))
        verify_management(token, secret, now=ctx.clock.now())
        key = _require_live(ctx, by_secret[secret])
        await _require_origin(tx, unproven.project_id, origin)
    return _server(ctx, key)


async def authenticate_participant(ctx: Context, token: str, origin: str | None = None) -> ParticipantCaller:
    """The caller behind a participant token.

    Raises:
        OnstageError: as `authenticate_bearer`.
    """
    async with ctx.database.read() as tx:
        grant, room = await proven_grant(ctx, tx, token, origin)
        if room is None:
            raise OnstageError(ErrorCode.ROOM_NOT_FOUND, f"The project has no room {grant.room!r}.")
    return ParticipantCaller(grant.project_id, room, grant.identity, grant)


async def proven_grant(
    ctx: Context, tx: Tx, token: str, origin: str | None = None
) -> tuple[ParticipantGrant, str | None]:
    """What a participant token grants now, and the id of its room if that is there.

    Raises:
        OnstageError: `token_invalid`, `token_expired`, `token_revoked`, `token_exceeds_key`, `origin_not_allowed`.
    """
    unproven = peek(token)
    if unproven.is_ours:
        grant = verify(token, signed_by(token, ctx.keyring.signing_keys), now=ctx.clock.now())
        if grant.key_id is not None:
            grant = _bounded(grant, await _live_key(ctx, tx, grant.project_id, grant.key_id))
        room_id: str | None = grant.room
        if grant.auto_create is not None:  # then it may name the room
            room_id = _id_of(await rooms.find(tx, grant.project_id, grant.room))
    else:
        grant = await _signed_by_key(ctx, tx, token, unproven)
        room_id = _id_of(await rooms.find(tx, grant.project_id, grant.room))
    await require_standing(ctx, tx, grant, room_id)
    await _require_origin(tx, grant.project_id, origin)
    return grant, room_id


async def require_standing(ctx: Context, tx: Tx, grant: ParticipantGrant, room_id: str | None) -> None:
    """Nothing, if neither the token nor the key behind it was revoked, and its project is still there.

    Raises:
        OnstageError: `token_revoked`, `token_invalid`.
    """
    if not tx.is_read_only:  # who is about to come in: first the lock, so that the look sees what it waited for
        await projects.hold(tx, grant.project_id)
        if grant.key_id is not None:
            await _live_key(ctx, tx, grant.project_id, grant.key_id)
    is_good = await revocations.standing(
        tx, grant.project_id, room_id, jti=grant.token_id, identity=grant.identity, issued_at=grant.made_at
    )
    if is_good is None:
        raise OnstageError(ErrorCode.TOKEN_INVALID, "The token's project is not there any more.")
    if not is_good:
        raise OnstageError(ErrorCode.TOKEN_REVOKED)


def authenticate_admin(ctx: Context, secret: str) -> None:
    """Nothing, if that is the operator's secret.

    Raises:
        OnstageError: `admin_off`, `credentials_invalid`.
    """
    if ctx.admin_secret is None:
        raise OnstageError(ErrorCode.ADMIN_OFF)
    if not hmac.compare_digest(hash_secret(ctx.admin_secret), hash_secret(secret)):
        raise OnstageError(ErrorCode.CREDENTIALS_INVALID, "That is not the admin secret.")


async def write_key_uses(ctx: Context) -> None:
    """Write when keys were used last. Now and then, so that no call waits for it (jobs/timers.py).

    Raises:
        OnstageError: `store_unavailable`; it is written the next time.
    """
    uses, ctx.key_uses = ctx.key_uses, {}
    if not uses:
        return
    try:
        async with ctx.database.begin() as tx:
            for key_id, at in sorted(uses.items()):  # in one order, as other servers do
                await keys.used(tx, key_id, at=at)
    except OnstageError:
        ctx.key_uses = uses | ctx.key_uses
        raise


async def _signed_by_key(ctx: Context, tx: Tx, token: str, unproven: Unproven) -> ParticipantGrant:
    by_secret = await _secrets(ctx, tx, unproven)
    secret = signed_by(token, tuple(by_secret))
    grant = verify(token, secret, now=ctx.clock.now())
    key = _require_live(ctx, by_secret[secret])
    bounded = _bounded(grant, key)
    _note_use(ctx, key)
    return bounded


def _bounded(grant: ParticipantGrant, key: ProjectKey) -> ParticipantGrant:
    """The grant, held to the bounds of the key that stands behind it.

    Raises:
        OnstageError: `token_exceeds_key`.
    """
    bounds = bounds_of(key)
    bounds.require(role=grant.role, besides=grant.permissions)
    return replace(grant, key_id=key.id, bounds=bounds)


async def _live_key(ctx: Context, tx: Tx, project_id: str, key_id: str) -> ProjectKey:
    """The key that stands behind a token, if it still does.

    Raises:
        OnstageError: `token_revoked`.
    """
    return _require_live(ctx, await keys.get(tx, project_id, key_id))


def _require_live(ctx: Context, key: ProjectKey | None) -> ProjectKey:
    """The key behind a token whose signature is proven.

    Raises:
        OnstageError: `token_revoked`.
    """
    if key is None or not key.is_live(ctx.clock.now()):
        raise OnstageError(ErrorCode.TOKEN_REVOKED, "The key that the token stands on is good no more.")
    return key


def binding_key(caller: Caller) -> str | None:
    """The id of the caller's key if it is bounded: what it has us make carries that on."""
    key = caller.project_key if isinstance(caller, ServerCaller) else None
    return key.id if key is not None and key.is_bounded else None


def bounds_of(key: ProjectKey | None) -> Bounds:
    """The most that the key's tokens may grant; None: the operator, who has no bounds."""
    if key is None or not key.is_bounded:
        return Bounds()
    return Bounds(None if key.roles is None else frozenset(key.roles), key.permissions)


async def _live_keys(ctx: Context, tx: Tx, project_id: str) -> list[ProjectKey]:
    now = ctx.clock.now()
    if not is_id(project_id):
        return []
    return [key for key in await keys.of_project(tx, project_id) if key.is_live(now)]


async def _secrets(ctx: Context, tx: Tx, unproven: Unproven) -> dict[bytes, ProjectKey]:
    """The keys that may have signed the token, each under its secret: the live ones, and then those that are not.

    What one of the latter has signed is to be told from what nobody has.
    """
    named, now = unproven.key_id, ctx.clock.now()
    kept = await keys.of_project(tx, unproven.project_id)
    found = [key for key in kept if named is None or key.id == named]
    live = [key for key in found if key.is_live(now)]
    dead = [key for key in found if not key.is_live(now)][-_MOST_DEAD_KEYS:]
    secrets = {_unsealed(ctx, key): key for key in (*live, *reversed(dead))}
    shut = secrets.pop(None, None)
    if shut is not None and not secrets:
        _log.warning("refused a token: its key was sealed with another ONSTAGE_SECRET", key=shut.id)
    return {secret: key for secret, key in secrets.items() if secret is not None}


def _unsealed(ctx: Context, key: ProjectKey) -> bytes | None:
    """The key's secret; None if it was not kept, or the server's secret that sealed it is not known any more."""
    if key.sealed_secret is None:
        return None
    try:
        return ctx.keyring.unseal(key.sealed_secret).encode()
    except SealedWithUnknownSecretError:
        return None


async def _require_origin(tx: Tx, project_id: str, origin: str | None) -> None:
    if origin is None:
        return
    project = await projects.get(tx, project_id)
    if project is None or project.allowed_origins is None or origin.lower() in project.allowed_origins:
        return
    raise OnstageError(ErrorCode.ORIGIN_NOT_ALLOWED, f"The project does not allow {origin[:200]!r}.")


def _server(ctx: Context, key: ProjectKey) -> ServerCaller:
    _note_use(ctx, key)
    return ServerCaller(key.project_id, key)


def _note_use(ctx: Context, key: ProjectKey) -> None:
    ctx.key_uses[key.id] = ctx.clock.now()


def _id_of(room: Room | None) -> str | None:
    return None if room is None else room.id
