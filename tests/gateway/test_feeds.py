"""Feeds of many rooms: each is opened once, and none waits for another."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from onstage.bus import Bus, Subscription
from onstage.gateway.feed import Feeds
from onstage.gateway.frames import Frame
from onstage.gateway.session import GatewaySession
from onstage.gateway.timers import SharedTimers
from onstage.model.role import Level
from tests.support.house import House


class Outlet:
    """A socket nobody looks at."""

    def write(self, _frame: Frame) -> None:
        """It is gone."""


def listener(name: str) -> GatewaySession:
    return GatewaySession(name, Level.VIEWER, "viewer", Outlet(), lambda _: None)


def held_up(
    bus: Bus, room_id: str, until: asyncio.Event, asked: Counter[str]
) -> Callable[[str], Awaitable[Subscription]]:
    """Subscribing to one room takes until the event."""
    subscribe = bus.subscribe

    async def late(channel: str) -> Subscription:
        asked[channel] += 1
        if channel == room_id:
            await until.wait()
        return await subscribe(channel)

    return late


async def test_a_room_whose_bus_is_slow_to_confirm_keeps_no_other_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed, asked = asyncio.Event(), Counter[str]()
    other = await house.another_room("hall")
    feeds = Feeds(house.ctx, SharedTimers(house.clock))
    monkeypatch.setattr(house.ctx.bus, "subscribe", held_up(house.ctx.bus, house.room.id, confirmed, asked))
    in_slow, in_quick = [listener("pa_1"), listener("pa_2")], listener("pa_3")
    slow = [asyncio.create_task(feeds.attach(house.room.id, one)) for one in in_slow]
    async with asyncio.timeout(10):
        await feeds.attach(other.id, in_quick)
        assert not any(task.done() for task in slow)
        confirmed.set()
        await asyncio.gather(*slow)
    assert asked == {house.room.id: 1, other.id: 1}, "two who come at once share one feed"
    for room_id, one in ((house.room.id, in_slow[0]), (house.room.id, in_slow[1]), (other.id, in_quick)):
        feeds.detach(room_id, one)
    await feeds.close()
