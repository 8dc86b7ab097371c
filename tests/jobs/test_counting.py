"""Counts are told, stages are watched, and shows begin with the first on stage."""

import pytest

from onstage.actions import presence
from onstage.actions.broadcast_life import report_status
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.reading import read_broadcasts
from onstage.actions.rooms import RoomChange, update_room
from onstage.jobs.counting import START_AGAIN_S, TELL_EVERY_S
from onstage.model.records import BroadcastStatus, Participant
from tests.jobs.scripted_engine import ScriptedEngine
from tests.jobs.staff import Staff, heard, joined, store_away, unattended
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
    return "audience.counted", {"counts": {"stage": stage, "audience": audience, "viewer": viewer, "hls": 0}}


async def test_open_sessions_are_counted_at_the_start(house: House, staff: Staff) -> None:
    await here(house, staff, "vic", "viewer")
    async with heard(house) as told:
        await staff.counting.start()
        await told.first(lambda one: one == counts(viewer=1))


async def test_a_bug_with_one_room_ends_no_counting(
    house: House, staff: Staff, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_room: str) -> None:
        raise ValueError("an answer that can't be read")

    await start(staff)
    monkeypatch.setattr(engine, "watch", broken)
    async with heard(house) as told:
        await here(house, staff, "anna", "host")
        await told.first(lambda one: one == counts(stage=1))
        await here(house, staff, "vic", "viewer")
        await later(staff)
        await told.first(lambda one: one == counts(stage=1, viewer=1))


async def test_rooms_are_watched_while_somebody_is_on_stage(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    await start(staff)
    anna = await here(house, staff, "anna", "host")
    await until(lambda: engine.asked("watch"), what="the watching")
    await presence.leave_room(house.ctx, house.caller(anna))
    await later(staff)
    await until(lambda: engine.asked("unwatch"), what="the end of the watching")


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


async def shows(house: House) -> int:
    return len(await read_broadcasts(house.ctx, house.server, "show", after=None, limit=5))


async def starts_by_itself(house: House) -> None:
    await update_room(house.ctx, house.server, "show", RoomChange(settings={"broadcast": {"auto_start": True}}))


async def until_on_air(house: House) -> None:
    async def is_on_air() -> bool:
        return await shows(house) == 1

    await until(is_on_air, what="the show's start")


async def test_a_show_begins_with_the_first_on_stage_and_once(house: House, staff: Staff) -> None:
    await starts_by_itself(house)
    await start(staff)
    await here(house, staff, "vic", "viewer")
    await later(staff)
    assert await shows(house) == 0
    await here(house, staff, "anna", "host")
    await later(staff)
    await until_on_air(house)
    await here(house, staff, "gus", "guest")
    await later(staff)
    assert await shows(house) == 1


async def test_a_show_begins_when_the_room_is_set_to_while_somebody_is_on_stage(house: House, staff: Staff) -> None:
    await start(staff)
    await here(house, staff, "anna", "host")
    await later(staff)
    assert await shows(house) == 0
    await starts_by_itself(house)
    await later(staff)
    await until_on_air(house)


async def test_a_show_without_a_place_on_the_machine_is_tried_again(house: House, staff: Staff) -> None:
    others = [await house.another_room(name) for name in ("one", "two")]
    with unattended(house):
        running = [await start_broadcast(house.ctx, house.server, one.id, NewBroadcast()) for one in others]
    await starts_by_itself(house)
    await start(staff)
    await here(house, staff, "anna", "host")
    await until(lambda: START_AGAIN_S in staff.waits_s, what="the pause before another try")
    await report_status(house.ctx, running[0].id, BroadcastStatus.ENDED)
    await later(staff, START_AGAIN_S)
    await until_on_air(house)
