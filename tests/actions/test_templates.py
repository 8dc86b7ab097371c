"""Templates when several change them at once."""

import asyncio
from dataclasses import replace

from onstage.actions.making import NewRoom
from onstage.actions.rooms import create_room
from onstage.actions.templates import (
    create_template,
    delete_template,
    read_template,
    read_versions,
    update_template,
)
from onstage.errors import ErrorCode, OnstageError
from onstage.model.records import Room, StoredTemplate
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from tests.support.house import House
from tests.support.refusals import refused


async def made(house: House, name: str) -> StoredTemplate:
    return await create_template(house.ctx, house.server, replace(INTERACTIVE_LIVE_STREAM, name=name))


async def test_a_template_is_deleted_or_used_and_never_both(house: House) -> None:
    for n in range(8):
        name = f"mine-{n}"
        await made(house, name)
        room = create_room(house.ctx, house.server, NewRoom(name=name, title=name, template=name))
        deletion = delete_template(house.ctx, house.server, name)
        order = (room, deletion) if n % 2 else (deletion, room)
        outcomes = await asyncio.gather(*order, return_exceptions=True)
        [failure] = [one for one in outcomes if isinstance(one, BaseException)]
        assert isinstance(failure, OnstageError)
        is_used = any(isinstance(one, Room) for one in outcomes)
        assert failure.code is (ErrorCode.TEMPLATE_IN_USE if is_used else ErrorCode.TEMPLATE_NOT_FOUND)


async def test_every_one_of_many_changes_at_once_is_a_version(house: House) -> None:
    await made(house, "mine")
    await asyncio.gather(
        *(
            update_template(
                house.ctx, house.server, "mine", {"roles": {f"r{n}": {"level": "audience"}}}, if_version=None
            )
            for n in range(6)
        )
    )
    newest = await read_template(house.ctx, house.server, "mine")
    assert newest.version == 7
    assert {f"r{n}" for n in range(6)} <= set(newest.template.role_names)
    kept = await read_versions(house.ctx, house.server, "mine", below=None, limit=50)
    assert [one.version for one in kept] == [7, 6, 5, 4, 3, 2, 1]
    assert [len(one.template.roles) for one in kept] == [10, 9, 8, 7, 6, 5, 4]


async def test_of_many_changes_of_one_version_one_wins(house: House) -> None:
    await made(house, "mine")
    changes = [
        update_template(house.ctx, house.server, "mine", {"promote_role": "host"}, if_version=1) for _ in range(4)
    ]
    outcomes = await asyncio.gather(*changes, return_exceptions=True)
    codes = [one.code for one in outcomes if isinstance(one, OnstageError)]
    assert codes == [ErrorCode.TEMPLATE_CHANGED] * 3


async def test_of_two_who_take_one_name_one_is_told(house: House) -> None:
    outcomes = await asyncio.gather(*(made(house, "mine") for _ in range(3)), return_exceptions=True)
    codes = [one.code for one in outcomes if isinstance(one, OnstageError)]
    assert codes == [ErrorCode.TEMPLATE_NAME_TAKEN] * 2
    assert await refused(made(house, "webinar")) is ErrorCode.TEMPLATE_NAME_TAKEN
