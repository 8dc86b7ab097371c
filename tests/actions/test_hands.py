"""Raised hands: a queue in the order of raising."""

from onstage.actions.hands import lower_hand, raise_hand
from onstage.actions.reading import read_hands
from onstage.errors import ErrorCode
from tests.support.house import House
from tests.support.refusals import refused


async def queue(house: House) -> list[str]:
    return [one.identity for one in await read_hands(house.ctx, house.server, "show")]


async def test_hands_queue_in_the_order_of_raising(house: House) -> None:
    people = [await house.join(name, "viewer") for name in ("a", "b", "c")]
    for one in (people[1], people[2], people[0]):
        await raise_hand(house.ctx, house.caller(one), "show")
        await house.clock.advance(1)
    assert await queue(house) == ["b", "c", "a"]


async def test_a_hand_raised_again_keeps_its_place_and_is_told_once(house: House) -> None:
    first, second = await house.join("a", "viewer"), await house.join("b", "audience")
    for one in (first, second, first):
        await raise_hand(house.ctx, house.caller(one), "show")
        await house.clock.advance(1)
    assert await queue(house) == ["a", "b"]
    assert (await house.names()).count("hand.raised") == 2


async def test_a_viewers_hand_is_told_to_the_whole_room(house: House) -> None:
    vic = await house.join("vic", "viewer")
    await raise_hand(house.ctx, house.caller(vic), "show")
    event = (await house.events())[-1]
    assert event.name == "hand.raised"
    assert event.recipients.everyone


async def test_on_stage_nobody_raises_a_hand_and_a_server_has_none(house: House) -> None:
    anna = await house.join("anna", "host")
    assert await refused(raise_hand(house.ctx, house.caller(anna), "show")) is ErrorCode.HAND_NOT_RAISABLE
    assert await refused(raise_hand(house.ctx, house.server, "show")) is ErrorCode.HAND_NOT_RAISABLE


async def test_everybody_lowers_their_own_hand_and_hosts_lower_others(house: House) -> None:
    anna = await house.join("anna", "host")
    people = [await house.join(name, "viewer") for name in ("a", "b", "c")]
    for one in people:
        await raise_hand(house.ctx, house.caller(one), "show")
    await lower_hand(house.ctx, house.caller(people[0]), "show", None)
    assert await refused(lower_hand(house.ctx, house.caller(people[1]), "show", "c")) is ErrorCode.NOT_ON_STAGE
    await lower_hand(house.ctx, house.caller(anna), "show", "b")
    await lower_hand(house.ctx, house.server, "show", "c")
    assert await queue(house) == []


async def test_a_hand_that_is_down_is_lowered_without_an_event(house: House) -> None:
    vic = await house.join("vic", "viewer")
    behind = await house.seq()
    await lower_hand(house.ctx, house.caller(vic), "show", None)
    assert await house.names(behind=behind) == []


async def test_the_hand_of_somebody_who_leaves_goes_down_for_all(house: House) -> None:
    await house.join("anna", "host")
    vic = await house.join("vic", "viewer")
    await raise_hand(house.ctx, house.caller(vic), "show")
    behind = await house.seq()
    await house.gone(vic)
    events = await house.events(behind=behind)
    assert [event.name for event in events] == ["hand.lowered", "participant.left"]
    assert [event.recipients.everyone for event in events] == [True, False]
