"""Servers on one store: which are alive, what becomes of what a dead one held, and which of them leads."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from onstage.actions.broadcast_stop import stop_broadcast
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.connections import leave_due
from onstage.actions.context import Context, Unattended
from onstage.actions.output_making import NewOutput
from onstage.actions.reading import read_broadcast
from onstage.actions.servers import LEASE_S
from onstage.bus import Bus, MemoryBus, WakeUp
from onstage.jobs.membership import BEAT_EVERY_S, DEAD_AFTER_S, Membership, Silence
from onstage.jobs.presence import PresenceKeeper
from onstage.jobs.whereabouts import LOOK_EVERY_S, LOST_AFTER_S, LostShows, Whereabouts
from onstage.model.outputs import OutputType
from onstage.model.records import BroadcastReason, BroadcastStatus, Participant, Server
from onstage.store import connections, servers
from tests.jobs.staff import GRACE_S, store_away
from tests.support.clock import EPOCH
from tests.support.house import House


@dataclass(slots=True)
class Process:
    """A server process, as far as the others see it."""

    ctx: Context
    membership: Membership
    presence: PresenceKeeper
    is_dead: bool = False

    async def kill(self) -> None:
        """It says and writes nothing more."""
        self.is_dead = True
        await self.membership._tasks.stop()
        await self.presence.stop()

    async def stop(self) -> None:
        """It signs off."""
        if not self.is_dead:
            await self.presence.stop()
            await self.membership.stop()


@asynccontextmanager
async def process(house: House, name: str, *, bus: Bus | None = None) -> AsyncIterator[Process]:
    """One on the house's bus, which all hear, unless it has one of its own."""
    house.ctx.bus.reaches_others = True
    ctx = replace(house.ctx, server_id=name, after_change=Unattended(), bus=bus or house.ctx.bus)
    running = Process(ctx, Membership(ctx, url=f"http://{name}"), PresenceKeeper(ctx))
    await running.membership.start()
    await running.presence.start()
    try:
        yield running
    finally:
        await running.stop()


async def beats(house: House, seconds: float) -> None:
    """Let time go by, one beat of everybody after the other."""
    for _ in range(round(seconds / BEAT_EVERY_S)):
        await house.clock.advance(BEAT_EVERY_S)
        await house.settle()


async def alive(house: House) -> set[str]:
    async with house.ctx.database.read() as tx:
        return {server.id for server in await servers.page(tx)}


async def tied(house: House, participant: Participant) -> set[str]:
    async with house.ctx.database.read() as tx:
        return {one.id for one in await connections.of_participants(tx, [participant.id])}


async def leaves_within(house: House, participant: Participant, seconds: float) -> bool:
    """Let time go by, and whoever is due leave."""
    await beats(house, seconds)
    await leave_due(house.ctx)
    return not await house.is_here(participant)


async def test_one_of_them_leads_and_another_when_it_is_gone(house: House) -> None:
    async with process(house, "srv_a") as a, process(house, "srv_b") as b:
        assert (a.membership.is_leader, b.membership.is_leader) == (True, False)
        await beats(house, 60)
        assert (a.membership.is_leader, b.membership.is_leader) == (True, False)
        await a.kill()
        await beats(house, LEASE_S + BEAT_EVERY_S)
        assert (a.membership.is_leader, b.membership.is_leader) == (False, True)


async def test_who_signs_off_makes_way_at_once(house: House) -> None:
    async with process(house, "srv_b") as b:
        async with process(house, "srv_a") as a:
            assert (a.membership.is_leader, b.membership.is_leader) == (False, True)
        assert await alive(house) == {"srv_b"}
    async with process(house, "srv_c") as c:
        assert c.membership.is_leader


async def test_who_begins_to_lead_is_told(house: House) -> None:
    told: list[str] = []

    async def lead() -> None:
        told.append("b")

    async with process(house, "srv_a") as a, process(house, "srv_b") as b:
        b.membership.on_lead.append(lead)
        await beats(house, 30)
        assert told == []
        await a.kill()
        await beats(house, LEASE_S + BEAT_EVERY_S)
        assert told == ["b"]
        await beats(house, 30)
        assert told == ["b"]


async def test_people_of_a_dead_server_have_twice_the_grace_to_come_back(house: House) -> None:
    gus, vic = await house.join("gus", "guest"), await house.join("vic", "viewer")
    async with process(house, "srv_a") as a, process(house, "srv_b") as b:
        for one in (gus, vic):
            a.presence.gateway_connected(one, f"{one.id}.a")
        await house.settle()
        await a.kill()
        await beats(house, DEAD_AFTER_S + 2 * BEAT_EVERY_S)
        assert await alive(house) == {"srv_b"}
        assert await tied(house, gus) == set()
        b.presence.gateway_connected(vic, f"{vic.id}.b")
        await house.settle()
        assert not await leaves_within(house, gus, 2 * GRACE_S - 3 * BEAT_EVERY_S)
        assert await leaves_within(house, gus, 3 * BEAT_EVERY_S)
        assert await house.is_here(vic)


async def test_a_server_that_starts_again_has_lost_its_connections_at_once(house: House) -> None:
    gus = await house.join("gus", "guest")
    async with process(house, "srv_a") as a:
        a.presence.gateway_connected(gus, f"{gus.id}.a")
        await house.settle()
        await a.kill()
        async with process(house, "srv_a") as again:
            assert await tied(house, gus) == set()
            assert again.membership.is_leader, "the lease is its own"
            assert not await leaves_within(house, gus, 2 * GRACE_S - BEAT_EVERY_S)
            assert await leaves_within(house, gus, BEAT_EVERY_S)


async def test_nobody_leaves_right_after_a_start_who_was_waited_for_before(house: House) -> None:
    gus = await house.join("gus", "guest")
    await house.clock.advance(10 * GRACE_S)  # nobody was there to see that they did not come
    async with process(house, "srv_a"):
        assert not await leaves_within(house, gus, 2 * GRACE_S - BEAT_EVERY_S)
        assert await leaves_within(house, gus, BEAT_EVERY_S)


async def test_people_of_a_server_that_signs_off_have_time_to_come_elsewhere(house: House) -> None:
    gus = await house.join("gus", "guest")
    async with process(house, "srv_b"):
        async with process(house, "srv_a") as a:
            a.presence.gateway_connected(gus, f"{gus.id}.a")
            await house.settle()
        assert await tied(house, gus) == set()
        assert not await leaves_within(house, gus, 2 * GRACE_S - BEAT_EVERY_S)
        assert await leaves_within(house, gus, BEAT_EVERY_S)


async def test_a_server_that_was_given_up_and_lives_tells_again_whom_it_holds(house: House) -> None:
    gus = await house.join("gus", "guest")
    async with process(house, "srv_a") as a, process(house, "srv_b"):
        b_forgets = a.membership
        b_forgets.on_forgotten = a.presence.tell_again
        a.presence.gateway_connected(gus, f"{gus.id}.a")
        await house.settle()
        async with house.ctx.database.begin() as tx:
            await servers.remove(tx, "srv_a")
            await connections.remove(tx, [f"{gus.id}.a"])
        await beats(house, BEAT_EVERY_S)
        await house.clock.advance(1)
        await house.settle()
        assert await alive(house) == {"srv_a", "srv_b"}
        assert await tied(house, gus) == {f"{gus.id}.a"}


async def test_while_the_store_is_away_nobody_is_given_up(house: House) -> None:
    async with process(house, "srv_a"), process(house, "srv_b"):
        await beats(house, 6)
        async with store_away(house):
            await beats(house, 5 * DEAD_AFTER_S)
        await beats(house, 2 * BEAT_EVERY_S)
        assert await alive(house) == {"srv_a", "srv_b"}


async def test_a_server_with_a_bug_is_not_given_up(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise ValueError("a bug")

    async with process(house, "srv_a"), process(house, "srv_b"):
        with monkeypatch.context() as patched:
            patched.setattr("onstage.jobs.membership.beat", broken)
            await beats(house, BEAT_EVERY_S)
        await beats(house, 2 * DEAD_AFTER_S)
        assert await alive(house) == {"srv_a", "srv_b"}
        async with house.ctx.database.read() as tx:
            seen = {one.seen_at for one in await servers.page(tx)}
        assert house.clock.now() - min(seen) <= timedelta(seconds=BEAT_EVERY_S)


async def test_readers_look_again_when_a_server_is_gone(house: House) -> None:
    """What it changed last it may not have been able to tell any more."""
    async with process(house, "srv_a") as a, process(house, "srv_b"):
        await beats(house, 6)
        async with await house.ctx.bus.subscribe(house.room.id) as subscription:
            await a.kill()
            await beats(house, DEAD_AFTER_S + 3 * BEAT_EVERY_S)
            assert any(isinstance(notice, WakeUp) for notice in await subscription.get())


async def test_without_a_bus_between_them_servers_look_at_every_beat_and_say_so(house: House) -> None:
    own = MemoryBus()
    with capture_logs() as logged:
        async with process(house, "srv_b", bus=own), await own.subscribe(house.room.id) as subscription:
            await beats(house, 12)
            assert not subscription.has_unread
            async with process(house, "srv_a"):
                for _ in range(2):
                    await beats(house, BEAT_EVERY_S)
                    assert any(isinstance(notice, WakeUp) for notice in await subscription.get())
    assert [line["servers"] for line in logged if line["event"] == "servers_without_redis"] == [2]


async def test_with_a_bus_between_them_servers_wait_to_be_told(house: House) -> None:
    async with process(house, "srv_a"), process(house, "srv_b"):
        await beats(house, BEAT_EVERY_S)
        async with await house.ctx.bus.subscribe(house.room.id) as subscription:
            await beats(house, 12)
            assert not subscription.has_unread


def test_silence_is_measured_by_ones_own_clock() -> None:
    """Whatever time the others say it is: what counts is that what they say changes."""
    silence = Silence()
    far_off = Server("srv_b", None, EPOCH, EPOCH - timedelta(days=1))
    assert silence.dead([far_off], 0.0) == []
    moving = replace(far_off, seen_at=EPOCH - timedelta(hours=23))
    assert silence.dead([moving], DEAD_AFTER_S) == []
    assert silence.dead([moving], 2 * DEAD_AFTER_S - 0.1) == []
    assert silence.dead([moving], 2 * DEAD_AFTER_S) == ["srv_b"]


@pytest.mark.parametrize("status", [BroadcastStatus.FAILED, BroadcastStatus.ENDED])
async def test_a_show_of_a_server_that_does_not_come_back_is_over(house: House, status: BroadcastStatus) -> None:
    async with process(house, "srv_a") as a, process(house, "srv_b") as b:
        show = await start_broadcast(a.ctx, house.server, "show", NewBroadcast())
        if status is BroadcastStatus.ENDED:
            await stop_broadcast(a.ctx, house.server, show.id)
        looking = LostShows(b.ctx, b.membership)
        await looking.start()
        await beats(house, 2 * LOST_AFTER_S)
        assert (await read_broadcast(house.ctx, house.server, show.id)).status.is_active
        await a.kill()
        # One that was being stopped has nothing more to come; a running one may yet be resumed.
        kept_s = LOST_AFTER_S if status is BroadcastStatus.FAILED else 0.0
        await beats(house, DEAD_AFTER_S + kept_s - 3 * BEAT_EVERY_S)
        assert (await read_broadcast(house.ctx, house.server, show.id)).status.is_active
        await beats(house, 3 * BEAT_EVERY_S + 3 * LOOK_EVERY_S)
        over = await read_broadcast(house.ctx, house.server, show.id)
        assert over.status is status
        failed = status is BroadcastStatus.FAILED
        assert over.reason is (BroadcastReason.SERVER_LOST if failed else BroadcastReason.STOPPED)
        await looking.stop()


async def test_stopping_the_show_of_a_dead_server_ends_it_at_once_and_its_room_is_free(house: House) -> None:
    async with process(house, "srv_a") as a, process(house, "srv_b") as b:
        show = await start_broadcast(a.ctx, house.server, "show", NewBroadcast())
        await beats(house, 2 * LEASE_S)
        assert (await stop_broadcast(b.ctx, house.server, show.id)).status is BroadcastStatus.STOPPING
        await a.kill()
        await beats(house, LEASE_S + BEAT_EVERY_S)
        ended = await stop_broadcast(b.ctx, house.server, show.id)
        assert (ended.status, ended.reason) == (BroadcastStatus.ENDED, BroadcastReason.STOPPED)
        assert (await start_broadcast(b.ctx, house.server, "show", NewBroadcast())).server_id == "srv_b"


async def test_shows_are_found_where_they_are_composed(house: House) -> None:
    async with process(house, "srv_a") as a, process(house, "srv_b") as b:
        new = NewBroadcast(outputs=[NewOutput(OutputType.RECORDING)])
        show = await start_broadcast(a.ctx, house.server, "show", new)
        elsewhere, here = Whereabouts(b.ctx), Whereabouts(a.ctx)
        for name in (show.id, house.room.id, show.outputs[1].recording_id or ""):
            assert await elsewhere.find(name) == "http://srv_a"
            assert await here.find(name) is None
        for unknown in ("bc_nothing", "rec_nothing", "\0", "x" * 500):
            assert await elsewhere.find(unknown) is None
