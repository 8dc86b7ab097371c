"""Queries on revoked tokens."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, insert, or_, select

from onstage.model.records import Revocation
from onstage.store.database import Tx
from onstage.store.tables import projects
from onstage.store.tables import token_revocations as revocations


async def add(tx: Tx, revocation: Revocation) -> None:
    """Insert a revocation."""
    await tx.connection.execute(
        insert(revocations).values(
            project_id=revocation.project_id,
            room_id=revocation.room_id,
            jti=revocation.jti,
            identity=revocation.identity,
            issued_until=revocation.issued_until,
            forget_at=revocation.forget_at,
        )
    )


async def standing(
    tx: Tx, project_id: str, room_id: str | None, *, jti: str | None, identity: str, issued_at: datetime
) -> bool | None:
    """Whether a token is still good; None if its project is gone. Asked with every call, so it is one query."""
    revoked = exists().where(
        revocations.c.project_id == project_id,
        or_(revocations.c.room_id.is_(None), revocations.c.room_id == room_id),
        _concerns(jti, identity, issued_at),
    )
    query = select(~revoked).where(projects.c.id == project_id, projects.c.deleted_at.is_(None))
    return (await tx.connection.execute(query)).scalar_one_or_none()


def _concerns(jti: str | None, identity: str, issued_at: datetime) -> ColumnElement[bool]:
    of_identity = and_(revocations.c.identity == identity, revocations.c.issued_until >= issued_at)
    return of_identity if jti is None else or_(revocations.c.jti == jti, of_identity)


async def forget_before(tx: Tx, moment: datetime) -> None:
    """Delete what concerns only tokens that have expired by then."""
    await tx.connection.execute(delete(revocations).where(revocations.c.forget_at < moment))
