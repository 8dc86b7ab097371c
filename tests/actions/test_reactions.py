"""Reactions: counted exactly, told once a second, stored nowhere."""

import json
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from onstage.actions.reaction_tally import MOST_KINDS, ReactionTally
from onstage.actions.reactions import send_reaction, tell_reactions
from onstage.bus import MemoryBus, Subscription
from onstage.bus.memory import Ephemeral
from onstage.errors import ErrorCode
from onstage.events import ReactionCounted, SpeakersChanged
from tests.support.house import House
from tests.support.refusals import refusal, refused


async def told(subscription: Subscription) -> dict[str, int]:
    """What a reader is told the next time it looks."""
    [notice] = [one for one in await subscription.get() if isinstance(one, Ephemeral)]
    assert notice.name == "reaction.counted"
    counts: dict[str, int] = json.loads(notice.data)["counts"]
    return counts


async def test_every_reaction_is_counted_once_and_none_is_stored(house: House) -> None:
    people = [await house.join(name, "viewer") for name in ("vic", "wim", "zoe")]
    before = await house.seq()
    async with await house.ctx.bus.subscribe(house.room.id) as subscription:
        for one in people:
            for reaction in ("👏", "👏", "❤️"):
                await send_reaction(house.ctx, house.caller(one), "show", reaction)
        await send_reaction(house.ctx, house.server, "show", "🎉")
        await tell_reactions(house.ctx)
        assert await told(subscription) == {"👏": 6, "❤️": 3, "🎉": 1}
        await send_reaction(house.ctx, house.server, "show", "🎉")
        await tell_reactions(house.ctx)
        assert await told(subscription) == {"🎉": 1}
    assert await house.seq() == before


async def test_rooms_are_counted_apart(house: House) -> None:
    other = await house.another_room("other")
    await house.join("vic", "viewer")
    await house.join("wim", "viewer", room="other")
    async with await house.ctx.bus.subscribe(other.id) as subscription:
        await send_reaction(house.ctx, house.server, "show", "👏")
        await send_reaction(house.ctx, house.server, "other", "❤️")
        await tell_reactions(house.ctx)
        assert await told(subscription) == {"❤️": 1}


async def test_two_servers_counts_are_both_told_to_a_reader_who_was_busy(house: House) -> None:
    async with await house.ctx.bus.subscribe(house.room.id) as subscription:
        for counts in ({"👏": 2}, {"👏": 3, "❤️": 1}, {"🎉": 1}):
            data = ReactionCounted(counts=counts).model_dump_json()
            await house.ctx.bus.publish(Ephemeral(house.room.id, ReactionCounted.NAME, "now", data))
        assert await told(subscription) == {"👏": 5, "❤️": 1, "🎉": 1}


async def test_of_other_ephemeral_events_the_newest_is_told() -> None:
    bus = MemoryBus()
    async with await bus.subscribe("rm_1") as subscription:
        for one in ("pa_1", "pa_2"):
            data = SpeakersChanged(participant_ids=[one]).model_dump_json()
            await bus.publish(Ephemeral("rm_1", SpeakersChanged.NAME, "now", data))
        [notice] = await subscription.get()
    assert isinstance(notice, Ephemeral)
    assert json.loads(notice.data) == {"participant_ids": ["pa_2"]}


@given(st.lists(st.dictionaries(st.text(max_size=3), st.integers(1, 99), max_size=4), min_size=2, max_size=5))
def test_merging_loses_nothing_in_any_order(all_counts: list[dict[str, int]]) -> None:
    merged = ReactionCounted(counts=all_counts[0]).model_dump_json()
    for counts in all_counts[1:]:
        merged = ReactionCounted.merged(merged, ReactionCounted(counts=counts).model_dump_json())
    assert Counter(json.loads(merged)["counts"]) == sum((Counter(one) for one in all_counts), Counter())


async def test_one_person_reacts_so_fast_and_not_faster(house: House) -> None:
    vic, wim = await house.join("vic", "viewer"), await house.join("wim", "viewer")
    pace = house.ctx.paces.reactions
    for _ in range(pace.burst):
        await send_reaction(house.ctx, house.caller(vic), "show", "👏")
    error = await refusal(send_reaction(house.ctx, house.caller(vic), "show", "👏"))
    assert (error.code, error.retry_after_s) == (ErrorCode.SENDING_TOO_FAST, 1)
    await send_reaction(house.ctx, house.caller(wim), "show", "👏")
    assert house.ctx.reactions.take() == {house.room.id: {"👏": pace.burst + 1}}


async def test_a_room_has_so_many_different_reactions_a_second(house: House) -> None:
    await house.join("vic", "viewer")
    for n in range(MOST_KINDS):
        await send_reaction(house.ctx, house.server, "show", f"kind {n}")
    another = send_reaction(house.ctx, house.server, "show", "one kind more")
    assert await refused(another) is ErrorCode.SENDING_TOO_FAST
    await send_reaction(house.ctx, house.server, "show", "kind 0")
    await tell_reactions(house.ctx)
    await send_reaction(house.ctx, house.server, "show", "one kind more")


async def test_reactions_take_the_permission_and_a_session(house: House) -> None:
    assert await refused(send_reaction(house.ctx, house.server, "show", "👏")) is ErrorCode.SESSION_ENDED
    vic = await house.join("vic", "viewer")
    await house.promoted(vic, permissions=frozenset())
    assert await refused(send_reaction(house.ctx, house.caller(vic), "show", "👏")) is ErrorCode.PERMISSION_DENIED
    assert house.ctx.reactions.take() == {}


async def test_the_tally_is_waited_for_until_there_is_something_to_tell() -> None:
    tally = ReactionTally()
    tally.add("rm_1", "👏")
    await tally.wait()
    assert tally.take() == {"rm_1": {"👏": 1}}
    assert tally.take() == {}
