"""Projects' keys: several live secrets each, so that one can be changed while the other is in use."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from onstage.actions.access import Caller, ServerCaller, access_project, lock_project
from onstage.actions.authentication import hash_secret
from onstage.actions.context import Context
from onstage.actions.cursors import wrong_cursor
from onstage.actions.playback import tell_playback_changed
from onstage.actions.revoking import show_out_by_key
from onstage.errors import ErrorCode, FieldProblem, OnstageError
from onstage.model.ids import KeyId, Prefix, ProjectId, new_id
from onstage.model.permission import Permission
from onstage.model.records import ProjectKey
from onstage.store import keys
from onstage.store.database import Tx

SECRET_PREFIX = "sk_"  # noqa: S105 - what a secret is known by, and no secret
_SECRET_BYTES = 32
MOST_LIVE_KEYS = 20


@dataclass(frozen=True, slots=True)
class NewKey:
    """What a key is made from. `roles` and `permissions` bound what its tokens may grant (`grants.Bounds`)."""

    name: str
    roles: tuple[str, ...] | None = None
    permissions: frozenset[Permission] | None = None
    expires_at: datetime | None = None


def make_key(ctx: Context, project_id: ProjectId, new: NewKey) -> tuple[ProjectKey, str]:
    """A key that is not kept yet, and its secret, which is shown this once."""
    secret = SECRET_PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    key = ProjectKey(
        id=KeyId(new_id(Prefix.KEY)),
        project_id=project_id,
        name=new.name,
        secret_hash=hash_secret(secret),
        sealed_secret=ctx.keyring.seal(secret),
        roles=new.roles,
        permissions=new.permissions,
        created_at=ctx.clock.now(),
        expires_at=new.expires_at,
    )
    return key, secret


async def create_key(ctx: Context, caller: Caller, new: NewKey) -> tuple[ProjectKey, str]:
    """Another key of the caller's project, and its secret, which is shown this once.

    Raises:
        OnstageError: as `access_project`; `too_many_keys`, `malformed` for an expiry that is past.
    """
    now = ctx.clock.now()
    _require_future(new.expires_at, now)
    async with ctx.database.begin() as tx:
        project_id = (await lock_project(tx, caller)).id
        live = [key for key in await keys.of_project(tx, project_id) if key.is_live(now)]
        if len(live) >= MOST_LIVE_KEYS:
            raise OnstageError(ErrorCode.TOO_MANY_KEYS, expected=f"fewer than {MOST_LIVE_KEYS}")
        key, secret = make_key(ctx, project_id, new)
        await keys.add(tx, key)
    return key, secret


async def list_keys(ctx: Context, caller: Caller, *, after: str | None, limit: int) -> list[ProjectKey]:
    """The project's keys, newest first, revoked ones too, at most `limit`, from behind the id `after`.

    Raises:
        OnstageError: as `access_project`; `malformed` for a cursor that is none.
    """
    async with ctx.database.read() as tx:
        project = await access_project(tx, caller)
        if after is not None and await keys.get(tx, project.id, after) is None:
            raise wrong_cursor()
        return await keys.page(tx, project.id, after=after, limit=limit)


async def read_key(ctx: Context, caller: Caller, key_id: str) -> ProjectKey:
    """One of the project's keys.

    Raises:
        OnstageError: as `access_project`; `key_not_found`.
    """
    async with ctx.database.read() as tx:
        return await _access_key(tx, (await access_project(tx, caller)).id, key_id)


async def update_key(ctx: Context, caller: Caller, key_id: str, change: dict[str, Any]) -> ProjectKey:
    """Change what `change` names of `NewKey`.

    Raises:
        OnstageError: as `access_project`; `key_not_found`, `key_revoked`, `key_last`, `malformed`.
    """
    _require_future(change.get("expires_at"), ctx.clock.now())
    async with ctx.database.begin() as tx:
        project = await lock_project(tx, caller)
        key = await _access_key(tx, project.id, key_id)
        if key.revoked_at is not None:
            raise OnstageError(ErrorCode.KEY_REVOKED)
        changed = replace(key, **change)
        narrows = change.keys() & {"roles", "permissions", "expires_at"}
        if narrows and (changed.is_bounded or changed.expires_at is not None):
            await _require_another(ctx, tx, caller, key)
        await keys.save(tx, changed)
    return changed


async def revoke_key(ctx: Context, caller: Caller, key_id: str) -> ProjectKey:
    """Make the key useless, and with it every token it stands behind; who is present by one is shown out.

    Again changes nothing.

    Raises:
        OnstageError: as `access_project`; `key_not_found`, `key_last`.
    """
    async with ctx.database.begin() as tx:
        project = await lock_project(tx, caller)  # of two keys that revoke each other at once, one stays
        key = await _access_key(tx, project.id, key_id)
        if key.revoked_at is not None:
            return key
        await _require_another(ctx, tx, caller, key)
        revoked = replace(key, revoked_at=ctx.clock.now())
        await keys.save(tx, revoked)
        tell_playback_changed(ctx, tx, project.id)
    await show_out_by_key(ctx, revoked)
    return revoked


async def _access_key(tx: Tx, project_id: str, key_id: str) -> ProjectKey:
    key = await keys.get(tx, project_id, key_id)
    if key is None:
        raise OnstageError(ErrorCode.KEY_NOT_FOUND)
    return key


async def _require_another(ctx: Context, tx: Tx, caller: Caller, key: ProjectKey) -> None:
    """Nothing, if the project can call without this key; the operator may shut it out.

    Raises:
        OnstageError: `key_last`.
    """
    now = ctx.clock.now()
    if isinstance(caller, ServerCaller) and caller.project_key is None:
        return
    others = [one for one in await keys.of_project(tx, key.project_id) if one.id != key.id]
    if key.is_bounded or any(one.is_live(now) and not one.is_bounded and one.expires_at is None for one in others):
        return
    raise OnstageError(ErrorCode.KEY_LAST)


def _require_future(moment: datetime | None, now: datetime) -> None:
    if moment is not None and moment <= now:
        raise OnstageError(ErrorCode.MALFORMED, errors=[FieldProblem("expires_at", "is not in the future")])
