"""Who is here: on the gateway or on the engine, and gone after the grace period of neither (design §10.5)."""

import pytest

from onstage.actions import hands, presence, rooms
from onstage.model.records import Presence
from tests.jobs.scripted_engine import ScriptedEngine
from tests.jobs.staff import GRACE_S, Staff, joined, staffed, store_away
from tests.support.clock import settle
from tests.support.house import House
from tests.support.waiting import until


async def counts_again(staff: Staff) -> None:
    """The store could not be told, so it is tried again."""
    await until(lambda: staff.waits_s, what="another try")


async def test_who_joins_and_never_connects_has_left_after_the_grace_period(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    await staff.advance(GRACE_S - 0.001)
    assert await house.is_here(gus)
    await staff.advance(0.001)
    assert not await house.is_here(gus)
    assert (await house.names())[-2:] == ["participant.left", "session.ended"]


async def test_who_is_connected_stays(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, "one")
    assert staff.waits_s == []
    await staff.advance(10 * GRACE_S)
    assert await house.is_here(gus)


async def test_the_grace_period_begins_when_the_last_connection_ends(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, "one")
    staff.presence.engine_joined(gus)
    staff.presence.gateway_disconnected(gus, "one")
    await staff.advance(10 * GRACE_S)
    assert await house.is_here(gus)
    staff.presence.engine_left(house.room.id, "gus")
    await settle()
    assert staff.waits_s == [GRACE_S]
    await staff.advance(GRACE_S)
    assert not await house.is_here(gus)


async def test_the_engine_alone_keeps_somebody(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    staff.presence.engine_joined(gus)
    await staff.advance(10 * GRACE_S)
    assert await house.is_here(gus)


async def test_who_comes_back_in_time_is_as_before(house: House, staff: Staff) -> None:
    aud = await joined(house, "aud", "audience")
    await house.promoted(aud)
    vic = await joined(house, "vic", "viewer")
    await hands.raise_hand(house.ctx, house.caller(vic), "show")
    before = [await house.now(one) for one in (aud, vic)]
    behind = await house.seq()
    for one in (aud, vic):
        staff.presence.gateway_connected(one, "first")
        staff.presence.gateway_disconnected(one, "first")
    await staff.advance(GRACE_S - 1)
    for one in (aud, vic):
        assert (await joined(house, one.identity, "viewer")).id == one.id
        staff.presence.gateway_connected(one, "second")
    await staff.advance(10 * GRACE_S)
    assert [await house.now(one) for one in (aud, vic)] == before
    assert await house.names(behind=behind) == []


async def test_a_join_starts_the_grace_period_anew(house: House, staff: Staff) -> None:
    await joined(house, "gus", "guest")
    await staff.advance(GRACE_S - 1)
    await joined(house, "gus", "guest")
    assert staff.waits_s == [GRACE_S]


async def test_a_connection_that_replaces_another_leaves_nothing_counting(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, "old")
    staff.presence.gateway_connected(gus, "new")
    staff.presence.gateway_disconnected(gus, "old")
    staff.presence.gateway_disconnected(gus, "old")
    await settle()
    assert staff.waits_s == []
    staff.presence.gateway_disconnected(gus, "new")
    await settle()
    assert staff.waits_s == [GRACE_S]


async def test_a_connection_of_before_they_left_ties_nobody(house: House, staff: Staff) -> None:
    await joined(house, "anna", "host")
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, "old")
    await presence.leave_room(house.ctx, house.caller(gus))
    again = await joined(house, "gus", "guest")
    assert again.id == gus.id
    staff.presence.gateway_disconnected(gus, "old")
    staff.presence.gateway_connected(again, "new")
    await staff.advance(10 * GRACE_S)
    assert await house.is_here(again)


async def test_the_same_identity_in_the_next_session_is_somebody_new(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, "old")
    await rooms.end_room(house.ctx, house.server, "show", reason="over", lock=False)
    again = await joined(house, "gus", "guest")
    assert again.id != gus.id
    staff.presence.gateway_disconnected(gus, "old")
    staff.presence.gateway_connected(again, "new")
    await staff.advance(10 * GRACE_S)
    assert await house.is_here(again)
    assert staff.presence.participant(house.room.id, "gus") == again


async def test_the_last_to_leave_ends_the_session(house: House, staff: Staff) -> None:
    people = [await joined(house, name, role) for name, role in (("anna", "host"), ("vic", "viewer"))]
    for one in people:
        staff.presence.gateway_connected(one, one.identity)
    staff.presence.gateway_disconnected(people[0], "anna")
    await staff.advance(GRACE_S)
    assert await house.has_session()
    staff.presence.gateway_disconnected(people[1], "vic")
    await staff.advance(GRACE_S)
    assert not await house.has_session()
    assert (await house.names())[-1] == "session.ended"


async def test_after_a_restart_everybody_has_twice_as_long_to_come_back(house: House, engine: ScriptedEngine) -> None:
    people = [await house.join(name, role) for name, role in (("anna", "host"), ("gus", "guest"), ("vic", "viewer"))]
    async with staffed(house, engine=engine) as staff:
        await staff.presence.start()
        await staff.advance(2 * GRACE_S - 1)
        staff.presence.gateway_connected(people[0], "anna")
        staff.presence.engine_joined(people[1])
        await staff.advance(1)
        assert [await house.is_here(one) for one in people] == [True, True, False]


async def test_who_had_left_before_the_restart_is_not_waited_for(house: House, engine: ScriptedEngine) -> None:
    anna, gus = await house.join("anna", "host"), await house.join("gus", "guest")
    await presence.leave(house.ctx, gus)
    async with staffed(house, engine=engine) as staff:
        await staff.presence.start()
        await settle()
        assert staff.waits_s == [2 * GRACE_S]
        assert staff.presence.participant(house.room.id, "anna") == anna
        assert staff.presence.participant(house.room.id, "gus") is None


async def test_a_store_that_is_away_is_told_of_the_leaving_later(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    async with store_away(house):
        await house.clock.advance(GRACE_S)
        await counts_again(staff)
    await staff.advance(GRACE_S)
    assert not await house.is_here(gus)


async def test_who_comes_back_while_the_store_is_away_has_not_left(house: House, staff: Staff) -> None:
    gus = await joined(house, "gus", "guest")
    async with store_away(house):
        await house.clock.advance(GRACE_S)
        await counts_again(staff)
        staff.presence.gateway_connected(gus, "one")
    await staff.advance(10 * GRACE_S)
    assert await house.is_here(gus)


@pytest.mark.parametrize("how", ["left", "removed", "room ended"])
async def test_nothing_is_kept_of_who_is_gone(house: House, staff: Staff, how: str) -> None:
    gus = await joined(house, "gus", "guest")
    staff.presence.gateway_connected(gus, "one")
    if how == "left":
        await presence.leave_room(house.ctx, house.caller(gus))
    elif how == "removed":
        await presence.remove(house.ctx, house.server, "show", "gus")
    else:
        await rooms.end_room(house.ctx, house.server, "show", reason="over", lock=False)
    staff.presence.gateway_disconnected(gus, "one")
    await staff.advance(GRACE_S)
    assert staff.presence.participant(house.room.id, "gus") is None
    assert (await house.now(gus)).presence is (Presence.REMOVED if how == "removed" else Presence.LEFT)
