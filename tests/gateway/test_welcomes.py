"""Snapshots that are read together: each is that participant's own."""

import asyncio
from collections.abc import Sequence

import pytest

from onstage.actions import presence
from onstage.actions.access import ParticipantCaller
from onstage.actions.context import Context
from onstage.actions.snapshot import Snapshot, take_snapshot, take_snapshots
from onstage.errors import ErrorCode, OnstageError
from onstage.gateway.welcomes import MOST_TOGETHER, Welcomes
from tests.support.house import House


@pytest.fixture
def read_together(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many were read at a time."""
    sizes: list[int] = []

    async def counted(
        ctx: Context, room_id: str, callers: Sequence[ParticipantCaller]
    ) -> list[Snapshot | OnstageError]:
        sizes.append(len(callers))
        return await take_snapshots(ctx, room_id, callers)

    monkeypatch.setattr("onstage.gateway.welcomes.take_snapshots", counted)
    return sizes


async def seated(house: House, count: int) -> list[ParticipantCaller]:
    return [house.caller(await house.join(f"viewer-{number}", "viewer")) for number in range(count)]


async def test_those_who_come_while_one_is_read_are_read_together(house: House, read_together: list[int]) -> None:
    callers = await seated(house, MOST_TOGETHER + 4)
    welcomes = Welcomes(house.ctx)
    taken = await asyncio.gather(*map(welcomes.snapshot, callers))
    assert read_together == [1, MOST_TOGETHER, 3]
    assert [one.own.me.identity for one in taken] == [caller.identity for caller in callers]
    assert [one.view for one in taken] == [(await take_snapshot(house.ctx, caller)).view for caller in callers]


async def test_nobody_waits_for_another_room(house: House, read_together: list[int]) -> None:
    [here] = await seated(house, 1)
    other = await house.another_room("other")
    _, there = await presence.join(house.ctx, await house.token("ben", "viewer", room=other.id))
    welcomes = Welcomes(house.ctx)
    mine, theirs = await asyncio.gather(welcomes.snapshot(here), welcomes.snapshot(house.caller(there)))
    assert (mine.view.room.id, theirs.view.room.id) == (house.room.id, other.id)
    assert read_together == [1, 1]


async def test_who_is_refused_is_refused_alone(house: House) -> None:
    callers = await seated(house, 4)
    await presence.remove(house.ctx, house.server, house.room.id, "viewer-2")
    taken = await asyncio.gather(*map(Welcomes(house.ctx).snapshot, callers), return_exceptions=True)
    assert [isinstance(one, Snapshot) for one in taken] == [True, True, False, True]
    refused = taken[2]
    assert isinstance(refused, OnstageError)
    assert refused.code is ErrorCode.PARTICIPANT_REMOVED


async def test_a_reading_that_fails_fails_for_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others read again, by themselves: the store may be there by then."""
    is_first = True

    async def once_away(
        ctx: Context, room_id: str, callers: Sequence[ParticipantCaller]
    ) -> list[Snapshot | OnstageError]:
        nonlocal is_first
        if is_first:
            is_first = False
            raise OnstageError(ErrorCode.STORE_UNAVAILABLE)
        return await take_snapshots(ctx, room_id, callers)

    monkeypatch.setattr("onstage.gateway.welcomes.take_snapshots", once_away)
    callers = await seated(house, 3)
    welcomes = Welcomes(house.ctx)
    taken = await asyncio.gather(*map(welcomes.snapshot, callers), return_exceptions=True)
    assert [isinstance(one, Snapshot) for one in taken] == [False, True, True]
    assert isinstance(await welcomes.snapshot(callers[0]), Snapshot)
