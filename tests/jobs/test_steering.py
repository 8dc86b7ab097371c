"""The store holds the wish, and the engine is steered to it for as long as it takes (design §10.3)."""

import asyncio

from onstage.actions import presence, promotion, rooms
from onstage.jobs.steering import RETRY_AFTER_S
from onstage.media.engine import EngineUp
from onstage.model.role import ALL_SOURCES, Level
from tests.jobs.scripted_engine import ScriptedEngine
from tests.jobs.staff import Staff, joined
from tests.support.house import House
from tests.support.waiting import until


async def test_a_promotion_is_what_the_engine_grants(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    aud = await joined(house, "aud", "audience")
    engine.connect(house.room.id, "aud")
    await house.promoted(aud)
    [grant] = engine.grants
    assert (grant.identity, grant.level, grant.sources, grant.hidden) == ("aud", Level.STAGE, ALL_SOURCES, False)


async def test_somebody_not_connected_needs_no_steering(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    aud = await joined(house, "aud", "audience")
    await house.promoted(aud)
    assert "participant.engine_failed" not in await house.names()
    assert engine.asked("update_permission") == ["aud"]


async def test_who_is_sent_back_to_the_viewers_is_cut(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    gus = await joined(house, "gus", "guest")
    engine.connect(house.room.id, "gus")
    await promotion.demote(house.ctx, house.server, "show", "gus", "viewer")
    assert await house.is_here(gus)
    assert engine.connected[house.room.id] == []


async def test_who_leaves_or_is_removed_is_cut(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    people = [await joined(house, name, "guest") for name in ("gus", "ida")]
    engine.connect(house.room.id, "gus", "ida", "other")
    await presence.leave_room(house.ctx, house.caller(people[0]))
    await presence.remove(house.ctx, house.server, "show", "ida")
    assert engine.connected[house.room.id] == ["other"]


async def test_a_room_that_ends_is_closed_in_the_engine(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    await joined(house, "gus", "guest")
    engine.connect(house.room.id, "gus")
    await rooms.end_room(house.ctx, house.server, "show", reason="over", lock=False)
    await until(lambda: house.room.id not in engine.connected, what="the room's end in the engine")


async def test_an_engine_that_is_away_is_tried_again(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    aud = await joined(house, "aud", "audience")
    engine.connect(house.room.id, "aud")
    engine.is_away = True
    await house.promoted(aud)
    assert engine.grants == []
    engine.is_away = False
    await staff.advance(RETRY_AFTER_S[0])
    await until(lambda: engine.grants, what="the steering")
    assert "participant.engine_failed" not in await house.names()


async def test_an_engine_that_stays_away_is_told_and_the_promotion_stands(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    aud = await joined(house, "aud", "audience")
    staff.presence.gateway_connected(aud, "one")
    engine.is_away = True
    promoted = await house.promoted(aud)
    for pause_s in RETRY_AFTER_S:
        await until(lambda pause_s=pause_s: pause_s in staff.waits_s, what=f"a pause of {pause_s} s")
        await house.clock.advance(pause_s)
    await until(lambda: _has_failed(house), what="participant.engine_failed")
    assert len(engine.asked("update_permission")) == 1 + len(RETRY_AFTER_S)
    [failed] = [one for one in await house.events() if one.name == "participant.engine_failed"]
    assert (failed.data["participant"]["id"], failed.data["reason"]) == (aud.id, "engine_unavailable")
    assert await house.now(aud) == promoted


async def _has_failed(house: House) -> bool:
    return "participant.engine_failed" in await house.names()


async def test_the_later_of_two_changes_counts(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    aud = await joined(house, "aud", "audience")
    engine.connect(house.room.id, "aud")
    engine.is_slow = True
    await house.promoted(aud)
    await promotion.demote(house.ctx, house.server, "show", "aud", "audience")
    engine.is_slow = False
    engine.answer()
    await until(lambda: len(engine.grants) == 2, what="both calls")
    assert [grant.level for grant in engine.grants] == [Level.STAGE, Level.AUDIENCE]


async def test_calls_for_one_participant_never_overlap(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    aud = await joined(house, "aud", "audience")
    engine.connect(house.room.id, "aud")
    engine.is_slow = True
    await asyncio.gather(staff.steering.steer(aud), staff.steering.steer(aud))
    engine.answer()
    await until(lambda: len(engine.calls) == 2, what="the second call")
    await staff.steering.steer(aud)  # it gives up waiting, not trying
    assert len(engine.calls) == 2
    engine.answer()
    await until(lambda: len(engine.calls) == 3, what="the third call")
    engine.answer()
    await until(lambda: len(engine.grants) == 3, what="the third answer")


async def test_an_answer_does_not_wait_for_a_slow_engine(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    aud = await joined(house, "aud", "audience")
    engine.connect(house.room.id, "aud")
    engine.is_slow = True
    assert (await house.promoted(aud)).is_on_stage
    assert engine.grants == []


async def test_an_engine_that_is_back_is_brought_in_line(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    anna, aud = await joined(house, "anna", "host"), await joined(house, "aud", "audience")
    await joined(house, "vic", "viewer")
    removed = await joined(house, "rex", "guest")
    engine.connect(house.room.id, "anna", "aud", "vic", "rex")
    for one in (anna, aud):
        staff.presence.gateway_connected(one, "one")
    engine.is_away = True
    await house.promoted(aud)
    await presence.remove(house.ctx, house.server, "show", removed.id)
    await staff.steering.stop()  # every try was in vain

    engine.is_away = False
    await staff.engine_events.start()
    engine.tell(EngineUp())
    await until(lambda: engine.connected[house.room.id] == ["anna", "aud"], what="the others to be cut")
    assert {grant.identity: grant.level for grant in engine.grants} == {"anna": Level.STAGE, "aud": Level.STAGE}
