"""Who finds a place, and who may come in at all: capacity, lock, hours, and an identity that is there already."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from onstage.actions import presence, promotion
from onstage.actions.accepting import accept
from onstage.actions.rooms import RoomChange, update_room
from onstage.clock import rfc3339
from onstage.errors import ErrorCode, OnstageError
from onstage.model.records import Participant
from onstage.model.role import Level
from tests.support.clock import EPOCH
from tests.support.connecting import connect, disconnect
from tests.support.house import House
from tests.support.refusals import refused


async def set_to(house: House, **settings: Any) -> None:
    await update_room(house.ctx, house.server, "show", RoomChange(settings=settings))


def at(seconds: float) -> str:
    return rfc3339(EPOCH + timedelta(seconds=seconds))


@pytest.mark.parametrize("role", ["guest", "audience", "viewer"])
async def test_a_level_takes_as_many_as_its_capacity(house: House, role: str) -> None:
    level = "stage" if role == "guest" else role
    await set_to(house, capacity={level: 2})
    first, _ = await house.join("one", role), await house.join("two", role)
    assert await refused(house.join("three", role)) is ErrorCode.ROOM_FULL
    for other in {"guest", "audience", "viewer"} - {role}:
        await house.join(f"{other}-1", other)
    await house.gone(first)
    await house.join("three", role)


async def test_a_room_takes_as_many_as_its_total(house: House) -> None:
    await set_to(house, capacity={"total": 2})
    await house.join("anna", "host")
    vic = await house.join("vic", "viewer")
    assert await refused(house.join("amy", "audience")) is ErrorCode.ROOM_FULL
    assert (await house.promoted(vic)).level is Level.STAGE  # who is in has their place in the total


async def test_a_full_stage_refuses_promotions_and_acceptances(house: House) -> None:
    await set_to(house, capacity={"stage": 2})
    vic, wim = await house.join("vic", "viewer"), await house.join("wim", "viewer")
    await house.join("anna", "host")
    invite = await house.invited(wim)
    await house.promoted(vic)
    assert await refused(accept(house.ctx, house.caller(wim), "show", invite.id)) is ErrorCode.ROOM_FULL
    assert await refused(house.promoted(wim)) is ErrorCode.ROOM_FULL
    assert await refused(house.invited(wim)) is ErrorCode.ROOM_FULL


async def test_on_a_full_stage_roles_still_change(house: House) -> None:
    await set_to(house, capacity={"stage": 1})
    gus = await house.join("gus", "guest")
    force = promotion.PromotionRequest(force=True)
    changed = await promotion.set_role(house.ctx, house.server, "show", gus.id, "host", force)
    assert isinstance(changed, Participant)
    assert changed.role == "host"


async def test_of_many_who_come_for_the_last_place_one_gets_it(house: House) -> None:
    await set_to(house, capacity={"total": 1})
    tokens = [await house.token(f"vic-{number}", "viewer") for number in range(5)]
    outcomes = await asyncio.gather(*(presence.join(house.ctx, one) for one in tokens), return_exceptions=True)
    refusals = [one.code for one in outcomes if isinstance(one, OnstageError)]
    assert refusals == [ErrorCode.ROOM_FULL] * 4


async def test_a_capacity_below_those_present_sends_nobody_away(house: House) -> None:
    people = [await house.join(name, "viewer") for name in ("vic", "wim")]
    await set_to(house, capacity={"viewer": 1})
    assert [await house.is_here(one) for one in people] == [True, True]
    assert await refused(house.join("xia", "viewer")) is ErrorCode.ROOM_FULL


async def test_nobody_comes_in_outside_the_rooms_hours_and_those_inside_stay(house: House) -> None:
    await set_to(house, join_from=at(100), join_until=at(200))
    early = await house.token("anna", "host")
    with pytest.raises(OnstageError) as caught:
        await presence.join(house.ctx, early)
    assert (caught.value.code, caught.value.expected) == (ErrorCode.ROOM_NOT_OPEN, f"from {at(100)}")
    await house.clock.advance(100)
    anna = await house.join("anna", "host")
    await house.clock.advance(99)
    with pytest.raises(OnstageError) as caught:
        await house.join("vic", "viewer")
    assert (caught.value.code, caught.value.expected) == (ErrorCode.ROOM_NOT_OPEN, f"before {at(200)}")
    assert (await presence.join(house.ctx, early))[1].id == anna.id


async def test_nobody_comes_in_after_the_rooms_end(house: House) -> None:
    await set_to(house, ends_at=at(50), join_until=at(80))
    await house.clock.advance(50)
    assert await refused(house.join("vic", "viewer")) is ErrorCode.ROOM_NOT_OPEN


async def test_an_identity_that_is_connected_is_refused_where_the_room_says_so(house: House) -> None:
    await set_to(house, duplicate_identity="refuse")
    anna = await house.join("anna", "host")
    await house.join("anna", "host")  # joined and not connected yet: nobody is replaced
    await connect(house, anna, "phone")
    assert await refused(house.join("anna", "host")) is ErrorCode.IDENTITY_CONNECTED
    await disconnect(house, "phone")
    assert (await house.join("anna", "host")).id == anna.id


async def test_who_holds_the_connection_joins_again_beside_it(house: House) -> None:
    await set_to(house, duplicate_identity="refuse")
    anna = await house.join("anna", "host")
    await connect(house, anna, "phone")
    token = await house.token("anna", "host")
    assert (await presence.join(house.ctx, token, connection_id="phone"))[1].id == anna.id
    guessed = presence.join(house.ctx, token, connection_id="laptop")
    assert await refused(guessed) is ErrorCode.IDENTITY_CONNECTED


async def test_by_default_the_same_identity_comes_in_place_of_the_older_one(house: House) -> None:
    anna = await house.join("anna", "host")
    await connect(house, anna, "phone")
    assert (await house.join("anna", "host")).id == anna.id
