"""What ties people to their room, as the store has it (design §10.5). Who tells of it is jobs/presence."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import partial

from onstage.actions.context import Context
from onstage.actions.due import do_due
from onstage.actions.presence import depart
from onstage.bus import Changed, Topic
from onstage.events import LeaveReason
from onstage.model.records import Connection, ConnectionKind, Room
from onstage.store import connections, leases, participants, rooms, servers
from onstage.store.database import Tx

RESTART_GRACE_FACTOR = 2.0
"""After a server's end everybody who was on it has to come back at once, so they get longer."""
_AT_A_TIME = 500
_AT_ONE_LOOK = 10_000
_LEAVE_TOGETHER = 10
"""Who leaves in one transaction; others in the room have their turn in between."""


async def write_connections(
    ctx: Context, came: Collection[Connection], gone: Collection[Connection], *, again: Collection[str] = ()
) -> None:
    """Write who has come and who has gone. Of several gateway connections of one participant the last to come stays.

    `again` are ids among `came` that were written before, and perhaps taken away since: who came meanwhile came later.
    Times decide nothing, as servers' clocks differ; whoever holds the room has the last word.
    """
    concerned = {one.participant_id for one in (*came, *gone)}
    async with ctx.database.begin() as tx:
        await rooms.lock_ids(tx, {one.room_id for one in (*came, *gone)})
        present = await connections.present_among(tx, concerned)
        await connections.remove(tx, [one.id for one in gone])
        standing = await connections.of_participants(tx, present)
        known = {one.id for one in standing}
        new = [one for one in came if one.participant_id in present and one.id not in known]
        back, first = [one for one in new if one.id in again], [one for one in new if one.id not in again]
        replaced = _replaced(ctx, tx, (*back, *standing, *first))
        await connections.remove(tx, replaced & known)
        await connections.add(tx, [one for one in new if one.id not in replaced])
        await connections.weigh(tx, present, leaves_at=ctx.clock.now() + timedelta(seconds=ctx.presence_grace_s))


def _replaced(ctx: Context, tx: Tx, in_order: Iterable[Connection]) -> set[str]:
    """The gateway connections that a later one of the same participant replaces; every server is told."""
    last: dict[str, Connection] = {}
    replaced: set[str] = set()
    for one in in_order:
        if one.kind is ConnectionKind.GATEWAY:
            earlier = last.get(one.participant_id)
            last[one.participant_id] = one
            if earlier is not None:
                replaced.add(earlier.id)
                _tell_replaced(ctx, tx, one)
    return replaced


def _tell_replaced(ctx: Context, tx: Tx, newer: Connection) -> None:
    tx.announcements[newer.participant_id] = lambda: ctx.bus.publish(Changed(Topic.REPLACED, newer.id))


async def reconcile_engine(ctx: Context, room_id: str, identities: Collection[str]) -> list[str]:
    """Write that of a room's people only these are on the engine. Gives who is not any more, by identity."""
    async with ctx.database.begin() as tx:
        await rooms.lock_ids(tx, [room_id])
        standing = await connections.of_engine(tx, room_id)
        people = await participants.of_ids(tx, [one.participant_id for one in standing])
        gone = {one.id: one.identity for one in people if one.identity not in identities}
        await connections.remove(tx, [one.id for one in standing if one.participant_id in gone])
        leaves_at = ctx.clock.now() + timedelta(seconds=ctx.presence_grace_s)
        await connections.weigh(tx, gone.keys(), leaves_at=leaves_at)
    return list(gone.values())


async def leave_due(ctx: Context) -> int:
    """Write as left whom nothing has tied to the room for long enough; how many.

    Of several servers that look, one writes each.
    """
    async with ctx.database.read() as tx:
        due = await connections.due(tx, ctx.clock.now(), limit=_AT_ONE_LOOK)
    return await do_due(ctx, "write people as gone", due, partial(_leave_if_due, ctx), at_once=_LEAVE_TOGETHER)


async def _leave_if_due(ctx: Context, tx: Tx, room: Room, participant_id: str) -> bool:
    if not await connections.is_due(tx, participant_id, ctx.clock.now()):
        return False
    participant = await participants.get(tx, participant_id)
    assert participant is not None, "participants are never taken out of the store"
    await depart(ctx, tx, room, participant, LeaveReason.ABSENT)
    return True


async def bury_server(ctx: Context, server_id: str) -> None:
    """Take away what a server held that is no more: its connections, its leases, its name."""
    leaves_in = timedelta(seconds=ctx.presence_grace_s * RESTART_GRACE_FACTOR)
    is_more = True
    while is_more:
        async with ctx.database.begin() as tx:
            held = await connections.of_server(tx, server_id, limit=_AT_A_TIME)
            await rooms.lock_ids(tx, {one.room_id for one in held})
            await connections.remove(tx, [one.id for one in held])
            leaves_at = ctx.clock.now() + leaves_in
            await connections.weigh(tx, [one.participant_id for one in held], leaves_at=leaves_at)
        is_more = len(held) == _AT_A_TIME
    async with ctx.database.begin() as tx:
        await leases.release(tx, server_id)
        await servers.remove(tx, server_id)
