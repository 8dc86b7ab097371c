"""Slots are shared: between projects by count, between the quick and the slow by place."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from onstage.webhooks.slots import SLOW_AFTER_S, FairSemaphore, Slot, Slots
from tests.support.clock import settle

BAD, GOOD = "prj_bad", "prj_good"


class Queue:
    """Tasks that acquire, and who was served, in order."""

    def __init__(self, semaphore: FairSemaphore) -> None:
        self._semaphore = semaphore
        self.served: list[str] = []

    async def join(self, *keys: str) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self._acquire(key)) for key in keys]
        await settle()
        return tasks

    async def release(self, key: str) -> list[str]:
        """Who is served by it."""
        before = len(self.served)
        self._semaphore.release(key)
        await settle()
        return self.served[before:]

    async def _acquire(self, key: str) -> None:
        await self._semaphore.acquire(key)
        self.served.append(key)


async def test_a_key_holds_no_more_than_its_share_and_leaves_the_rest() -> None:
    queue = Queue(FairSemaphore(4, 2))
    await queue.join(*"aaaa")
    assert queue.served == ["a", "a"]
    await queue.join("b", "c")
    assert queue.served == ["a", "a", "b", "c"]
    assert await queue.release("b") == []
    assert await queue.release("a") == ["a"]


async def test_who_holds_least_is_served_first_and_equals_take_turns() -> None:
    queue = Queue(FairSemaphore(3, 3))
    await queue.join(*"aaa")
    await queue.join(*"aabbcc")
    served = []
    for key in "aaabcb":
        served += await queue.release(key)
    assert served == [*"bcabca"]


async def test_who_is_cancelled_waits_no_more_and_keeps_nothing() -> None:
    semaphore = FairSemaphore(1, 1)
    queue = Queue(semaphore)
    await queue.join("a")
    gone, _ = await queue.join("b", "b")
    gone.cancel()
    await settle()
    assert await queue.release("a") == ["b"]
    [served, following] = await queue.join("c", "d")
    semaphore.release("b")  # "c" is served, and cancelled before it knows
    served.cancel()
    await settle()
    assert queue.served == ["a", "b", "d"]
    assert following.done()


async def taken(stack: AsyncExitStack, slots: Slots, project: str, *endpoints: str) -> list[Slot]:
    """Slots for those that get one at once."""
    found = []
    for endpoint in endpoints:
        entering = asyncio.create_task(stack.enter_async_context(slots.turn(endpoint, project)))
        await settle()
        if entering.done():
            found.append(entering.result())
        else:
            entering.cancel()
            await settle()
    return found


def named(count: int, what: str = "wh") -> list[str]:
    return [f"{what}_{number}" for number in range(count)]


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


async def test_a_project_holds_half_of_the_slots(stack: AsyncExitStack) -> None:
    slots = Slots(8)
    assert len(await taken(stack, slots, BAD, *named(8))) == 4
    assert len(await taken(stack, slots, GOOD, *named(8, "other"))) == 4


async def test_what_takes_long_makes_room_while_it_is_on_its_way(stack: AsyncExitStack) -> None:
    slots = Slots(8)
    hanging = await taken(stack, slots, BAD, *named(4))
    for slot in hanging:
        slot.begin(100.0)
    slots.part(100.0 + SLOW_AFTER_S - 0.1)
    assert await taken(stack, slots, BAD, "another") == []
    slots.part(100.0 + SLOW_AFTER_S)
    assert sum(slot.is_slow for slot in hanging) == 2, "an eighth of the places for the slow"
    assert len(await taken(stack, slots, BAD, *named(4, "another"))) == 2


async def test_beyond_its_share_of_the_slow_a_project_has_its_share_of_the_quick(stack: AsyncExitStack) -> None:
    slots = Slots(8)
    for slot in await taken(stack, slots, BAD, *named(8)):
        slot.begin(0.0)
    slots.part(60.0)
    for slot in await taken(stack, slots, BAD, *named(8, "more")):
        slot.begin(60.0)
    slots.part(120.0)
    assert await taken(stack, slots, BAD, "yet another") == []
    assert len(await taken(stack, slots, GOOD, *named(8, "other"))) == 4


async def test_who_was_slow_begins_among_the_slow_until_it_was_quick(stack: AsyncExitStack) -> None:
    slots = Slots(8)
    for end_s, is_slow in ((SLOW_AFTER_S, False), (0.5, True), (0.5, False)):
        async with slots.turn("wh", GOOD) as slot:
            assert slot.is_slow == is_slow
            slot.begin(0.0)
            slot.end(end_s)


async def test_one_slow_attempt_of_many_makes_a_slow_turn() -> None:
    slots = Slots(8)
    async with slots.turn("wh", GOOD) as slot:
        for took_s in (0.1, 5.0, 0.1):
            slot.begin(0.0)
            slot.end(took_s)
    async with slots.turn("wh", GOOD) as slot:
        assert slot.is_slow


async def test_slow_ones_of_a_project_leave_its_quick_ones_alone(stack: AsyncExitStack) -> None:
    slots = Slots(8)
    for name in named(20):
        async with slots.turn(name, GOOD) as slot:
            slot.begin(0.0)
            slot.end(15.0)
    assert len(await taken(stack, slots, GOOD, *named(20))) == 2
    assert len(await taken(stack, slots, GOOD, *named(4, "quick"))) == 4


async def test_a_turn_gives_back_what_it_moved_to(stack: AsyncExitStack) -> None:
    slots = Slots(8)
    for _ in range(10):
        async with slots.turn("wh", GOOD) as slot:
            slot.begin(0.0)
            slots.part(9.0)
            assert slot.is_slow
            slot.end(9.0)
    assert len(await taken(stack, slots, GOOD, *named(4, "quick"))) == 4
    assert len(await taken(stack, slots, GOOD, "wh")) == 1
