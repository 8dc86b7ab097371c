"""What is due by the clock is done, whatever is wrong with something else that is due."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from onstage.actions import presence
from onstage.actions.bans import expire_bans
from onstage.actions.connections import leave_due
from onstage.actions.context import Context
from onstage.actions.due import do_due
from onstage.actions.ending import end_due
from onstage.actions.invites import expire_due
from onstage.actions.moderation import BanRequest, ban_identity
from onstage.actions.polls import create_poll, start_poll, stop_due
from onstage.actions.presence import remove_due
from onstage.actions.rooms import RoomChange, update_room
from onstage.actions.voting import tell_results, vote
from onstage.errors import ErrorCode
from onstage.model.records import ResultsShown, Room
from onstage.store import tables
from onstage.store.database import Tx
from tests.support.house import House
from tests.support.polls import choose, plan
from tests.support.refusals import refused

A_MINUTE = timedelta(minutes=1)
Making = Callable[[House, Room], Awaitable[None]]


async def an_invite(house: House, room: Room) -> None:
    await house.invited(await house.join("vic", "viewer", room=room.id), expires_in=A_MINUTE)


async def a_ban(house: House, room: Room) -> None:
    await ban_identity(house.ctx, house.server, room.id, "gus", BanRequest("rude", A_MINUTE))


async def a_session(house: House, room: Room) -> None:
    await update_room(house.ctx, house.server, room.id, RoomChange(settings={"max_session_s": 60}))
    await house.join("vic", "viewer", room=room.id)


async def a_removal(house: House, room: Room) -> None:
    await presence.join(house.ctx, await house.token("vic", "viewer", room=room.id, remove_after_s=60))


async def an_absence(house: House, room: Room) -> None:
    await house.join("vic", "viewer", room=room.id)


async def a_poll(house: House, room: Room) -> None:
    voter = await house.join("vic", "viewer", room=room.id)
    lasting = replace(plan(), duration_s=60, results_shown=ResultsShown.LIVE)
    poll = (await create_poll(house.ctx, house.server, room.id, lasting)).poll
    await start_poll(house.ctx, house.server, room.id, poll.id)
    await vote(house.ctx, house.caller(voter), room.id, poll.id, [choose(0)])


DUE: dict[str, tuple[Making, Callable[[Context], Awaitable[int]]]] = {
    "expire invites": (an_invite, expire_due),
    "expire bans": (a_ban, expire_bans),
    "end sessions": (a_session, end_due),
    "remove people": (a_removal, remove_due),
    "write people as gone": (an_absence, leave_due),
    "stop polls": (a_poll, stop_due),
    "tell results": (a_poll, tell_results),
}


async def spoil(house: House, room: Room) -> None:
    """Leave the room as no version of ours has written it."""
    async with house.ctx.database.begin() as tx:
        spoilt = update(tables.rooms).where(tables.rooms.c.id == room.id).values(settings={"capacity": 7})
        await tx.connection.execute(spoilt)


@pytest.mark.parametrize("name", DUE)
@pytest.mark.parametrize("spoilt", range(3))
async def test_what_can_not_be_done_keeps_nothing_else_waiting(house: House, name: str, spoilt: int) -> None:
    make, do = DUE[name]
    rooms = [await house.another_room(f"room-{number}") for number in range(3)]
    for room in rooms:
        await make(house, room)
    await spoil(house, rooms[spoilt])
    await house.clock.advance(120)
    for times_done in (2, 0):
        with capture_logs() as logs:
            assert await do(house.ctx) == times_done
        [log] = [one for one in logs if one["event"] == "due_work_failed"]
        assert (log["work"], log["room"]) == (name, rooms[spoilt].id)


async def test_who_can_not_be_written_as_gone_keeps_nobody_in_the_same_room(house: House) -> None:
    people = [await house.join(f"vic-{number}", "viewer") for number in range(5)]
    async with house.ctx.database.begin() as tx:
        spoilt = update(tables.participants).where(tables.participants.c.id == people[2].id)
        await tx.connection.execute(spoilt.values(permissions=["no such permission"]))
    await house.clock.advance(120)
    assert await leave_due(house.ctx) == 4
    assert (await house.names()).count("participant.left") == 4


async def test_a_store_that_is_away_is_no_fault_of_what_is_due(house: House) -> None:
    async def act(_tx: Tx, _room: Room, _one: int) -> bool:
        return True

    with capture_logs() as logs:
        async with house.store.away(house.ctx.database):
            assert await refused(do_due(house.ctx, "do it", [(house.room.id, 1)], act)) is ErrorCode.STORE_UNAVAILABLE
    assert logs == []
    assert await do_due(house.ctx, "do it", [(house.room.id, 1)], act) == 1
