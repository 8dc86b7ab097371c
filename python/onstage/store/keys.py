"""Queries on projects' keys."""

from typing import Any

from sqlalchemy import RowMapping, insert, select

from onstage.model.ids import KeyId, ProjectId
from onstage.model.permission import Permission
from onstage.model.records import ProjectKey
from onstage.store.database import Tx
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
    return {
        "name": key.name,
        "secret_hash": key.secret_hash,
        "sealed_secret": key.sealed_secret,
        "roles": None if key.roles is None else list(key.roles),
        "permissions": None if key.permissions is None else sorted(key.permissions),
        "created_at": key.created_at,
        "last_used_at": key.last_used_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    }


async def add(tx: Tx, key: ProjectKey) -> None:
    """Insert a key."""
    await tx.connection.execute(insert(keys).values(id=key.id, project_id=key.project_id, **_values(key)))


async def of_project(tx: Tx, project_id: str) -> list[ProjectKey]:
    """The project's keys, revoked ones too, oldest first."""
    query = select(keys).where(keys.c.project_id == project_id).order_by(keys.c.created_at, keys.c.id)
    return [_key(row) for row in (await tx.connection.execute(query)).mappings()]
