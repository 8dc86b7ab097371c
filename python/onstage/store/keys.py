"""Queries on projects' keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, insert, or_, select, update

from onstage.model.ids import KeyId, ProjectId
from onstage.model.permission import Permission
from onstage.model.records import ProjectKey
from onstage.store.database import Tx
from onstage.store.newest_first import newest_first
from onstage.store.tables import project_keys as keys


def _key(row: RowMapping) -> ProjectKey:
    permissions = row["permissions"]
    return ProjectKey(
        id=KeyId(row["id"]),
        project_id=ProjectId(row["project_id"]),
        name=row["name"],
        secret_hash=row["secret_hash"],
        sealed_secret=row["sealed_secret"],
        roles=None if row["roles"] is None else tuple(row["roles"]),
        permissions=None if permissions is None else frozenset(Permission(one) for one in permissions),
        created_at=row["created_at"],
        last_used_at=row["last_used_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )


def _values(key: ProjectKey) -> dict[str, Any]:
    """What of a key can change, but for what is written by itself: its last use, and how its secret is sealed."""
    return {
        "name": key.name,
        "roles": None if key.roles is None else list(key.roles),
        "permissions": None if key.permissions is None else sorted(key.permissions),
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    }


async def add(tx: Tx, key: ProjectKey) -> None:
    """Insert a key."""
    fixed = {
        "id": key.id,
        "project_id": key.project_id,
        "secret_hash": key.secret_hash,
        "sealed_secret": key.sealed_secret,
        "created_at": key.created_at,
    }
    await tx.connection.execute(insert(keys).values(**fixed, **_values(key)))


_OF_PROJECT = select(keys).where(keys.c.project_id == bindparam("project_id"))
_BY_ID = _OF_PROJECT.where(keys.c.id == bindparam("key_id"))


async def get(tx: Tx, project_id: str, key_id: str) -> ProjectKey | None:
    """The project's key of that id, a revoked one too."""
    row = (await tx.connection.execute(_BY_ID, {"project_id": project_id, "key_id": key_id})).mappings().first()
    return None if row is None else _key(row)


async def save(tx: Tx, key: ProjectKey) -> None:
    """Write what of a key can change; its project is locked since it was read."""
    await tx.connection.execute(update(keys).where(keys.c.id == key.id).values(**_values(key)))


async def revoke_all(tx: Tx, project_id: str, *, at: datetime) -> None:
    """Revoke what is left of the project's keys."""
    query = update(keys).where(keys.c.project_id == project_id, keys.c.revoked_at.is_(None))
    await tx.connection.execute(query.values(revoked_at=at))


_USED = update(keys).where(
    keys.c.id == bindparam("key_id"), or_(keys.c.last_used_at.is_(None), keys.c.last_used_at < bindparam("at"))
)


async def used(tx: Tx, key_id: str, *, at: datetime) -> None:
    """Write when a key was used, if nobody has written later."""
    await tx.connection.execute(_USED, {"key_id": key_id, "at": at, "last_used_at": at})


async def seal(tx: Tx, key_id: str, sealed: str) -> None:
    """Write the key's secret as it is sealed now."""
    await tx.connection.execute(update(keys).where(keys.c.id == key_id).values(sealed_secret=sealed))


async def sealed(tx: Tx) -> list[ProjectKey]:
    """Every key, of any project, whose secret is kept."""
    query = select(keys).where(keys.c.sealed_secret.is_not(None))
    return [_key(row) for row in (await tx.connection.execute(query)).mappings()]


async def page(tx: Tx, project_id: str, *, after: str | None, limit: int) -> list[ProjectKey]:
    """The project's keys, newest first, revoked ones too, at most `limit`, from behind the id `after`."""
    query = newest_first(_OF_PROJECT, keys.c.created_at, keys.c.id, after=after, limit=limit)
    return [_key(row) for row in (await tx.connection.execute(query, {"project_id": project_id})).mappings()]


_OLDEST_FIRST = _OF_PROJECT.order_by(keys.c.created_at, keys.c.id)


async def of_project(tx: Tx, project_id: str) -> list[ProjectKey]:
    """The project's keys, revoked ones too, oldest first."""
    rows = (await tx.connection.execute(_OLDEST_FIRST, {"project_id": project_id})).mappings()
    return [_key(row) for row in rows]
