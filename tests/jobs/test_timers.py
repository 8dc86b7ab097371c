"""What is due by the clock alone."""

import asyncio
from datetime import timedelta

import pytest

from onstage.actions import presence
from onstage.actions.authentication import authenticate_project
from onstage.actions.context import Context
from onstage.actions.rooms import RoomChange, update_room
from onstage.clock import rfc3339
from onstage.jobs import steering, timers
from onstage.jobs.presence import GATHER_S
from onstage.jobs.timers import A_MINUTE_S, FORGET_EVERY_S, KINDS, LOOK_EVERY_S
from onstage.model.records import Presence
from onstage.store import idempotency, keys
from onstage.store.idempotency import Slot
from tests.jobs.scripted_engine import ScriptedEngine
from tests.jobs.staff import GRACE_S, Staff, store_away
from tests.support.house import House
from tests.support.waiting import until


async def looked(staff: Staff, *, kinds: int = len(KINDS)) -> None:
    """Wait until the timers have looked and all pause, by what they asked for: little may be left of it."""

    def are_pausing() -> bool:
        return sum(pause_s > GATHER_S for pause_s in staff.house.clock.pauses_s) >= kinds

    await until(are_pausing, what="the pause between two looks")


async def next_look(staff: Staff, after_s: float = LOOK_EVERY_S) -> None:
    """So much later everybody looks whose time has come, once."""
    staff.house.clock.differ_by(after_s - LOOK_EVERY_S)
    await staff.house.clock.advance(LOOK_EVERY_S)
    await looked(staff)


async def has_key(house: House, key: str) -> bool:
    async with house.ctx.database.read() as tx:
        return await idempotency.get(tx, "scope", key) is not None


async def use_key(house: House, key: str) -> None:
    async with house.ctx.database.begin() as tx:
        slot = Slot("scope", key, "owner")
        await idempotency.reserve(tx, slot, request_hash="hash", now=house.clock.now())


async def test_an_invite_expires_within_a_second_and_is_told(house: House, staff: Staff) -> None:
    vic = await house.join("vic", "viewer")
    staff.presence.gateway_connected(vic, "one")
    invite = await house.invited(vic, expires_in=timedelta(seconds=3))
    await staff.timers.start()
    await looked(staff)
    behind = await house.seq()
    await next_look(staff, 1)
    await next_look(staff, 1)
    assert await house.names(behind=behind) == []
    await next_look(staff, 1)
    [expired] = await house.events(behind=behind)
    assert (expired.name, expired.data["invite"]["id"]) == ("invite.expired", invite.id)
    await next_look(staff)
    assert await house.names(behind=behind) == ["invite.expired"]


async def test_idempotency_keys_are_forgotten_after_a_day(house: House, staff: Staff) -> None:
    await use_key(house, "old")
    await staff.timers.start()
    await looked(staff)
    await next_look(staff, 12 * 3600)
    await use_key(house, "new")
    await next_look(staff, 12 * 3600)
    assert await has_key(house, "old")  # it is just a day old
    await next_look(staff, FORGET_EVERY_S)
    assert not await has_key(house, "old")
    assert await has_key(house, "new")


async def test_a_store_that_is_away_is_asked_again(house: House, staff: Staff) -> None:
    vic = await house.join("vic", "viewer")
    staff.presence.gateway_connected(vic, "one")
    await house.invited(vic, expires_in=timedelta(seconds=3))
    await staff.timers.start()
    await looked(staff)
    async with store_away(house):
        await next_look(staff, 3)
    assert "invite.expired" not in await house.names()
    await next_look(staff)
    assert (await house.names())[-1] == "invite.expired"


async def test_a_session_ends_within_a_second_of_its_time(house: House, staff: Staff) -> None:
    ends_at = rfc3339(house.clock.now() + timedelta(seconds=5))
    await update_room(house.ctx, house.server, "show", RoomChange(settings={"ends_at": ends_at}))
    vic = await house.join("vic", "viewer")
    staff.presence.gateway_connected(vic, "one")
    await staff.timers.start()
    await looked(staff)
    await next_look(staff, 3)
    assert await house.has_session()
    await next_look(staff)

    async def is_over() -> bool:
        return not await house.has_session()

    await until(is_over, what="the session's end")


async def test_who_is_to_go_by_their_token_goes_and_the_use_of_keys_is_written(house: House, staff: Staff) -> None:
    token = await house.token("gus", "guest", remove_after_s=2)
    _, gus = await presence.join(house.ctx, token)
    staff.presence.gateway_connected(gus, "one")
    caller = await authenticate_project(house.ctx, house.project.id, house.secret)
    assert caller.project_key is not None
    await staff.timers.start()
    await looked(staff)
    await next_look(staff)
    assert await house.is_here(gus)
    await authenticate_project(house.ctx, house.project.id, house.secret)
    await next_look(staff)
    assert (await house.now(gus)).presence is Presence.REMOVED
    await next_look(staff, A_MINUTE_S - 2 * LOOK_EVERY_S)
    async with house.ctx.database.read() as tx:
        key = await keys.get(tx, house.project.id, caller.project_key.id)
    assert key is not None
    assert key.last_used_at is not None
    assert house.clock.now() - key.last_used_at == timedelta(seconds=A_MINUTE_S - LOOK_EVERY_S)


@pytest.mark.parametrize("hanging", [name for name in KINDS if name != "expire invites"])
async def test_what_takes_for_ever_holds_up_nothing_else_that_is_due(
    house: House, staff: Staff, monkeypatch: pytest.MonkeyPatch, hanging: str
) -> None:
    async def hang(_: Context) -> None:
        await asyncio.Event().wait()

    monkeypatch.setitem(timers.KINDS, hanging, (hang, LOOK_EVERY_S))
    vic = await house.join("vic", "viewer")
    staff.presence.gateway_connected(vic, "one")
    await house.invited(vic, expires_in=timedelta(seconds=2))
    await staff.timers.start()
    for _ in range(2):
        await looked(staff, kinds=len(KINDS) - 1)
        await house.clock.advance(LOOK_EVERY_S)
    await looked(staff, kinds=len(KINDS) - 1)
    assert "invite.expired" in await house.names()


async def test_an_engine_that_hangs_while_people_go_stops_no_clock(
    house: House, staff: Staff, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steering, "ANSWER_WAITS_S", 3600.0)
    anna, *crowd = [await house.join(name, "host") for name in ("anna", "eve", "ida", "uma")]
    staff.presence.gateway_connected(anna, "one")
    await staff.noted()
    vic = await house.join("vic", "viewer")
    staff.presence.gateway_connected(vic, "two")
    await staff.noted()
    await house.invited(vic, expires_in=timedelta(seconds=GRACE_S))
    engine.is_slow = True
    await staff.timers.start()
    await looked(staff)
    await next_look(staff, GRACE_S + 1)
    await next_look(staff)
    assert [await house.is_here(one) for one in crowd] == [False] * len(crowd)
    assert "invite.expired" in await house.names()
