"""Sessions that end by the clock, each once, whoever looks."""

import asyncio
from datetime import timedelta
from typing import Any

from onstage.actions import promotion
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.ending import end_due
from onstage.actions.history import read_session
from onstage.actions.reading import read_broadcast
from onstage.actions.rooms import RoomChange, update_room
from onstage.clock import rfc3339
from onstage.model.records import BroadcastStatus, EndReason, Participant, Session
from tests.support.clock import EPOCH
from tests.support.house import House


async def set_to(house: House, **settings: Any) -> None:
    await update_room(house.ctx, house.server, "show", RoomChange(settings=settings))


async def session_of(house: House, participant: Participant) -> Session:
    return (await read_session(house.ctx, house.server, participant.session_id)).session


def at(seconds: float) -> str:
    return rfc3339(EPOCH + timedelta(seconds=seconds))


async def test_a_session_ends_at_the_rooms_end_and_everybody_leaves(house: House) -> None:
    await set_to(house, ends_at=at(30))
    anna = await house.join("anna", "host")
    show = await start_broadcast(house.ctx, house.server, "show", NewBroadcast())
    behind = await house.seq()
    await house.clock.advance(28.9)
    assert await end_due(house.ctx) == 0
    await house.clock.advance(0.1)
    assert await end_due(house.ctx) == 1
    assert await house.names(behind=behind) == ["broadcast.stopping", "room.ended", "session.ended"]
    assert (await house.events())[-2].data["reason"] == "scheduled_end"
    assert (await session_of(house, anna)).end_reason == EndReason.SCHEDULED_END
    assert not await house.is_here(anna)
    assert (await read_broadcast(house.ctx, house.server, show.id)).status is BroadcastStatus.STOPPING


async def test_a_session_ends_after_its_longest_time(house: House) -> None:
    await set_to(house, max_session_s=60, ends_at=at(1_000))
    await house.clock.advance(100)
    anna = await house.join("anna", "host")
    assert (await session_of(house, anna)).ends_at == EPOCH + timedelta(seconds=160)
    await house.clock.advance(58)
    assert await end_due(house.ctx) == 0
    await house.clock.advance(1)
    assert await end_due(house.ctx) == 1
    assert (await session_of(house, anna)).end_reason == EndReason.MAX_DURATION


async def test_the_end_moves_with_the_settings_and_is_told(house: House) -> None:
    anna = await house.join("anna", "host")
    behind = await house.seq()
    await set_to(house, max_session_s=60)
    await set_to(house, max_session_s=90)
    await set_to(house, chat={"slow_mode_s": 5})
    await set_to(house, max_session_s=None)
    told = [event.data["session"]["ends_at"] for event in await house.events(behind=behind) if "session" in event.data]
    assert told == [at(60), at(90), None]
    await house.clock.advance(1_000)
    assert await end_due(house.ctx) == 0
    assert await house.is_here(anna)


async def test_a_session_whose_stage_stays_empty_ends(house: House) -> None:
    await set_to(house, idle_end_s=20)
    anna = await house.join("anna", "host")
    vic = await house.join("vic", "viewer")
    await house.clock.advance(100)
    assert await end_due(house.ctx) == 0
    await house.gone(anna)
    await house.clock.advance(19.9)
    assert await end_due(house.ctx) == 0
    await house.clock.advance(0.1)
    assert await end_due(house.ctx) == 1
    assert (await session_of(house, vic)).end_reason == EndReason.IDLE


async def test_somebody_on_stage_again_keeps_the_session(house: House) -> None:
    await set_to(house, idle_end_s=20)
    anna = await house.join("anna", "host")
    vic = await house.join("vic", "viewer")
    await house.gone(anna)
    await house.clock.advance(15)
    await house.promoted(vic)
    await house.clock.advance(1_000)
    assert await end_due(house.ctx) == 0
    await promotion.demote(house.ctx, house.server, "show", "vic", None)
    await house.clock.advance(20)
    assert await end_due(house.ctx) == 1


async def test_those_who_wait_for_the_first_on_stage_are_not_sent_off(house: House) -> None:
    await set_to(house, idle_end_s=20)
    vic = await house.join("vic", "viewer")
    await house.clock.advance(1_000)
    assert await end_due(house.ctx) == 0
    assert await house.is_here(vic)


async def test_an_idle_end_set_later_counts_from_when_the_stage_emptied(house: House) -> None:
    anna = await house.join("anna", "host")
    vic = await house.join("vic", "viewer")  # 1 s
    await house.gone(anna)  # 2 s
    await house.clock.advance(8)  # 10 s
    await set_to(house, idle_end_s=20)
    assert (await session_of(house, vic)).idle_ends_at == EPOCH + timedelta(seconds=22)
    await set_to(house, idle_end_s=None)
    assert (await session_of(house, vic)).idle_ends_at is None


async def test_of_many_who_look_one_ends_it(house: House) -> None:
    await set_to(house, ends_at=at(30))
    await house.join("anna", "host")
    await house.clock.advance(60)
    assert sum(await asyncio.gather(*(end_due(house.ctx) for _ in range(5)))) == 1
    assert (await house.names()).count("session.ended") == 1


async def test_an_end_that_was_moved_meanwhile_ends_nothing(house: House) -> None:
    await set_to(house, ends_at=at(30))
    anna = await house.join("anna", "host")
    await house.clock.advance(60)
    await set_to(house, ends_at=None)
    assert await end_due(house.ctx) == 0
    assert await house.is_here(anna)
