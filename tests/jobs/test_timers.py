"""What is due by the clock alone."""

from datetime import timedelta

import pytest

from onstage.actions import presence
from onstage.actions.authentication import authenticate_project
from onstage.actions.rooms import RoomChange, update_room
from onstage.clock import rfc3339
from onstage.jobs import timers
from onstage.jobs.timers import LOOK_EVERY_S
from onstage.model.records import Presence
from onstage.store import idempotency, keys
from onstage.store.idempotency import Slot
from tests.jobs.staff import Staff, store_away
from tests.support.house import House
from tests.support.waiting import until


async def looked(staff: Staff) -> None:
    """Wait until the timers have looked."""
    await until(lambda: LOOK_EVERY_S in staff.waits_s, what="the pause between two looks")


async def next_look(staff: Staff, after_s: float = LOOK_EVERY_S) -> None:
    await staff.house.clock.advance(after_s)
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


async def test_idempotency_keys_are_forgotten_after_a_day(
    house: House, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "FORGET_EVERY", 2)
    await use_key(house, "old")
    await staff.timers.start()
    await looked(staff)
    await next_look(staff, 12 * 3600)
    await use_key(house, "new")
    await next_look(staff, 12 * 3600)
    assert await has_key(house, "old")  # it is just a day old
    await next_look(staff)
    await next_look(staff)
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


async def test_who_is_to_go_by_their_token_goes_and_the_use_of_keys_is_written(
    house: House, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timers, "A_MINUTE", 2)
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
    async with house.ctx.database.read() as tx:
        key = await keys.get(tx, house.project.id, caller.project_key.id)
    assert key is not None
    assert key.last_used_at is not None
    assert house.clock.now() - key.last_used_at == timedelta(seconds=1)
