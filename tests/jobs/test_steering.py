"""The store holds the wish, and the engine is steered to it for as long as it takes (design §10.3)."""

import asyncio

import pytest

from onstage.actions import presence, promotion, rooms
from onstage.actions.moderation import ParticipantChange, update_participant
from onstage.jobs import steering
from onstage.jobs.steering import AT_ONCE, RETRY_AFTER_S
from onstage.media.engine import EngineUp
from onstage.model.role import ALL_SOURCES, Level
from tests.jobs.scripted_engine import ScriptedEngine
from tests.jobs.staff import GRACE_S, Staff, joined
from tests.support.house import House
from tests.support.waiting import DEADLINE_S, until


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
    await until(lambda: engine.connected[house.room.id] == ["other"], what="the engine to be told")


@pytest.mark.parametrize("how", ["left", "removed", "absent", "renamed"])
async def test_what_viewers_do_is_nothing_to_the_engine(
    house: House, staff: Staff, engine: ScriptedEngine, how: str
) -> None:
    await joined(house, "anna", "host")
    vic = await joined(house, "vic", "viewer")
    match how:
        case "left":
            await presence.leave_room(house.ctx, house.caller(vic))
        case "removed":
            await presence.remove(house.ctx, house.server, "show", "vic")
        case "absent":
            await house.gone(vic)
        case "renamed":
            await update_participant(house.ctx, house.server, "show", "vic", ParticipantChange(name="Victor"))
    await house.settle()
    assert await house.is_here(vic) is (how == "renamed")
    assert engine.calls == []


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits for the engine waits for ever."""
    monkeypatch.setattr(steering, "ANSWER_WAITS_S", 3600.0)


@pytest.mark.usefixtures("_patient")
async def test_a_crowd_goes_at_once_though_the_engine_hangs_and_is_cut_a_few_at_a_time(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    names = [f"aud-{number}" for number in range(3 * AT_ONCE)]
    people = [await joined(house, name, "audience") for name in names]
    engine.connect(house.room.id, *names)
    engine.is_slow = True
    await staff.advance(GRACE_S)
    async with asyncio.timeout(DEADLINE_S):
        await staff.leaving()
    assert not any([await house.is_here(one) for one in people])
    await until(lambda: len(engine.asked("remove")) == AT_ONCE, what="the first calls")
    await staff.written()
    assert len(engine.asked("remove")) == AT_ONCE
    engine.is_slow = False
    for _ in range(AT_ONCE):
        engine.answer()
    await until(lambda: engine.connected[house.room.id] == [], what="everybody to be cut")
    assert sorted(engine.asked("remove")) == sorted(names)


async def test_who_stays_is_steered_before_a_crowd_that_goes(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    await joined(house, "anna", "host")
    crowd = [await joined(house, f"aud-{number}", "audience") for number in range(2 * AT_ONCE)]
    aud = await joined(house, "aud", "audience")
    engine.connect(house.room.id, "aud")
    engine.is_slow = True
    for one in crowd:
        await presence.leave_room(house.ctx, house.caller(one))
    await house.promoted(aud)
    assert engine.asked("update_permission") == ["aud"]


async def test_however_often_somebody_is_changed_one_steering_waits(
    house: House, staff: Staff, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steering, "ANSWER_WAITS_S", 0.01)
    aud = await joined(house, "aud", "audience")
    engine.connect(house.room.id, "aud")
    engine.is_slow = True
    for _ in range(5):
        await staff.steering.steer(aud)
    engine.is_slow = False
    engine.answer()
    await until(lambda: len(engine.grants) == 2, what="the steering of before and of after")
    await staff.written()
    assert len(engine.calls) == 2


async def test_who_came_again_in_the_next_session_is_not_cut_for_having_gone_from_the_last(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    gus = await joined(house, "gus", "guest")
    engine.connect(house.room.id, "gus")
    engine.is_away = True
    await presence.leave_room(house.ctx, house.caller(gus))
    await until(lambda: RETRY_AFTER_S[0] in staff.waits_s, what="another try to be waited for")
    again = await joined(house, "gus", "guest")
    assert again.session_id != gus.session_id
    engine.is_away = False
    await staff.advance(RETRY_AFTER_S[0])
    await until(lambda: engine.grants, what="the next try")
    assert engine.connected[house.room.id] == ["gus"]


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
    await staff.steering.steer(aud)
    await staff.steering.steer(aud)
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


async def test_of_an_engine_that_is_back_only_who_is_on_it_is_spoken_of_and_several_at_a_time(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    there = [f"aud-{number}" for number in range(2 * AT_ONCE)]
    for name in (*there, "not-there"):
        await joined(house, name, "audience")
    await joined(house, "vic", "viewer")
    engine.connect(house.room.id, *there)
    engine.is_slow = True
    steering_all = asyncio.ensure_future(staff.steering.steer_everybody())
    await until(lambda: engine.asked("list_participants"), what="the engine to be asked who is there")
    engine.answer()
    await until(lambda: len(engine.calls) == 1 + AT_ONCE, what="the first calls")
    engine.is_slow = False
    for _ in range(AT_ONCE):
        engine.answer()
    await steering_all
    assert sorted(engine.asked("update_permission")) == sorted(there)
    assert engine.asked("remove") == []
