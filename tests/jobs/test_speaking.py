"""Marks of who has the floor: few, in order, and true in the end, however fast people take turns."""

from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.composer.speaker import HOLD_S
from onstage.jobs.speaking import Speaking
from onstage.model.marks import Mark
from onstage.model.records import Broadcast
from onstage.store import timed_metadata
from tests.support.house import House


@pytest.fixture
async def speaking(house: House) -> AsyncIterator[Speaking]:
    speaking = Speaking(house.ctx)
    yield speaking
    await speaking.stop()


async def on_air(house: House) -> Broadcast:
    for name in ("anna", "bob"):
        await house.join(name, "host")
    return await start_broadcast(house.ctx, house.server, house.room.id, NewBroadcast(marks=(Mark.SPEAKER,)))


async def marks(house: House, show: Broadcast) -> list[tuple[str, float]]:
    """Who, and how many seconds after the show began."""
    async with house.ctx.database.read() as tx:
        found = await timed_metadata.since(tx, show.id, show.started_at)
    names = {"Anna": "anna", "Bob": "bob"}
    return [
        (next(names[name] for name in names if name in one.payload), (one.at - show.started_at).total_seconds())
        for one in found
    ]


async def passes(house: House, seconds: float) -> None:
    await house.clock.advance(seconds)
    await house.settle()


async def test_who_has_the_floor_is_marked_once_a_cough_is_not(house: House, speaking: Speaking) -> None:
    show = await on_air(house)
    speaking.heard(house.room.id, ["anna"])
    for _ in range(20):
        await passes(house, 0.25)
    speaking.heard(house.room.id, ["bob"])
    await passes(house, 0.25)
    speaking.heard(house.room.id, [])
    for _ in range(8):
        await passes(house, 0.25)
    [(who, at_s)] = await marks(house, show)
    assert (who, at_s) == ("anna", pytest.approx(0.75, abs=0.26))
    assert house.clock.sleepers == 0


async def test_nobody_is_followed_any_more_where_it_is_not_told_who_speaks(house: House, speaking: Speaking) -> None:
    await on_air(house)
    other = await house.another_room("other")
    for room in (house.room, other):
        speaking.heard(room.id, ["anna"])
    await passes(house, 1)
    assert house.clock.sleepers == 2
    speaking.forget_all()
    await passes(house, 1)
    assert house.clock.sleepers == 0


async def test_speakers_who_flap_mark_no_more_than_the_picture_changes(house: House, speaking: Speaking) -> None:
    """Turns of 0.8 s for half a minute."""
    show = await on_air(house)
    for turn in range(38):
        speaking.heard(house.room.id, ["anna" if turn % 2 else "bob"])
        for _ in range(4):
            await passes(house, 0.2)
    speaking.heard(house.room.id, ["anna"])
    for _ in range(16):
        await passes(house, 0.25)
    found = await marks(house, show)
    assert 2 < len(found) <= 16
    assert all(later - sooner >= HOLD_S for (_, sooner), (_, later) in pairwise(found))
    assert all(one != other for (one, _), (other, _) in pairwise(found))
    assert found[-1][0] == "anna"
