"""A room that somebody holds and never lets go, as a server does that froze: nobody else's work waits for it."""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from onstage.actions.broadcast_life import report_restarted
from onstage.actions.broadcasts import BroadcastChange, NewBroadcast, start_broadcast, update_broadcast
from onstage.actions.connections import write_connections
from onstage.actions.context import Context
from onstage.actions.revoking import RevokedTokens, revoke_tokens
from onstage.actions.rooms import RoomChange, delete_room, update_room
from onstage.actions.servers import beat, register
from onstage.actions.tracks import report_tracks
from onstage.actions.webhooks import NewEndpoint, create_endpoint
from onstage.errors import ErrorCode
from onstage.jobs.membership import BEAT_EVERY_S, DEAD_AFTER_S, Membership
from onstage.model.records import Connection, ConnectionKind
from onstage.outbound import Guard, Outbound, read_policy
from onstage.store import room_turns, rooms, servers
from onstage.store.database import Database, Tx
from tests.store.locks import waiting
from tests.support.clock import EPOCH
from tests.support.house import House
from tests.support.refusals import refused
from tests.support.waiting import until

CONNECTIONS = 8
CALLS = 3 * CONNECTIONS


@pytest.fixture
async def ctx(postgres_house: House) -> AsyncIterator[Context]:
    """Of another server on the same database, which has few connections."""
    database = Database(postgres_house.ctx.database.url, pool_size=CONNECTIONS)
    outbound = Outbound(Guard(read_policy("127.0.0.1", "", is_http_allowed=False)))
    yield replace(postgres_house.ctx, database=database, outbound=outbound, server_id="srv_other")
    await database.close()


@asynccontextmanager
async def stuck(house: House) -> AsyncIterator[Tx]:
    """The house's server holds its room."""
    async with house.ctx.database.begin() as tx:
        await rooms.lock_id(tx, house.room.id)
        yield tx


async def update_show(ctx: Context, house: House) -> object:
    return await update_room(ctx, house.server, "show", RoomChange(title="Late"))


async def update_picture(ctx: Context, house: House) -> object:
    [show] = await _shows(house)
    return await update_broadcast(ctx, house.server, show, BroadcastChange(title="Late"))


async def report_show(ctx: Context, house: House) -> object:
    [show] = await _shows(house)
    return await report_restarted(ctx, show)


async def _shows(house: House) -> list[str]:
    return [event.data["broadcast"]["id"] for event in await house.events() if event.name == "broadcast.starting"]


async def listen(ctx: Context, house: House) -> object:
    return await refused_or_done(create_endpoint(ctx, house.server, "show", NewEndpoint("http://127.0.0.1:9/")))


async def revoke(ctx: Context, house: House) -> object:
    return await revoke_tokens(ctx, house.server, "show", RevokedTokens(None, "anna"))


async def delete(ctx: Context, house: House) -> object:
    return await refused_or_done(delete_room(ctx, house.server, "show", end=True))


async def report(ctx: Context, house: House) -> object:
    return await report_tracks(ctx, house.room.id, "anna", ())


async def tie(ctx: Context, house: House) -> object:
    anna = Connection("co_1", "pa_1", house.room.id, ConnectionKind.GATEWAY, "srv", EPOCH)
    return await write_connections(ctx, [], [anna])


async def refused_or_done(call: Awaitable[Any]) -> object:
    """Of many that do the same only some can; what counts is that each ends."""
    return (await asyncio.gather(call, return_exceptions=True))[0]


@pytest.mark.parametrize("call", [update_show, update_picture, report_show, listen, revoke, delete, report, tie])
async def test_who_waits_for_a_stuck_room_leaves_connections_to_all_others(
    postgres_house: House, ctx: Context, call: Callable[[Context, House], Awaitable[object]]
) -> None:
    house = postgres_house
    await start_broadcast(house.ctx, house.server, "show", NewBroadcast())
    await house.another_room("other")
    async with stuck(house) as tx:
        calls = [asyncio.ensure_future(call(ctx, house)) for _ in range(CALLS)]
        await until(lambda: _wait(tx), what="a call to wait for the room")
        async with asyncio.timeout(room_turns.TURN_TIMEOUT_S / 2):
            await update_room(ctx, house.server, "other", RoomChange(title="Meanwhile"))
            async with ctx.database.read() as other:
                assert await rooms.get(other, house.room.id) is not None
        assert await waiting(tx) < CONNECTIONS / 2
        assert not any(one.done() for one in calls)
    await asyncio.gather(*calls)


async def _wait(tx: Tx) -> bool:
    return await waiting(tx) > 0


async def test_a_server_without_a_free_connection_says_that_it_is_alive(postgres_house: House, ctx: Context) -> None:
    async def hold(is_held: asyncio.Event, may_end: asyncio.Event) -> None:
        async with ctx.database.begin() as tx:
            await rooms.get(tx, postgres_house.room.id)
            is_held.set()
            await may_end.wait()

    may_end, held = asyncio.Event(), [asyncio.Event() for _ in range(CONNECTIONS - 1)]
    holding = asyncio.gather(*(hold(one, may_end) for one in held))
    await asyncio.gather(*(one.wait() for one in held))
    behind = asyncio.ensure_future(update_show(ctx, postgres_house))
    async with asyncio.timeout(room_turns.TURN_TIMEOUT_S / 2):
        heard = await beat(ctx, None)
    assert [server.id for server in heard.servers] == [ctx.server_id]
    assert not behind.done()
    may_end.set()
    await asyncio.gather(holding, behind)


async def test_a_leader_that_can_take_nothing_from_a_frozen_server_leads_on(
    postgres_house: House, ctx: Context
) -> None:
    house, clock = postgres_house, postgres_house.clock
    anna = await house.join("anna", "host")
    await register(house.ctx, None)  # the house's server freezes, and still holds the room
    await write_connections(
        house.ctx, [Connection("co_1", anna.id, house.room.id, ConnectionKind.GATEWAY, house.ctx.server_id, EPOCH)], []
    )
    membership = Membership(ctx)
    await membership.start()
    async with stuck(house) as tx, asyncio.timeout(room_turns.TURN_TIMEOUT_S):
        for _ in range(3 + math.ceil(DEAD_AFTER_S / BEAT_EVERY_S)):
            await house.until_sleepers(1)
            await clock.advance(BEAT_EVERY_S)
            await until(lambda: _has_beaten(ctx), what="the leader to say that it is alive")
        await until(lambda: _wait(tx), what="the leader to take away what the dead server held")
        assert membership.is_leader
    await until(lambda: _is_alone(ctx), what="the dead server to be taken away")
    await membership.stop()


async def _has_beaten(ctx: Context) -> bool:
    async with ctx.database.read() as tx:
        return ctx.clock.now() in {one.seen_at for one in await servers.page(tx)}


async def _is_alone(ctx: Context) -> bool:
    async with ctx.database.read() as tx:
        return [one.id for one in await servers.page(tx)] == [ctx.server_id]


async def test_who_waits_too_long_for_the_others_is_refused(
    postgres_house: House, ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_turns, "TURN_TIMEOUT_S", 0.1)
    async with stuck(postgres_house) as tx:
        first = asyncio.ensure_future(update_show(ctx, postgres_house))
        await until(lambda: _wait(tx), what="the first to wait for the room")
        assert await refused(update_show(ctx, postgres_house)) is ErrorCode.STORE_UNAVAILABLE
    await first
    await update_show(ctx, postgres_house)


async def test_who_holds_several_rooms_waits_for_nobody_who_waits_for_them(postgres_house: House, ctx: Context) -> None:
    ids = [postgres_house.room.id, *[(await postgres_house.another_room(f"room {n}")).id for n in range(3)]]
    done: list[int] = []

    async def hold(number: int) -> None:
        async with ctx.database.begin() as tx:
            some = {ids[number % 4], ids[(number + 1 + number // 4) % 4]}
            await (rooms.lock_ids(tx, some) if number % 3 else rooms.lock_id(tx, min(some)))
            await rooms.next_seq(tx, min(some))
            done.append(number)

    async with asyncio.timeout(room_turns.TURN_TIMEOUT_S):
        await asyncio.gather(*(hold(number) for number in range(10 * CONNECTIONS)))
    assert len(done) == 10 * CONNECTIONS


async def test_who_gives_up_waiting_leaves_the_turn_to_the_next(postgres_house: House, ctx: Context) -> None:
    async with stuck(postgres_house) as tx:
        calls = [asyncio.ensure_future(update_show(ctx, postgres_house)) for _ in range(4)]
        await until(lambda: _wait(tx), what="one to wait for the room")
        for call in calls[:3]:
            call.cancel()
        await asyncio.wait(calls[:3])
        assert all(call.cancelled() for call in calls[:3])
    await calls[3]
    assert (await postgres_house.names())[-1] == "room.updated"
