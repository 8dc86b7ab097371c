"""Transactions on either database: all or nothing, one writer a room, readers that see one moment."""

import asyncio
import traceback
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy.exc import IntegrityError

from onstage.actions.emit import emit
from onstage.actions.rooms import RoomChange, update_room
from onstage.errors import ErrorCode, OnstageError
from onstage.events import RoomUpdated
from onstage.model.views import RoomView
from onstage.store import participants, rooms
from tests.support.clock import EPOCH
from tests.support.house import House


class ChangeOfMindError(Exception):
    """Leaves a transaction half-way."""


async def change_half_way(house: House) -> None:
    async with house.ctx.database.begin() as tx:
        room = await rooms.lock(tx, house.project.id, house.room.id)
        assert room is not None
        await emit(house.ctx, tx, room, RoomUpdated(room=RoomView.of(room)))
        raise ChangeOfMindError


async def test_a_second_migration_changes_nothing(house: House) -> None:
    await house.ctx.database.migrate()
    assert await house.names() == ["room.created"]


async def test_a_rollback_leaves_neither_change_nor_event_nor_wake_up(house: House) -> None:
    subscription = await house.ctx.bus.subscribe(house.room.id)
    with pytest.raises(ChangeOfMindError):
        await change_half_way(house)
    assert await house.names() == ["room.created"]
    assert await house.seq() == 1
    waiting = asyncio.ensure_future(subscription.get())
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()


async def test_what_follows_a_commit_is_done_whatever_fails_of_it(house: House) -> None:
    followed: list[str] = []

    async def fail() -> None:
        raise ValueError("a bug")

    async def follow(what: str) -> None:
        followed.append(what)

    async with house.ctx.database.begin() as tx:
        tx.after_commit += [fail, partial(follow, "steered"), fail, partial(follow, "counted")]
        tx.announcements |= {"a": fail, "b": partial(follow, "woken")}
    assert followed == ["woken", "steered", "counted"]


async def test_what_follows_a_commit_outlives_its_caller_who_then_is_cancelled(house: House) -> None:
    followed: list[str] = []
    is_waking, may_go_on = asyncio.Event(), asyncio.Event()

    async def wake() -> None:
        is_waking.set()
        await may_go_on.wait()
        followed.append("woken")

    async def steer() -> None:
        followed.append("steered")

    async def change() -> None:
        async with house.ctx.database.begin() as tx:
            tx.announcements["a"] = wake
            tx.after_commit.append(steer)
        followed.append("answered")

    changing = asyncio.create_task(change())
    await is_waking.wait()
    for _ in range(2):
        changing.cancel()
        await asyncio.sleep(0)
    assert not changing.done()
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await changing
    assert followed == ["woken", "steered"]


async def test_a_caller_cancelled_during_the_commit_has_changed_something_and_says_so(house: House) -> None:
    """Wherever in the commit it happens, kept and told are the same."""
    for rounds in range(0, 60, 3):
        subscription = await house.ctx.bus.subscribe(house.room.id)
        before = await house.seq()
        is_changed = asyncio.Event()

        async def change(is_changed: asyncio.Event = is_changed) -> None:
            async with house.ctx.database.begin() as tx:
                room = await rooms.lock(tx, house.project.id, house.room.id)
                assert room is not None
                await emit(house.ctx, tx, room, RoomUpdated(room=RoomView.of(room)))
                is_changed.set()

        changing = asyncio.create_task(change())
        await is_changed.wait()
        for _ in range(rounds):
            await asyncio.sleep(0)
        changing.cancel()
        await asyncio.wait([changing])
        woken = asyncio.ensure_future(subscription.get())
        await asyncio.sleep(0)
        assert await house.seq() == before + 1
        assert woken.done(), f"after {rounds} rounds of the loop"
        await subscription.__aexit__(None, None, None)


async def test_readers_see_one_moment_and_wait_for_no_writer(house: House) -> None:
    async with house.ctx.database.read() as reading:
        before = await rooms.get(reading, house.room.id)
        await update_room(house.ctx, house.server, "show", RoomChange(title="Another"))
        assert await rooms.get(reading, house.room.id) == before
    async with house.ctx.database.read() as reading:
        after = await rooms.get(reading, house.room.id)
    assert after is not None
    assert after.title == "Another"


async def test_writers_of_one_room_number_their_events_without_gap_or_repeat(house: House) -> None:
    changes = [update_room(house.ctx, house.server, "show", RoomChange(title=f"title {n}")) for n in range(20)]
    await asyncio.gather(*changes)
    assert [event.seq for event in await house.events()] == list(range(1, 22))


async def test_a_database_that_is_away_is_said_to_be_unavailable_and_used_again_when_back(house: House) -> None:
    async with house.store.away(house.ctx.database):
        for attempt in (update_room(house.ctx, house.server, "show", RoomChange(title="Lost")), house.seq()):
            with pytest.raises(OnstageError) as caught:
                await attempt
            assert caught.value.code is ErrorCode.STORE_UNAVAILABLE
    assert await house.names() == ["room.created"]
    await update_room(house.ctx, house.server, "show", RoomChange(title="Another"))
    assert await house.names() == ["room.created", "room.updated"]


async def test_more_readers_than_connections_wait_for_their_turn(house: House) -> None:
    async def read() -> int:
        async with house.ctx.database.read() as tx:
            room = await rooms.get(tx, house.room.id)
        assert room is not None
        return room.seq

    assert await asyncio.gather(*(read() for _ in range(100))) == [1] * 100


async def test_lists_are_in_the_order_that_clients_see(house: House) -> None:
    """JSON shows milliseconds: two who joined within one are in the order of their ids for everybody."""
    joined = [await house.join(name, "guest") for name in "abcdef"]
    async with house.ctx.database.begin() as tx:
        for place, one in enumerate(joined):
            moment = EPOCH + timedelta(microseconds=900 - place)
            await participants.save(tx, replace(one, joined_at=moment))
    shown = [(one["joined_at"], one["id"]) for one in (await house.snapshot(joined[0]))["participants"]]
    assert shown == sorted(shown)


async def test_an_error_quotes_nothing_of_what_was_to_be_written(house: House) -> None:
    """Errors are logged, with all that led to them."""
    private = replace(house.room, title="private words", metadata={"key": "private words"})

    async def add_again() -> None:
        async with house.ctx.database.begin() as tx:
            await rooms.add(tx, private)

    with pytest.raises(IntegrityError) as caught:
        await add_again()
    told = "".join(traceback.format_exception(caught.value))
    assert "INSERT INTO rooms" in told
    assert "private words" not in told
    assert house.room.id not in told


async def test_a_statement_that_breaks_a_constraint_says_so_and_leaves_the_connection_usable(house: House) -> None:
    async def add_again() -> None:
        async with house.ctx.database.begin() as tx:
            await rooms.add(tx, house.room)

    with pytest.raises(IntegrityError):
        await add_again()
    assert await house.names() == ["room.created"]
