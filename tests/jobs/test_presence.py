"""Who is here: on the gateway or on the engine, and gone after the grace period of neither (design §10.5)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from onstage.actions import hands, presence, rooms
from onstage.actions.connections import leave_due, write_connections
from onstage.actions.context import Context
from onstage.errors import ErrorCode, OnstageError
from onstage.jobs import presence as keeping
from onstage.jobs.presence import GATHER_S, STORE_AWAY_S, PresenceKeeper
from onstage.model.ids import RoomId
from onstage.model.records import Connection, ConnectionKind, Participant, Presence
from onstage.store import connections
from onstage.store.database import Database
from tests.jobs.staff import GRACE_S, Staff, joined, store_away
from tests.support.house import House
from tests.support.waiting import until

# Every pause between two writes is part of the time that a test lets go by.
A_WHILE = GRACE_S + 1


async def later(staff: Staff, seconds: float) -> None:
    """Let so much time go by, and the timers look."""
    await staff.house.clock.advance(seconds)
    await staff.leaving()


async def tied(house: House, participant: Participant) -> set[str]:
    """What ties them to the room, as the store has it."""
    async with house.ctx.database.read() as tx:
        return {one.id for one in await connections.of_participants(tx, [participant.id])}


async def test_who_joins_and_never_connects_has_left_after_the_grace_period(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    await later(staff, GRACE_S - 0.001)
    assert await house.is_here(gus)
    await later(staff, 0.001)
    assert not await house.is_here(gus)
    assert (await house.names())[-2:] == ["participant.left", "session.ended"]


async def test_who_is_connected_stays(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, "one")
    await staff.noted()
    await later(staff, 10 * GRACE_S)
    assert await house.is_here(gus)


async def test_the_grace_period_begins_when_the_last_connection_ends(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, "one")
    staff.presence.engine_joined(gus)
    await staff.noted()
    staff.presence.gateway_disconnected("one")
    await staff.noted()
    await later(staff, 10 * GRACE_S)
    assert await house.is_here(gus)
    staff.presence.engine_left(gus)
    await staff.presence.written()
    await later(staff, GRACE_S - 1)
    assert await house.is_here(gus)
    await later(staff, 1)
    assert not await house.is_here(gus)


async def test_the_engine_alone_keeps_somebody(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    staff.presence.engine_joined(gus)
    await staff.noted()
    await later(staff, 10 * GRACE_S)
    assert await house.is_here(gus)


async def test_who_comes_back_in_time_is_as_before(house: House, staff: Staff) -> None:
    aud = await joined(house, "aud", "audience")
    await house.promoted(aud)
    vic = await joined(house, "vic", "viewer")
    await hands.raise_hand(house.ctx, house.caller(vic), "show")
    before = [await house.now(one) for one in (aud, vic)]
    behind = await house.seq()
    for one in (aud, vic):
        staff.presence.gateway_connected(one, f"{one.id}.first")
    await staff.noted()
    for one in (aud, vic):
        staff.presence.gateway_disconnected(f"{one.id}.first")
    await staff.noted()
    await later(staff, GRACE_S - 1)
    for one in (aud, vic):
        assert (await joined(house, one.identity, "viewer")).id == one.id
        staff.presence.gateway_connected(one, f"{one.id}.second")
    await staff.noted()
    await later(staff, 10 * GRACE_S)
    now = [await house.now(one) for one in (aud, vic)]
    assert [replace(one, token_id=None) for one in now] == [replace(one, token_id=None) for one in before]
    assert await house.names(behind=behind) == []


async def test_a_join_starts_the_grace_period_anew(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    await later(staff, GRACE_S - 1)
    await joined(house, "gus", "guest")
    await later(staff, GRACE_S - 1)
    assert await house.is_here(gus)
    await later(staff, 1)
    assert not await house.is_here(gus)


async def test_a_connection_that_replaces_another_leaves_nothing_counting(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, "old")
    await staff.noted()
    staff.presence.gateway_connected(gus, "new")
    staff.presence.gateway_disconnected("old")
    staff.presence.gateway_disconnected("old")
    await staff.noted()
    assert await tied(house, gus) == {"new"}
    await later(staff, 10 * GRACE_S)
    assert await house.is_here(gus)
    staff.presence.gateway_disconnected("new")
    await staff.noted()
    await later(staff, A_WHILE)
    assert not await house.is_here(gus)


async def test_a_connection_of_before_they_left_ties_nobody(house: House, staff: Staff) -> None:
    await joined(house, "anna", "host")
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, "old")
    await staff.noted()
    await presence.leave_room(house.ctx, house.caller(gus))
    again = await joined(house, "gus", "guest")
    assert again.id == gus.id
    assert await tied(house, gus) == set()
    staff.presence.gateway_disconnected("old")
    staff.presence.gateway_connected(again, "new")
    await staff.noted()
    await later(staff, 10 * GRACE_S)
    assert await house.is_here(again)


async def test_a_connection_that_is_told_of_after_they_left_ties_nobody(house: House, staff: Staff) -> None:
    await joined(house, "anna", "host")
    gus = await joined(house, "gus", "guest")
    await presence.leave_room(house.ctx, house.caller(gus))
    staff.presence.gateway_connected(gus, "late")
    await staff.noted()
    assert await tied(house, gus) == set()


async def test_the_same_identity_in_the_next_session_is_somebody_new(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, "old")
    await staff.noted()
    await rooms.end_room(house.ctx, house.server, "show", reason="over", lock=False)
    again = await joined(house, "gus", "guest")
    assert again.id != gus.id
    staff.presence.gateway_disconnected("old")
    staff.presence.gateway_connected(again, "new")
    await staff.noted()
    await later(staff, 10 * GRACE_S)
    assert await house.is_here(again)
    assert (await tied(house, gus), await tied(house, again)) == (set(), {"new"})


async def test_the_last_to_leave_ends_the_session(house: House, staff: Staff) -> None:
    people = [await joined(house, name, role) for name, role in (("anna", "host"), ("vic", "viewer"))]
    for one in people:
        staff.presence.gateway_connected(one, one.identity)
    await staff.noted()
    staff.presence.gateway_disconnected("anna")
    await staff.noted()
    await later(staff, A_WHILE)
    assert await house.has_session()
    staff.presence.gateway_disconnected("vic")
    await staff.noted()
    await later(staff, A_WHILE)
    assert not await house.has_session()
    assert (await house.names())[-1] == "session.ended"


async def test_a_store_that_is_away_is_told_later_who_came_and_who_went(house: House, staff: Staff) -> None:
    gus, vic = await joined(house, "gus", "guest"), await joined(house, "vic", "viewer")
    staff.presence.gateway_connected(gus, "one")
    await staff.noted()
    async with store_away(house):
        staff.presence.gateway_connected(vic, "two")
        await until(lambda: staff.waits_s == [STORE_AWAY_S], what="the pause after a write that failed")
        staff.presence.gateway_disconnected("one")
        staff.presence.gateway_disconnected("two")
        staff.presence.gateway_connected(vic, "three")
    await house.clock.advance(STORE_AWAY_S)
    await staff.noted()
    assert (await tied(house, gus), await tied(house, vic)) == (set(), {"three"})
    await later(staff, A_WHILE)
    assert (await house.is_here(gus), await house.is_here(vic)) == (False, True)


@pytest.mark.parametrize("how", ["left", "removed", "room ended"])
async def test_nothing_is_kept_of_who_is_gone(house: House, staff: Staff, how: str) -> None:
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, "one")
    await staff.noted()
    if how == "left":
        await presence.leave_room(house.ctx, house.caller(gus))
    elif how == "removed":
        await presence.remove(house.ctx, house.server, "show", "gus")
    else:
        await rooms.end_room(house.ctx, house.server, "show", reason="over", lock=False)
    assert await tied(house, gus) == set()
    staff.presence.gateway_disconnected("one")
    await staff.noted()
    behind = await house.seq()
    await later(staff, A_WHILE)
    assert (await house.now(gus)).presence is (Presence.REMOVED if how == "removed" else Presence.LEFT)
    assert await house.names(behind=behind) == []


async def test_many_who_come_at_once_are_few_writes(
    house: House, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[int] = []

    async def counted(ctx: Context, came: list[Connection], gone: list[Connection], *, again: set[str]) -> None:
        writes.append(len(came))
        await write_connections(ctx, came, gone, again=again)

    monkeypatch.setattr(keeping, "write_connections", counted)
    people = [await house.join(f"vic-{number}", "viewer") for number in range(40)]
    staff.presence.gateway_connected(people[0], "0")
    for number, one in enumerate(people[1:], 1):
        staff.presence.gateway_connected(one, str(number))
    await staff.noted()
    assert sum(writes) == 40
    assert len(writes) <= 2
    await later(staff, 10 * GRACE_S)
    assert all([await house.is_here(one) for one in people])


async def test_a_crowd_that_goes_at_once_is_written_whole(house: House, staff: Staff) -> None:
    people = [await house.join(f"vic-{number}", "viewer") for number in range(120)]
    await later(staff, A_WHILE + len(people))
    assert not any([await house.is_here(one) for one in people])
    assert not await house.has_session()


@asynccontextmanager
async def another_server(house: House) -> AsyncIterator[tuple[Context, PresenceKeeper]]:
    """A second server on the same store and bus."""
    ctx = replace(house.ctx, database=Database(house.ctx.database.url), server_id="srv_other")
    keeper = PresenceKeeper(ctx)
    await keeper.start()
    yield ctx, keeper
    await keeper.stop()
    await ctx.database.close()


async def test_a_connection_on_one_server_outlives_one_on_another(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    async with another_server(house) as (_, elsewhere):
        staff.presence.gateway_connected(gus, f"{gus.id}.here")
        await staff.noted()
        elsewhere.gateway_connected(gus, f"{gus.id}.there")
        await elsewhere.written()
        staff.presence.gateway_disconnected(f"{gus.id}.here")
        await staff.noted()
        await later(staff, 10 * GRACE_S)
        assert await house.is_here(gus)
        assert await tied(house, gus) == {f"{gus.id}.there"}


async def test_a_newer_connection_on_another_server_replaces_the_older(house: House, staff: Staff) -> None:
    replaced: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    staff.presence.on_replaced = lambda participant_id, newer: replaced.put_nowait((participant_id, newer))
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, f"{gus.id}.here")
    await staff.noted()
    async with another_server(house) as (_, elsewhere):
        elsewhere.gateway_connected(gus, f"{gus.id}.there")
        async with asyncio.timeout(20):
            assert await replaced.get() == (gus.id, f"{gus.id}.there")
    assert await tied(house, gus) == {f"{gus.id}.there"}


@pytest.mark.parametrize("skew_s", [-3600, 0, 3600])
async def test_who_comes_last_stays_whatever_the_servers_clocks_say(house: House, staff: Staff, skew_s: float) -> None:
    replaced: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    staff.presence.on_replaced = lambda participant_id, newer: replaced.put_nowait((participant_id, newer))
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, f"{gus.id}.first")
    await staff.noted()
    at = house.clock.now() + timedelta(seconds=skew_s)
    last = Connection(f"{gus.id}.last", gus.id, gus.room_id, ConnectionKind.GATEWAY, "srv_other", at)
    await write_connections(house.ctx, [last], [])
    assert await tied(house, gus) == {last.id}
    async with asyncio.timeout(20):
        assert await replaced.get() == (gus.id, last.id)


async def test_a_connection_told_again_does_not_replace_who_came_meanwhile(house: House, staff: Staff) -> None:
    """A server that was given up tells again whom it holds; meanwhile they came to another, whose clock is behind."""
    replaced: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
    staff.presence.on_replaced = lambda participant_id, newer: replaced.put_nowait((participant_id, newer))
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, f"{gus.id}.old")
    await staff.noted()
    async with house.ctx.database.begin() as tx:
        await connections.remove(tx, [f"{gus.id}.old"])
    at = house.clock.now() - timedelta(hours=1)
    new = Connection(f"{gus.id}.new", gus.id, gus.room_id, ConnectionKind.GATEWAY, "srv_other", at)
    await write_connections(house.ctx, [new], [])
    staff.presence.tell_again()
    await staff.noted()
    assert await tied(house, gus) == {new.id}
    async with asyncio.timeout(20):
        assert await replaced.get() == (gus.id, new.id)


async def test_what_was_taken_away_from_a_live_server_is_told_again(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, "one")
    await staff.noted()
    async with house.ctx.database.begin() as tx:
        await connections.remove(tx, ["one"])
    house.ctx.bus.doubt()
    await house.settle()
    await staff.noted()
    assert await tied(house, gus) == {"one"}


async def test_of_two_servers_that_look_one_writes_that_somebody_left(house: House, staff: Staff) -> None:
    people = [await joined(house, f"gus-{number}", "guest") for number in range(5)]
    async with another_server(house) as (other, _):
        await house.clock.advance(A_WHILE)
        counts = await asyncio.gather(leave_due(house.ctx), leave_due(other))
    assert sum(counts) == len(people)
    assert (await house.names()).count("participant.left") == len(people)


async def test_grace_is_what_the_setting_says(house: House, staff: Staff) -> None:
    house.ctx.presence_grace_s = 2.0
    gus = await joined(house, "gus", "guest")
    await later(staff, 2.0 - GATHER_S)
    assert await house.is_here(gus)
    await later(staff, GATHER_S)
    assert not await house.is_here(gus)


async def test_what_can_t_be_written_hides_nobody_who_comes_after(
    house: House, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise ValueError("no row of ours")

    gus, anna = await joined(house, "gus", "guest"), await joined(house, "anna", "host")
    with monkeypatch.context() as patched:
        patched.setattr(keeping, "write_connections", broken)
        staff.presence.gateway_connected(gus, "one")
        await staff.noted()
    staff.presence.gateway_connected(anna, "two")
    await staff.noted()
    assert await tied(house, anna) == {"two"}


async def test_one_connection_that_can_t_be_written_unties_nobody_else(house: House, staff: Staff) -> None:
    anna, gus, vic, rex = [
        await joined(house, name, role)
        for name, role in (("anna", "host"), ("gus", "guest"), ("vic", "viewer"), ("rex", "guest"))
    ]
    staff.presence.gateway_connected(anna, "anna")
    await staff.noted()
    staff.presence.gateway_disconnected("anna")
    staff.presence.gateway_connected(gus, "gus")
    staff.presence.gateway_connected(replace(rex, room_id=RoomId("rm_that_never_was")), "rex")
    staff.presence.gateway_connected(vic, "vic")
    with capture_logs() as logs:
        await staff.noted()
    assert [await tied(house, one) for one in (anna, gus, vic, rex)] == [set(), {"gus"}, {"vic"}, set()]
    assert [one["connection"] for one in logs if one["event"] == "presence_failed"] == ["rex"]
    await later(staff, A_WHILE)
    assert [await house.is_here(one) for one in (anna, gus, vic, rex)] == [False, True, True, False]


async def test_a_store_that_goes_away_while_they_are_written_singly_is_told_the_rest_later(
    house: House, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Together they can't be written, one can, and then the store is away."""
    calls: list[int] = []

    async def failing(ctx: Context, came: list[Connection], gone: list[Connection], *, again: set[str]) -> None:
        calls.append(len(came))
        if len(came) > 1:
            raise ValueError("no rows of ours")
        if len(calls) == 3:
            raise OnstageError(ErrorCode.STORE_UNAVAILABLE)
        await write_connections(ctx, came, gone, again=again)

    people = [await joined(house, name, "guest") for name in ("ada", "bea", "cay")]
    with monkeypatch.context() as patched:
        patched.setattr(keeping, "write_connections", failing)
        for one in people:
            staff.presence.gateway_connected(one, one.identity)
        await until(lambda: STORE_AWAY_S in staff.waits_s, what="the pause after the failure")
    assert calls == [3, 1, 1]
    assert [await tied(house, one) for one in people] == [{"ada"}, set(), set()]
    await staff.advance(STORE_AWAY_S)
    await staff.noted()
    assert [await tied(house, one) for one in people] == [{"ada"}, {"bea"}, {"cay"}]
