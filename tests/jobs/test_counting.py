"""Counts are told, stages are watched, and shows end that nobody is in any more."""

import pytest

from onstage.actions import presence, promotion, rooms
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.reading import read_broadcast
from onstage.jobs.counting import TELL_EVERY_S
from onstage.model.records import Broadcast, BroadcastStatus, Participant
from tests.jobs.scripted_engine import ScriptedEngine
from tests.jobs.staff import AUTO_STOP_S, Staff, heard, joined, staffed, store_away, unattended
from tests.support.house import House
from tests.support.waiting import until


async def counted(staff: Staff) -> None:
    """Wait until the counting pauses."""
    await until(lambda: TELL_EVERY_S in staff.waits_s, what="the counting's pause")


async def start(staff: Staff) -> None:
    """Count from now on; the pause after the first look is over."""
    await staff.counting.start()
    await counted(staff)
    await staff.advance(TELL_EVERY_S)


async def later(staff: Staff, seconds: float = TELL_EVERY_S) -> None:
    """Let the pause end, and so much more time go by."""
    await counted(staff)
    await staff.advance(seconds)
    await staff.written()


async def here(house: House, staff: Staff, identity: str, role: str) -> Participant:
    """Somebody who stays."""
    participant = await joined(house, identity, role)
    staff.presence.gateway_connected(participant, identity)
    return participant


async def on_air(house: House) -> Broadcast:
    """A show in the room, as far as the store knows."""
    with unattended(house):
        return await start_broadcast(house.ctx, house.server, "show", NewBroadcast())


async def status(house: House, show: Broadcast) -> BroadcastStatus:
    return (await read_broadcast(house.ctx, house.server, show.id)).status


async def has_ended(house: House, show: Broadcast) -> None:
    async def is_over() -> bool:
        return await status(house, show) is BroadcastStatus.ENDED

    await until(is_over, what="the show's end")


async def test_counts_are_told_at_once_and_then_at_most_once_a_second(house: House, staff: Staff) -> None:
    await start(staff)
    async with heard(house) as told:
        await here(house, staff, "anna", "host")
        await told.first(lambda one: one == counts(stage=1))
        await counted(staff)
        for number in range(5):
            await here(house, staff, f"vic-{number}", "viewer")
        await here(house, staff, "aud", "audience")
        await staff.advance(TELL_EVERY_S - 0.001)
        assert told.seen == [counts(stage=1)]
        await staff.advance(0.001)
        await told.first(lambda one: one == counts(stage=1, audience=1, viewer=5))
        await later(staff, 10.0)
        assert len(told.seen) == 2


def counts(stage: int = 0, audience: int = 0, viewer: int = 0) -> tuple[str, object]:
    return "audience.counted", {"counts": {"stage": stage, "audience": audience, "viewer": viewer}}


async def test_open_sessions_are_counted_at_the_start(house: House, staff: Staff) -> None:
    await here(house, staff, "vic", "viewer")
    async with heard(house) as told:
        await staff.counting.start()
        await told.first(lambda one: one == counts(viewer=1))


async def test_rooms_are_watched_while_somebody_is_on_stage(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    await start(staff)
    anna = await here(house, staff, "anna", "host")
    await until(lambda: engine.asked("watch"), what="the watching")
    await presence.leave_room(house.ctx, house.caller(anna))
    await later(staff)
    await until(lambda: engine.asked("unwatch"), what="the end of the watching")


async def test_a_show_stops_when_its_stage_stays_empty(house: House, staff: Staff) -> None:
    await start(staff)
    show = await on_air(house)
    anna = await here(house, staff, "anna", "host")
    await counted(staff)
    await presence.leave_room(house.ctx, house.caller(anna))
    await later(staff)
    await until(lambda: AUTO_STOP_S in staff.waits_s, what="the countdown")
    await staff.advance(AUTO_STOP_S - 0.001)
    assert await status(house, show) is BroadcastStatus.STARTING
    await staff.advance(0.001)
    await has_ended(house, show)
    assert (await read_broadcast(house.ctx, house.server, show.id)).reason == "stage_empty"


async def test_a_show_whose_stage_emptied_before_a_restart_stops_all_the_same(house: House, staff: Staff) -> None:
    show = await on_air(house)
    anna = await here(house, staff, "anna", "host")
    await presence.leave_room(house.ctx, house.caller(anna))  # and the server goes down, and comes up:
    await staff.counting.start()
    await until(lambda: AUTO_STOP_S in staff.waits_s, what="the countdown")
    await staff.advance(AUTO_STOP_S)
    await has_ended(house, show)


async def test_a_show_on_a_stage_nobody_has_entered_goes_on(house: House, staff: Staff) -> None:
    await start(staff)
    show = await on_air(house)
    await here(house, staff, "vic", "viewer")
    await here(house, staff, "aud", "audience")
    await later(staff, 10 * AUTO_STOP_S)
    assert await status(house, show) is BroadcastStatus.STARTING


@pytest.mark.parametrize("how", ["joined", "promoted"])
async def test_a_show_goes_on_when_somebody_is_on_stage_again_in_time(house: House, staff: Staff, how: str) -> None:
    await start(staff)
    show = await on_air(house)
    await here(house, staff, "anna", "host")
    aud = await here(house, staff, "aud", "audience")
    await counted(staff)
    await promotion.demote(house.ctx, house.server, "show", "anna", "audience")
    await later(staff)
    await until(lambda: AUTO_STOP_S in staff.waits_s, what="the countdown")
    await staff.advance(AUTO_STOP_S - 2)
    if how == "joined":
        await here(house, staff, "gus", "guest")
    else:
        await house.promoted(aud)
    await later(staff, 10 * AUTO_STOP_S)
    assert await status(house, show) is BroadcastStatus.STARTING


async def test_a_show_that_begins_during_the_countdown_goes_on(house: House, staff: Staff) -> None:
    await start(staff)
    anna = await here(house, staff, "anna", "host")
    await here(house, staff, "vic", "viewer")
    await counted(staff)
    await presence.leave_room(house.ctx, house.caller(anna))
    await later(staff)
    await until(lambda: AUTO_STOP_S in staff.waits_s, what="the countdown")
    await staff.advance(1)
    show = await on_air(house)
    await staff.advance(10 * AUTO_STOP_S)
    await staff.written()
    assert await status(house, show) is BroadcastStatus.STARTING


async def test_zero_seconds_is_never(house: House, engine: ScriptedEngine) -> None:
    async with staffed(house, engine=engine, auto_stop_s=0) as staff:
        await start(staff)
        show = await on_air(house)
        anna = await here(house, staff, "anna", "host")
        await counted(staff)
        await presence.leave_room(house.ctx, house.caller(anna))
        await later(staff)
        await until(lambda: engine.asked("unwatch"), what="an empty stage")
        await staff.advance(100 * AUTO_STOP_S)
        assert await status(house, show) is BroadcastStatus.STARTING


async def test_a_stage_of_the_session_before_stops_no_show_of_the_next(house: House, staff: Staff) -> None:
    await start(staff)
    await here(house, staff, "anna", "host")
    await counted(staff)
    await rooms.end_room(house.ctx, house.server, "show", reason="over", lock=False)
    await later(staff)
    show = await on_air(house)
    await here(house, staff, "vic", "viewer")
    await later(staff, 10 * AUTO_STOP_S)
    assert await status(house, show) is BroadcastStatus.STARTING


async def test_counting_survives_a_store_that_is_away(house: House, staff: Staff) -> None:
    await staff.counting.start()
    await counted(staff)
    await here(house, staff, "anna", "host")
    async with heard(house) as told:
        async with store_away(house):
            await house.clock.advance(TELL_EVERY_S)
            await counted(staff)
        await later(staff)
        await told.first(lambda one: one == counts(stage=1))


async def test_a_show_is_stopped_when_the_store_is_back(house: House, staff: Staff) -> None:
    await start(staff)
    show = await on_air(house)
    anna = await here(house, staff, "anna", "host")
    await counted(staff)
    await presence.leave_room(house.ctx, house.caller(anna))
    await later(staff)
    await until(lambda: AUTO_STOP_S in staff.waits_s, what="the countdown")
    async with store_away(house):
        await house.clock.advance(AUTO_STOP_S)
        await until(lambda: staff.waits_s, what="another try")
    await staff.advance(TELL_EVERY_S)
    await has_ended(house, show)


async def test_an_engine_that_is_away_is_asked_to_watch_again(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    await start(staff)
    engine.is_away = True
    await here(house, staff, "anna", "host")
    await until(lambda: len(engine.asked("watch")) == 1, what="the first try")
    engine.is_away = False
    await later(staff)
    await until(lambda: len(engine.asked("watch")) == 2, what="the second try")
