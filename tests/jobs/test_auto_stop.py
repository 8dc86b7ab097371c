"""Shows that nobody is in any more are found within a second of their time."""

from onstage.actions import presence
from onstage.actions.broadcast_life import report_status
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.reading import read_broadcast
from onstage.jobs.auto_stop import LOOK_EVERY_S
from onstage.model.records import Broadcast, BroadcastStatus
from tests.jobs.staff import AUTO_STOP_S, Staff, joined, store_away, unattended
from tests.support.house import House
from tests.support.waiting import until


async def deserted(house: House) -> Broadcast:
    """A show whose stage has just emptied, as far as the store knows."""
    with unattended(house):
        show = await start_broadcast(house.ctx, house.server, "show", NewBroadcast())
        anna = await joined(house, "anna", "host")
        await presence.leave_room(house.ctx, house.caller(anna))
    return show


async def looked(staff: Staff) -> None:
    await until(lambda: LOOK_EVERY_S in staff.waits_s, what="the pause between two looks")


async def has_ended(house: House, show: Broadcast) -> None:
    async def is_over() -> bool:
        return (await read_broadcast(house.ctx, house.server, show.id)).status is BroadcastStatus.ENDED

    await until(is_over, what="the show's end")


async def test_a_show_is_stopped_when_its_time_is_over_though_the_server_was_down(house: House, staff: Staff) -> None:
    show = await deserted(house)
    await house.clock.advance(AUTO_STOP_S - 0.5)
    await staff.auto_stop.start()  # as after a restart: nothing is known but what the store holds
    await looked(staff)
    assert (await read_broadcast(house.ctx, house.server, show.id)).status is BroadcastStatus.STARTING
    await staff.advance(LOOK_EVERY_S)
    await has_ended(house, show)
    assert (await read_broadcast(house.ctx, house.server, show.id)).reason == "stage_empty"


async def test_a_show_that_has_lasted_as_long_as_it_may_is_stopped_though_the_server_was_down(
    house: House, staff: Staff
) -> None:
    with unattended(house):
        show = await start_broadcast(house.ctx, house.server, "show", NewBroadcast(max_duration_s=100))
        await report_status(house.ctx, show.id, BroadcastStatus.LIVE)
    await house.clock.advance(99.5)
    await staff.auto_stop.start()
    await looked(staff)
    await staff.advance(LOOK_EVERY_S)
    await has_ended(house, show)
    assert (await read_broadcast(house.ctx, house.server, show.id)).reason == "max_duration"


async def test_a_show_is_stopped_when_the_store_is_back(house: House, staff: Staff) -> None:
    show = await deserted(house)
    await staff.auto_stop.start()
    await looked(staff)
    async with store_away(house):
        await house.clock.advance(AUTO_STOP_S)
        await looked(staff)
    await staff.advance(LOOK_EVERY_S)
    await has_ended(house, show)
