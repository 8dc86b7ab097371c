"""Queries on revoked tokens."""

from datetime import datetime

from sqlalchemy import and_, bindparam, delete, exists, insert, or_, select

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


# Without an id (`jti` is None) a token is known by its identity alone: nothing is equal to None.
_IS_ABOUT = or_(
    revocations.c.jti == bindparam("jti"),
    and_(revocations.c.identity == bindparam("identity"), revocations.c.issued_until >= bindparam("issued_at")),
)
_REVOKED = exists().where(
    revocations.c.project_id == bindparam("project_id"),
    or_(revocations.c.room_id.is_(None), revocations.c.room_id == bindparam("room_id")),
    _IS_ABOUT,
)
_STANDING = select(~_REVOKED).where(projects.c.id == bindparam("project_id"), projects.c.deleted_at.is_(None))


async def standing(
    tx: Tx, project_id: str, room_id: str | None, *, jti: str | None, identity: str, issued_at: datetime
) -> bool | None:
    """Whether a token is still good; None if its project is gone. Asked with every call, so it is one query."""
    token = {"jti": jti, "identity": identity, "issued_at": issued_at}
    row = await tx.connection.execute(_STANDING, {"project_id": project_id, "room_id": room_id, **token})
    return row.scalar_one_or_none()


async def forget_before(tx: Tx, moment: datetime) -> None:
    """Delete what concerns only tokens that have expired by then."""
    await tx.connection.execute(delete(revocations).where(revocations.c.forget_at < moment))
