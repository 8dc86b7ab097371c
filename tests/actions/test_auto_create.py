"""Rooms that are made by the first who joins, exactly once."""

import asyncio
from datetime import timedelta
from typing import Any

from onstage.actions import presence
from onstage.actions.reading import read_rooms
from onstage.errors import ErrorCode
from onstage.grants import AutoCreate
from onstage.model.records import Room
from onstage.model.role import Level
from tests.support.house import House
from tests.support.refusals import refused


async def token(house: House, identity: str, **plan: Any) -> str:
    auto_create = AutoCreate.model_validate(plan)
    return await house.token(identity, "host", room="fresh", auto_create=auto_create)


async def fresh(house: House) -> list[Room]:
    rooms = await read_rooms(house.ctx, house.server, after=None, limit=50)
    return [room for room in rooms if room.name == "fresh"]


async def test_the_first_to_join_makes_the_room_as_their_token_says(house: House) -> None:
    plan = {"title": "A fresh room", "settings": {"capacity": {"stage": 3}}}
    room, anna = await presence.join(house.ctx, await token(house, "anna", **plan))
    assert (room.name, room.title, room.template) == ("fresh", "A fresh room", "interactive-live-stream")
    assert room.settings.capacity.stage == 3
    assert (anna.room_id, anna.level) == (room.id, Level.STAGE)
    assert [one.id for one in await fresh(house)] == [room.id]


async def test_the_second_comes_into_the_same_room_and_changes_nothing_of_it(house: House) -> None:
    first, _ = await presence.join(house.ctx, await token(house, "anna", title="One"))
    second, _ = await presence.join(house.ctx, await token(house, "ben", title="Another"))
    assert (second.id, second.title) == (first.id, "One")


async def test_many_who_join_at_once_make_one_room(house: House) -> None:
    tokens = [await token(house, f"anna-{number}") for number in range(5)]
    joined = await asyncio.gather(*(presence.join(house.ctx, one) for one in tokens))
    assert len({room.id for room, _ in joined}) == 1
    assert len({participant.session_id for _, participant in joined}) == 1
    assert len(await fresh(house)) == 1


async def test_without_a_template_of_that_name_nothing_is_made(house: House) -> None:
    made = await token(house, "anna")
    assert await refused(token(house, "ben", template="no-such")) is ErrorCode.TEMPLATE_NOT_FOUND
    assert await fresh(house) == []
    await presence.join(house.ctx, made)
    assert len(await fresh(house)) == 1


async def test_a_token_that_does_not_say_so_makes_no_room(house: House) -> None:
    from_server = house.token("anna", "host", room="fresh")
    assert await refused(from_server) is ErrorCode.ROOM_NOT_FOUND


async def test_a_room_that_was_not_open_yet_is_not_left_behind(house: House) -> None:
    later = (house.clock.now() + timedelta(hours=1)).isoformat()
    early = await token(house, "anna", settings={"join_from": later})
    assert await refused(presence.join(house.ctx, early)) is ErrorCode.ROOM_NOT_OPEN
    assert await fresh(house) == []
