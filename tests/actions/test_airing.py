"""Shows that begin and end by themselves: once a session, and when nobody has been on stage for long enough."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from onstage.actions import promotion, rooms
from onstage.actions.broadcast_life import report_status
from onstage.actions.broadcast_stop import stop_broadcast, stop_for_lack_of_people, stop_overlong
from onstage.actions.broadcasts import NewBroadcast, start_broadcast, start_unless_one_was
from onstage.actions.making import NewRoom
from onstage.actions.reading import read_broadcast, read_broadcasts
from onstage.actions.rooms import RoomChange, update_room
from onstage.actions.templates import create_template
from onstage.errors import ErrorCode
from onstage.model.broadcast_defaults import BroadcastDefaults
from onstage.model.records import Broadcast, BroadcastReason, BroadcastStatus
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from tests.support.house import House
from tests.support.refusals import refused

AFTER_S = 60.0


async def set_to(house: House, **settings: Any) -> None:
    await update_room(house.ctx, house.server, "show", RoomChange(settings={"broadcast": settings}))


async def start(house: House, room: str = "show") -> Broadcast:
    return await start_broadcast(house.ctx, house.server, room, NewBroadcast())


async def by_itself(house: House) -> Broadcast | None:
    return await start_unless_one_was(house.ctx, house.room.id)


async def stopped(house: House) -> int:
    return await stop_for_lack_of_people(house.ctx, AFTER_S)


async def over(house: House, show: Broadcast) -> None:
    await stop_broadcast(house.ctx, house.server, show.id)
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED)


async def test_a_show_begins_with_the_first_on_stage(house: House) -> None:
    await set_to(house, auto_start=True)
    await house.join("vic", "viewer")
    assert await by_itself(house) is None
    await house.join("anna", "host")
    show = await by_itself(house)
    assert show is not None
    assert (show.status, show.title) == (BroadcastStatus.STARTING, "The show")
    assert (await house.names())[-1] == "broadcast.starting"


async def test_no_show_begins_where_nobody_asked_for_it(house: House) -> None:
    await house.join("anna", "host")
    assert await by_itself(house) is None


async def test_of_many_who_look_one_begins_it(house: House) -> None:
    await set_to(house, auto_start=True)
    await house.join("anna", "host")
    begun = await asyncio.gather(*(by_itself(house) for _ in range(5)))
    assert len([one for one in begun if one is not None]) == 1


async def test_what_was_stopped_by_hand_does_not_begin_again_in_the_session(house: House) -> None:
    await set_to(house, auto_start=True)
    anna = await house.join("anna", "host")
    show = await by_itself(house)
    assert show is not None
    await over(house, show)
    await house.join("gus", "guest")
    assert await by_itself(house) is None
    await rooms.end_room(house.ctx, house.server, "show", reason="over", lock=False)
    await house.clock.advance(1)
    assert (await house.join("anna", "host")).session_id != anna.session_id
    assert await by_itself(house) is not None


async def test_a_show_begun_before_anybody_came_counts_as_the_sessions(house: House) -> None:
    await set_to(house, auto_start=True)
    show = await start(house)
    await house.join("anna", "host")
    assert await by_itself(house) is None
    await over(house, show)
    assert await by_itself(house) is None


async def test_without_a_place_on_the_machine_nothing_is_half_done(house: House) -> None:
    await set_to(house, auto_start=True)
    others = [await start(house, (await house.another_room(name)).name) for name in ("one", "two")]
    await house.join("anna", "host")
    behind = await house.seq()
    assert await refused(by_itself(house)) is ErrorCode.CAPACITY_EXHAUSTED
    assert await house.names(behind=behind) == []
    assert await read_broadcasts(house.ctx, house.server, "show", after=None, limit=5) == []
    await over(house, others[0])
    assert await by_itself(house) is not None


@pytest.mark.parametrize("how", ["left", "demoted"])
async def test_a_show_stops_when_its_stage_stays_empty(house: House, how: str) -> None:
    show = await start(house)
    anna = await house.join("anna", "host")
    await house.join("vic", "viewer")
    await house.clock.advance(1_000)
    assert await stopped(house) == 0
    if how == "left":
        await house.gone(anna)
    else:
        await promotion.demote(house.ctx, house.server, "show", "anna", "audience")
    await house.clock.advance(AFTER_S - 0.001)
    assert await stopped(house) == 0
    await house.clock.advance(0.001)
    assert await stopped(house) == 1
    kept = await read_broadcast(house.ctx, house.server, show.id)
    assert (kept.status, kept.reason) == (BroadcastStatus.STOPPING, "stage_empty")
    assert await stopped(house) == 0


@pytest.mark.parametrize("how", ["joined", "promoted"])
async def test_a_show_goes_on_when_somebody_is_on_stage_again_in_time(house: House, how: str) -> None:
    await start(house)
    await house.join("anna", "host")
    amy = await house.join("amy", "audience")
    await promotion.demote(house.ctx, house.server, "show", "anna", "audience")
    await house.clock.advance(AFTER_S - 2)
    if how == "joined":
        await house.join("gus", "guest")
    else:
        await house.promoted(amy)
    await house.clock.advance(10 * AFTER_S)
    assert await stopped(house) == 0


async def test_a_show_on_a_stage_nobody_has_entered_goes_on(house: House) -> None:
    await start(house)
    await house.join("vic", "viewer")
    await house.clock.advance(10 * AFTER_S)
    assert await stopped(house) == 0


async def test_a_show_that_begins_on_an_empty_stage_has_lost_nobody(house: House) -> None:
    anna = await house.join("anna", "host")
    await house.join("vic", "viewer")
    await house.gone(anna)
    await house.clock.advance(1)
    await start(house)
    await house.clock.advance(10 * AFTER_S)
    assert await stopped(house) == 0


async def test_a_show_that_outlives_its_session_stops_all_the_same(house: House) -> None:
    await start(house)
    anna = await house.join("anna", "host")
    await house.gone(anna)
    assert not await house.has_session()
    await house.clock.advance(AFTER_S)
    assert await stopped(house) == 1


async def test_a_rooms_own_time_goes_before_the_servers(house: House) -> None:
    await set_to(house, auto_stop_s=5)
    await start(house)
    anna = await house.join("anna", "host")
    await house.gone(anna)
    await house.clock.advance(5)
    assert await stopped(house) == 1


@pytest.mark.parametrize("whose", ["the room's", "the server's"])
async def test_zero_seconds_is_never(house: House, whose: str) -> None:
    if whose == "the room's":
        await set_to(house, auto_stop_s=0)
    await start(house)
    anna = await house.join("anna", "host")
    await house.gone(anna)
    await house.clock.advance(100 * AFTER_S)
    after_s = AFTER_S if whose == "the room's" else 0
    assert await stop_for_lack_of_people(house.ctx, after_s) == 0


async def test_a_show_stops_when_it_has_been_live_for_as_long_as_it_may(house: House) -> None:
    show = await start_broadcast(house.ctx, house.server, "show", NewBroadcast(max_duration_s=600))
    await house.clock.advance(10)
    await report_status(house.ctx, show.id, BroadcastStatus.LIVE)
    await house.clock.advance(599.999)
    assert await stop_overlong(house.ctx) == 0
    await house.clock.advance(0.001)
    assert sum(await asyncio.gather(*(stop_overlong(house.ctx) for _ in range(5)))) == 1
    kept = await read_broadcast(house.ctx, house.server, show.id)
    assert (kept.status, kept.reason) == (BroadcastStatus.STOPPING, BroadcastReason.MAX_DURATION)


@pytest.mark.parametrize(("asked", "lasts_s"), [(None, 60), (30, 30), (0, None)])
async def test_how_long_a_show_may_last_is_as_its_template_says_but_for_what_the_start_says(
    house: House, asked: int | None, lasts_s: int | None
) -> None:
    template = replace(INTERACTIVE_LIVE_STREAM, name="minute", broadcast=BroadcastDefaults(max_duration_s=60))
    await create_template(house.ctx, house.server, template)
    await rooms.create_room(house.ctx, house.server, NewRoom(name="short", title="Short", template="minute"))
    show = await start_broadcast(house.ctx, house.server, "short", NewBroadcast(max_duration_s=asked))
    assert (await read_broadcast(house.ctx, house.server, show.id)).max_duration_s == lasts_s
    await report_status(house.ctx, show.id, BroadcastStatus.LIVE)
    await house.clock.advance(1_000_000)
    assert await stop_overlong(house.ctx) == (lasts_s is not None)


async def test_of_many_who_look_one_stops_it(house: House) -> None:
    await start(house)
    anna = await house.join("anna", "host")
    await house.gone(anna)
    await house.clock.advance(AFTER_S)
    assert sum(await asyncio.gather(*(stopped(house) for _ in range(5)))) == 1
    assert (await house.names()).count("broadcast.stopping") == 1
