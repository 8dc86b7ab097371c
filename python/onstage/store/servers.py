"""Queries on server processes."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, delete, func, insert, select, update

from onstage.model.records import Server
from onstage.store.database import Tx
from onstage.store.tables import servers


def _server(row: RowMapping) -> Server:
    return Server(**row)


async def add(tx: Tx, server: Server) -> None:
    """Insert a server, in place of what it was before."""
    await remove(tx, server.id)
    await tx.connection.execute(insert(servers).values(**asdict(server)))


async def beat(tx: Tx, server_id: str, now: datetime) -> bool:
    """Write that the server is alive; False when others have given it up."""
    done = await tx.connection.execute(update(servers).where(servers.c.id == server_id).values(seen_at=now))
    return done.rowcount == 1


_HOLD = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("server_id"), 0)))


async def hold_work(tx: Tx, server_id: str) -> None:
    """One transaction at a time counts what a server does and gives it more to do, until that ends. Rooms come first.

    It is not the server's row that is held: its heartbeat waits for nobody. SQLite has one writer anyway.
    """
    if tx.connection.dialect.name == "postgresql":
        await tx.connection.execute(_HOLD, {"server_id": server_id})


async def remove(tx: Tx, server_id: str) -> None:
    """Delete a server."""
    await tx.connection.execute(delete(servers).where(servers.c.id == server_id))


async def get(tx: Tx, server_id: str) -> Server | None:
    """The server of that id, if it is alive."""
    row = (await tx.connection.execute(select(servers).where(servers.c.id == server_id))).mappings().first()
    return None if row is None else _server(row)


async def page(tx: Tx) -> list[Server]:
    """Every server that was not given up."""
    rows = (await tx.connection.execute(select(servers).order_by(servers.c.started_at, servers.c.id))).mappings()
    return [_server(row) for row in rows]
