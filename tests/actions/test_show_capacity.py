"""A show that would not fit the machine is refused, and told what would (design §10.15)."""

import math

from onstage.actions.broadcast_life import report_status
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.errors import ErrorCode
from onstage.model.records import Broadcast, BroadcastStatus, Quality
from tests.support.house import House
from tests.support.refusals import refusal, refused


async def started(house: House, room: str, quality: Quality = Quality.HIGH) -> Broadcast:
    return await start_broadcast(house.ctx, house.server, room, NewBroadcast(quality=quality))


async def rooms(house: House) -> None:
    for name in ("a", "b", "c"):
        await house.another_room(name)


async def test_a_machine_has_so_many_broadcasts_at_a_time(house: House) -> None:
    await rooms(house)
    await started(house, "a", Quality.LOW)
    await started(house, "b", Quality.LOW)
    assert await refused(started(house, "c", Quality.LOW)) is ErrorCode.CAPACITY_EXHAUSTED


async def test_what_shows_take_together_stays_below_what_there_is(house: House) -> None:
    await rooms(house)
    house.ctx.max_broadcasts, house.ctx.broadcast_cores = None, 1.4
    ultra = await started(house, "a", Quality.ULTRA)
    full = await refusal(started(house, "b", Quality.HIGH))
    assert full.code is ErrorCode.CAPACITY_EXHAUSTED
    assert full.problem()["detail"] == "It takes about 0.50 cores, and of 1.40 for shows 0.40 are free."
    assert full.problem()["expected"] == "a show of 0.40 cores or less"
    await started(house, "b", Quality.MEDIUM)
    await report_status(house.ctx, ultra.id, BroadcastStatus.ENDED)
    await started(house, "c", Quality.ULTRA)


async def test_shows_of_other_servers_take_nothing_of_this_one(house: House) -> None:
    await rooms(house)
    house.ctx.max_broadcasts, house.ctx.broadcast_cores = None, 1.0
    await started(house, "a", Quality.ULTRA)
    house.ctx.server_id = "srv_other"
    await started(house, "b", Quality.ULTRA)


async def test_without_a_limit_nothing_is_refused(house: House) -> None:
    house.ctx.max_broadcasts, house.ctx.broadcast_cores = None, math.inf
    for number in range(5):
        await house.another_room(f"room-{number}")
        await started(house, f"room-{number}", Quality.ULTRA)
