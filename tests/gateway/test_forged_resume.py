"""A resume may say any connection and any `seq`: nobody is told by it what was not for them at the time."""

from collections.abc import Awaitable

import pytest

from onstage.actions.access import ParticipantCaller
from onstage.actions.context import Context
from onstage.actions.messages import MessageOptions, send_message
from onstage.actions.presence import leave_room, remove
from onstage.actions.promotion import demote
from onstage.actions.revoking import hold_token
from onstage.actions.rooms import RoomChange, end_room, update_room
from onstage.gateway import server
from onstage.model.records import Participant
from tests.support.gateway import ServedHouse, served
from tests.support.house import House

Answers = dict[int, list[int] | None]
"""For each `seq` that a client may say: what it is told behind it; None: it gets a snapshot."""
_NEVER_YET = 3
"""So many numbers behind the newest are said as well."""


async def answers(doors: ServedHouse, who: Participant) -> Answers:
    """What the participant is told, whatever they say that they had."""
    house, found = doors.house, Answers()
    token = await house.token(who.identity, who.role)
    await update_room(house.ctx, house.server, "show", RoomChange(title="Something that all are told"))
    newest = await house.seq()
    for seq in range(newest + _NEVER_YET):
        async with doors.client(token, resume=(f"{who.id}.forged", seq)) as client:
            is_resumed = (await client.first())["type"] == "resumed"
            if is_resumed:
                await client.until_seq(newest)
        found[seq] = [one["seq"] for one in client.events] if is_resumed else None
    return found


async def right_answers(house: House, told: list[int], *, behind: int) -> Answers:
    """What `answers` is to be for who came `behind` that event, and concerning whom are `told`."""
    newest = await house.seq()
    numbers = range(newest + _NEVER_YET)
    return {seq: [one for one in told if one > seq] if behind <= seq <= newest else None for seq in numbers}


async def say(house: House, *roles: str) -> int:
    """Something to these roles, or to all; its `seq`."""
    return (await send_message(house.ctx, house.server, "show", "hello", MessageOptions(to_roles=roles))).seq


async def test_who_comes_later_is_told_nothing_of_before(doors: ServedHouse) -> None:
    """Neither what was said in earlier sessions nor, in this one, to the role that they have now."""
    house = doors.house
    for _ in range(2):
        await house.join("anna", "host")
        await house.join("eve", "host")
        await say(house)
        await say(house, "host")
        await end_room(house.ctx, house.server, "show", reason="over", lock=False)
    await house.join("anna", "host")
    await say(house)
    await say(house, "host")
    behind = await house.seq()
    eve = await house.join("eve", "host")
    told = [await house.seq(), await say(house, "host"), await house.seq() + 1]
    found = await answers(doors, eve)
    assert found == await right_answers(house, told, behind=behind)


async def test_a_role_is_told_only_what_was_said_to_it_while_they_had_it(doors: ServedHouse) -> None:
    """To who is promoted, demoted, gone, back again: at every number what one hears who was never cut."""
    house = doors.house
    await house.join("anna", "host")
    behind, told = await house.seq(), list[int]()

    async def done(change: Awaitable[object], *, then: str) -> None:
        start = await house.seq()
        await change
        told.extend(one.seq for one in await house.events(behind=start) if one.recipients.everyone)
        said = {role: await say(house, role) for role in ("audience", "guest", "host")}
        told.append(said[then])

    joining = house.join("gus", "audience")
    await done(joining, then="audience")
    gus = await house.join("gus", "audience")
    for _ in range(2):
        await done(house.promoted(gus, role="guest"), then="guest")
        await done(demote(house.ctx, house.server, "show", "gus", "audience"), then="audience")
    await done(leave_room(house.ctx, house.caller(gus)), then="audience")
    await done(house.join("gus", "audience"), then="audience")
    told.append(await house.seq() + 1)
    assert await answers(doors, gus) == await right_answers(house, told, behind=behind)
    async with served(house, doors.door) as anew:
        told.append(await house.seq() + 1)
        assert await answers(anew, gus) == await right_answers(house, told, behind=behind)


async def test_who_says_what_is_still_to_come_is_not_served_past_their_own_removal(
    doors: ServedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Removed while the hello is being answered: with that event's own number they would never hear of it."""
    house = doors.house
    await house.join("anna", "host")
    eve = await house.join("eve", "host")
    token = await house.token("eve", "host")

    async def removed_meanwhile(ctx: Context, caller: ParticipantCaller, participant: Participant) -> None:
        await hold_token(ctx, caller, participant)
        await remove(ctx, house.server, "show", eve.id)

    monkeypatch.setattr(server, "hold_token", removed_meanwhile)
    async with doors.client(token, resume=(f"{eve.id}.forged", await house.seq() + 1)) as client:
        assert await client.bye() == "participant_removed"
