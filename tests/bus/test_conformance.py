"""What every bus promises, within one server and between two."""

import asyncio
import json

from onstage.bus import Bus, Changed, Ephemeral, Notice, Subscription, Topic, WakeUp
from onstage.events import ReactionCounted, SpeakersChanged
from tests.support.waiting import DEADLINE_S

Pair = tuple[Bus, Bus]


async def next_of(subscription: Subscription) -> list[Notice]:
    async with asyncio.timeout(DEADLINE_S):
        return await subscription.get()


async def all_until(subscription: Subscription, last: Notice) -> list[Notice]:
    """Everything up to a notice that was published last."""
    heard: list[Notice] = []
    while last not in heard:
        heard += await next_of(subscription)
    return heard


def speakers(*ids: str, room: str = "rm_1") -> Ephemeral:
    return Ephemeral(room, SpeakersChanged.NAME, "now", SpeakersChanged(participant_ids=[*ids]).model_dump_json())


async def test_whoever_subscribed_before_hears_of_it(ends: Pair) -> None:
    telling, hearing = ends
    async with await hearing.subscribe("rm_1") as one, await hearing.subscribe("rm_1") as another:
        await telling.publish(WakeUp("rm_1", 7))
        assert await next_of(one) == [WakeUp("rm_1", 7)]
        assert await next_of(another) == [WakeUp("rm_1", 7)]


async def test_rooms_and_topics_are_heard_apart(ends: Pair) -> None:
    telling, hearing = ends
    async with await hearing.subscribe("rm_1") as room, await hearing.subscribe(Topic.COUNTS) as counts:
        await telling.publish(WakeUp("rm_2", 1))
        await telling.publish(Changed(Topic.COUNTS, "rm_2"))
        await telling.publish(WakeUp("rm_1", 2))
        assert await next_of(room) == [WakeUp("rm_1", 2)]
        assert await next_of(counts) == [Changed(Topic.COUNTS, "rm_2")]


async def test_wake_ups_that_were_not_read_come_to_the_highest(ends: Pair) -> None:
    telling, hearing = ends
    async with await hearing.subscribe("rm_1") as subscription:
        for seq in (3, 5, 4):
            await telling.publish(WakeUp("rm_1", seq))
        await telling.publish(speakers("pa_1"))
        heard = await all_until(subscription, speakers("pa_1"))
        assert max(one.seq for one in heard if isinstance(one, WakeUp)) == 5


async def test_ephemeral_events_come_whole_and_the_newest_last(ends: Pair) -> None:
    telling, hearing = ends
    async with await hearing.subscribe("rm_1") as subscription:
        for one in ("pa_1", "pa_2", "pa_3"):
            await telling.publish(speakers(one))
        heard = await all_until(subscription, speakers("pa_3"))
        assert heard[-1] == speakers("pa_3")


async def test_what_adds_up_is_added_up_and_never_replaced(ends: Pair) -> None:
    telling, hearing = ends
    async with await hearing.subscribe("rm_1") as subscription:
        for count in (1, 2, 3):
            data = ReactionCounted(counts={"👏": count}).model_dump_json()
            await telling.publish(Ephemeral("rm_1", ReactionCounted.NAME, "now", data))
        await telling.publish(speakers("pa_1"))
        heard = await all_until(subscription, speakers("pa_1"))
        told = [
            json.loads(one.data) for one in heard if isinstance(one, Ephemeral) and one.name == ReactionCounted.NAME
        ]
        counted = [one["counts"]["👏"] for one in told]
        assert sum(counted) == 6


async def test_each_of_many_changes_of_a_topic_is_told(ends: Pair) -> None:
    telling, hearing = ends
    async with await hearing.subscribe(Topic.REPLACED) as subscription:
        told = [Changed(Topic.REPLACED, f"pa_{number}") for number in range(200)]
        for one in told:
            await telling.publish(one)
        heard = await all_until(subscription, told[-1])
        assert set(told) <= set(heard)


async def test_nothing_is_told_to_who_has_closed(ends: Pair) -> None:
    telling, hearing = ends
    async with await hearing.subscribe("rm_1") as closed:
        pass
    async with await hearing.subscribe("rm_1") as open_one:
        await telling.publish(WakeUp("rm_1", 1))
        assert await next_of(open_one) == [WakeUp("rm_1", 1)]
    waiting = asyncio.ensure_future(closed.get())
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()


async def test_who_comes_back_to_a_channel_hears_it_again(ends: Pair) -> None:
    telling, hearing = ends
    for seq in range(1, 20):
        async with await hearing.subscribe("rm_1") as subscription:
            await telling.publish(WakeUp("rm_1", seq))
            assert max(one.seq for one in await next_of(subscription) if isinstance(one, WakeUp)) >= seq
