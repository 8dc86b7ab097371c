"""Redis stopped, frozen and back: nobody waits for it, everybody looks into the store meanwhile, nothing stays lost."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.asyncio import Redis

from onstage.bus import LATEST, Changed, Notice, RedisBus, Subscription, Topic, WakeUp
from onstage.bus import redis as redis_bus
from onstage.bus.notices import Ephemeral, decoded, encoded
from onstage.bus.sender import MOST_WAITING, Sender, Unwatched
from onstage.clock import SystemClock
from onstage.events import ReactionCounted, SpeakersChanged
from tests.bus.test_conformance import next_of, speakers
from tests.support.buses import open_redis_bus
from tests.support.redis import RedisServer
from tests.support.waiting import until

LOOK = WakeUp("rm_1", LATEST)


@pytest.fixture
async def pair(other_redis: RedisServer) -> AsyncIterator[tuple[RedisBus, RedisBus]]:
    """Two servers on a Redis of the test's own."""
    async with open_redis_bus(other_redis, "test:") as one, open_redis_bus(other_redis, "test:") as two:
        yield one, two


async def heard_with(subscription: Subscription, wanted: Notice) -> None:
    """Wait for that notice among others."""
    while wanted not in await next_of(subscription):
        pass


async def test_while_redis_is_away_readers_look_every_second_and_hear_their_own_server(
    pair: tuple[RedisBus, RedisBus], other_redis: RedisServer
) -> None:
    here, there = pair
    async with await here.subscribe("rm_1") as subscription, await there.subscribe("rm_1") as elsewhere:
        other_redis.stop()
        await until(lambda: not here.is_connected and not there.is_connected, what="both to notice")
        await here.publish(speakers("pa_1"))
        await heard_with(subscription, speakers("pa_1"))
        for _ in range(2):  # again and again
            await heard_with(subscription, LOOK)
            await heard_with(elsewhere, LOOK)


async def test_who_subscribes_while_redis_is_away_does_not_wait(
    pair: tuple[RedisBus, RedisBus], other_redis: RedisServer
) -> None:
    here, _ = pair
    other_redis.stop()
    await until(lambda: not here.is_connected, what="the end of the connection to be noticed")
    async with asyncio.timeout(redis_bus.CONFIRMED_WITHIN_S / 2):
        subscription = await here.subscribe("rm_1")
    await heard_with(subscription, LOOK)


async def test_after_redis_is_back_everybody_looks_once_more_and_hears_as_before(
    pair: tuple[RedisBus, RedisBus], other_redis: RedisServer
) -> None:
    here, there = pair
    async with await there.subscribe("rm_1") as subscription:
        other_redis.stop()
        await until(lambda: not there.is_connected, what="the end of the connection to be noticed")
        await here.publish(WakeUp("rm_1", 5))  # fails nobody
        other_redis.start()
        await until(lambda: here.is_connected and there.is_connected, what="both to be connected again")
        await heard_with(subscription, LOOK)
        await here.publish(speakers("pa_1"))
        await heard_with(subscription, speakers("pa_1"))


async def test_what_could_not_be_told_is_told_later_unless_it_was_ephemeral(
    pair: tuple[RedisBus, RedisBus], other_redis: RedisServer
) -> None:
    here, there = pair
    async with await there.subscribe(Topic.BROADCASTS) as subscription, await there.subscribe("rm_1") as room:
        other_redis.stop()
        await until(lambda: not here.is_connected, what="the end of the connection to be noticed")
        await here.publish(Changed(Topic.BROADCASTS, "bc_1"))
        await here.publish(speakers("pa_1"))
        other_redis.start()
        await until(lambda: there.is_connected, what="the connection")
        await here.publish(Changed(Topic.BROADCASTS, "bc_2"))
        told = await next_of(subscription)
        while Changed(Topic.BROADCASTS, "bc_2") not in told:
            told += await next_of(subscription)
        # Told before the other server listened again, it is not heard; but then that one looks.
        assert Changed(Topic.BROADCASTS, "bc_1") in told or WakeUp(Topic.BROADCASTS, LATEST) in told
        await here.publish(speakers("pa_2"))
        heard: list[Notice] = []
        while speakers("pa_2") not in heard:
            heard += await next_of(room)
        assert speakers("pa_1") not in heard


async def test_a_redis_that_only_holds_its_connections_is_away(
    pair: tuple[RedisBus, RedisBus], other_redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_bus, "SILENCE_S", 0.2)
    here, _ = pair
    async with await here.subscribe("rm_1") as subscription:
        other_redis.freeze()
        await until(lambda: not here.is_connected, what="the silence to be noticed")
        await heard_with(subscription, LOOK)
        other_redis.thaw()
        await until(lambda: here.is_connected, what="the connection")


async def test_a_bus_that_finds_no_redis_at_its_start_connects_when_there_is_one(other_redis: RedisServer) -> None:
    other_redis.stop()
    bus = RedisBus(other_redis.url, SystemClock(), prefix="test:")
    await bus.start()
    async with await bus.subscribe("rm_1") as subscription:
        await heard_with(subscription, LOOK)
        other_redis.start()
        await until(lambda: bus.is_connected, what="the connection")
    await bus.stop()


class Counting(Unwatched):
    """Counts what was lost."""

    def __init__(self) -> None:
        self.lost = 0

    def bus_lost(self, notices: int) -> None:
        self.lost += notices


def test_what_waits_for_redis_is_bounded() -> None:
    watcher = Counting()
    sender = Sender(object(), "name", SystemClock(), prefix="", watcher=watcher)  # type: ignore[arg-type]  # sends nothing
    for number in range(MOST_WAITING + 50):
        sender.put(WakeUp(f"rm_{number}", 1))
    assert watcher.lost == 50


async def test_what_makes_no_sense_leaves_no_server_deaf(pair: tuple[RedisBus, RedisBus]) -> None:
    """Not even what only fails when two of it are put together."""
    one, two = pair
    subscription = await two.subscribe("rm_1")
    senseless = Ephemeral("rm_1", ReactionCounted.NAME, "", "[]")
    for _ in range(2):
        await one.publish(senseless)
        await until(lambda: not one._sender._waiting, what="it to be sent")
    await heard_with(subscription, LOOK)
    await until(lambda: two.is_connected, what="the bus to be connected again")
    await one.publish(WakeUp("rm_1", 7))
    await heard_with(subscription, WakeUp("rm_1", 7))


async def test_a_notice_that_can_t_be_told_leaves_no_other_server_untold(pair: tuple[RedisBus, RedisBus]) -> None:
    one, two = pair
    async with await two.subscribe("rm_1") as subscription, await two.subscribe("rm_2") as other:
        untold: Any = object()
        await one.publish(Ephemeral("rm_1", SpeakersChanged.NAME, "", untold))
        await one.publish(WakeUp("rm_2", 7))
        await heard_with(other, WakeUp("rm_2", 7))
        await one.publish(speakers("pa_1"))
        await heard_with(subscription, speakers("pa_1"))


async def test_whatever_goes_wrong_in_sending_it_is_tried_again(
    pair: tuple[RedisBus, RedisBus], other_redis: RedisServer
) -> None:
    class Slipping(Redis):
        slips = 0

        def pipeline(self, *args: Any, **more: Any) -> Any:
            self.slips += 1
            if self.slips == 1:
                raise RuntimeError("a bug")
            return super().pipeline(*args, **more)

    client = Slipping.from_url(other_redis.url)
    sender = Sender(client, "name", SystemClock(), prefix="test:", watcher=Unwatched())
    sending = asyncio.create_task(sender.run())
    async with await pair[1].subscribe("rm_1") as subscription:
        sender.put(WakeUp("rm_1", 7))
        await heard_with(subscription, WakeUp("rm_1", 7))
    assert client.slips == 2
    sending.cancel()
    await client.aclose()


def test_notices_of_another_onstage_are_refused_by_name() -> None:
    for notice in (WakeUp("rm_1", 3), Changed(Topic.COUNTS, "rm_1"), speakers("pa_1")):
        assert decoded(encoded("me", notice)) == ("me", notice)
    new_event = {"room_id": "rm_1", "name": "moon.risen", "at": "", "data": "{}"}
    unknown = ["other", {}], ["wake_up", {"room": 1}], ["changed", {"topic": "x"}], ["ephemeral", new_event]
    for text in ("no JSON", "[]", *(json.dumps(["me", *one]) for one in unknown)):
        with pytest.raises(ValueError):  # noqa: PT011 - what JSON says of it is not ours
            decoded(text)
