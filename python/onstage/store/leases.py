"""Queries on leases: what only one server does at a time."""

from datetime import datetime

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from onstage.store.database import Tx
from onstage.store.tables import leases


async def take(tx: Tx, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
    """Hold the lease until then, if it is free or held already."""
    is_ours = or_(leases.c.holder == holder, leases.c.held_until <= now)
    query = update(leases).where(leases.c.name == name, is_ours).values(holder=holder, held_until=until)
    if (await tx.connection.execute(query)).rowcount == 1:
        return True
    if (await tx.connection.execute(select(leases.c.name).where(leases.c.name == name))).first() is not None:
        return False
    try:
        async with tx.connection.begin_nested():
            await tx.connection.execute(insert(leases).values(name=name, holder=holder, held_until=until))
    except IntegrityError:  # another server was faster
        return False
    return True


async def release(tx: Tx, holder: str) -> None:
    """Give back every lease that the server holds."""
    await tx.connection.execute(delete(leases).where(leases.c.holder == holder))
