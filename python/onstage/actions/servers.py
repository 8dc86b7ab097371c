"""Servers that share a store: which are alive, and which of them does what only one does."""

from dataclasses import dataclass
from datetime import timedelta

from onstage.actions.connections import RESTART_GRACE_FACTOR, bury_server
from onstage.actions.context import Context
from onstage.model.records import Server
from onstage.store import connections, leases, servers
from onstage.store.database import Tx

LEADER = "leader"
"""The lease of the server that does what only one does."""
LEASE_S = 10.0


@dataclass(frozen=True, slots=True)
class Beat:
    """What a server hears when it says that it is alive."""

    is_known: bool  # else the others have given it up, and taken away what it held
    is_leader: bool
    servers: list[Server]


async def register(ctx: Context, url: str | None) -> None:
    """A server begins: what it held in an earlier life is gone, and nobody leaves before they could come back."""
    await bury_server(ctx, ctx.server_id)
    now = ctx.clock.now()
    async with ctx.database.begin() as tx:
        await servers.add(tx, Server(ctx.server_id, url, started_at=now, seen_at=now))
        await connections.give_time(tx, now + timedelta(seconds=ctx.presence_grace_s * RESTART_GRACE_FACTOR))


async def is_gone(ctx: Context, tx: Tx, server_id: str) -> bool:
    """Whether a server was given up, or has not said for the length of a lease that it is alive."""
    server = await servers.get(tx, server_id)
    return server is None or ctx.clock.now() - server.seen_at > timedelta(seconds=LEASE_S)


async def beat(ctx: Context, url: str | None) -> Beat:
    """Say that this server is alive, and lead or go on leading if nobody else does."""
    now = ctx.clock.now()
    async with ctx.database.begin(is_apart=True) as tx:
        is_known = await servers.beat(tx, ctx.server_id, now)
        if not is_known:
            await servers.add(tx, Server(ctx.server_id, url, started_at=now, seen_at=now))
        is_leader = await leases.take(tx, LEADER, ctx.server_id, now=now, until=now + timedelta(seconds=LEASE_S))
        return Beat(is_known, is_leader, await servers.page(tx))
