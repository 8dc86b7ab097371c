"""Bans: on an identity, for a time or for good; whoever is there goes, and nobody comes in under it."""

from datetime import timedelta

from onstage.actions import presence
from onstage.actions.bans import expire_bans, read_bans, unban
from onstage.actions.moderation import BanRequest, ban, ban_identity
from onstage.actions.rooms import end_room
from onstage.errors import ErrorCode
from onstage.model.permission import Permission
from onstage.model.records import Presence
from tests.support.house import House
from tests.support.refusals import refusal, refused

FOR_GOOD = BanRequest()
FOR_A_MINUTE = BanRequest("rude", timedelta(seconds=60))


async def banned(house: House) -> list[str]:
    return [one.identity for one in await read_bans(house.ctx, house.server, "show", after=None, limit=10)]


async def test_a_ban_puts_them_out_and_keeps_them_out(house: House) -> None:
    anna, gus = await house.join("anna", "host"), await house.join("gus", "guest")
    behind = await house.seq()
    written, gone = await ban(house.ctx, house.caller(anna), "show", "gus", FOR_A_MINUTE)
    assert gone is not None
    assert (gone.id, gone.presence) == (gus.id, Presence.REMOVED)
    assert (written.identity, written.reason, written.banned_by) == ("gus", "rude", anna.id)
    assert written.expires_at == house.clock.now() + timedelta(seconds=60)
    events = await house.events(behind=behind)
    assert [event.name for event in events] == ["participant.banned", "participant.removed"]
    assert [event.recipients.include(anna.id, "host") for event in events] == [False, True]
    assert events[1].data["reason"] == "rude"
    error = await refusal(house.join("gus", "guest"))
    assert (error.code, "2026-01-01T00:01" in error.detail) == (ErrorCode.PARTICIPANT_BANNED, True)


async def test_a_ban_outlasts_the_session(house: House) -> None:
    await house.join("anna", "host")
    await house.join("gus", "guest")
    await ban(house.ctx, house.server, "show", "gus", FOR_GOOD)
    await end_room(house.ctx, house.server, "show", reason="over", lock=False)
    assert await refused(house.join("gus", "guest")) is ErrorCode.PARTICIPANT_BANNED
    assert await banned(house) == ["gus"]


async def test_an_identity_is_banned_before_it_ever_came(house: House) -> None:
    _, gone = await ban_identity(house.ctx, house.server, "show", "gus", FOR_GOOD)
    assert gone is None
    assert await refused(house.join("gus", "guest")) is ErrorCode.PARTICIPANT_BANNED
    await house.join("eve", "guest")
    other = await house.another_room("other")
    await house.join("gus", "guest", room=other.id)


async def test_banning_an_identity_puts_out_who_is_there_under_it(house: House) -> None:
    await house.join("anna", "host")
    gus = await house.join("gus", "guest")
    _, gone = await ban_identity(house.ctx, house.server, "show", "gus", FOR_GOOD)
    assert gone is not None
    assert gone.id == gus.id
    assert not await house.is_here(gus)


async def test_nobody_bans_who_outranks_them_present_or_not(house: House) -> None:
    anna = await house.join("anna", "host")
    gus = await house.join("gus", "guest", permissions=(Permission.PARTICIPANT_BAN,))
    by = house.caller(gus)
    assert await refused(ban(house.ctx, by, "show", "anna", FOR_GOOD)) is ErrorCode.OUTRANKED
    await house.gone(anna)
    assert await refused(ban_identity(house.ctx, by, "show", "anna", FOR_GOOD)) is ErrorCode.OUTRANKED
    assert await refused(ban_identity(house.ctx, by, "show", "gus", FOR_GOOD)) is ErrorCode.PERMISSION_DENIED
    await ban_identity(house.ctx, by, "show", "stranger", FOR_GOOD)


async def test_a_ban_ends_by_itself_and_that_is_told_once(house: House) -> None:
    await house.join("anna", "host")
    await ban_identity(house.ctx, house.server, "show", "gus", FOR_A_MINUTE)
    await house.clock.advance(59)
    assert await refused(house.join("gus", "guest")) is ErrorCode.PARTICIPANT_BANNED
    assert await expire_bans(house.ctx) == 0
    await house.clock.advance(1)
    assert await banned(house) == []
    await house.join("gus", "guest")  # whether or not the timer has looked
    behind = await house.seq()
    await expire_bans(house.ctx)
    await expire_bans(house.ctx)
    [event] = await house.events(behind=behind)
    assert (event.name, event.data["identity"]) == ("participant.unbanned", "gus")


async def test_another_ban_takes_the_place_of_the_first(house: House) -> None:
    await ban_identity(house.ctx, house.server, "show", "gus", FOR_A_MINUTE)
    await ban_identity(house.ctx, house.server, "show", "gus", FOR_GOOD)
    await house.clock.advance(120)
    assert await expire_bans(house.ctx) == 0
    assert await banned(house) == ["gus"]


async def test_a_ban_taken_back_lets_them_in_as_who_they_were(house: House) -> None:
    await house.join("anna", "host")
    gus = await house.join("gus", "guest")
    await ban(house.ctx, house.server, "show", "gus", FOR_GOOD)
    taken_back = await unban(house.ctx, house.server, "show", "gus")
    assert taken_back is not None
    assert (await house.join("gus", "guest")).id == gus.id
    assert await banned(house) == []


async def test_a_removal_is_taken_back_the_same_way(house: House) -> None:
    await house.join("anna", "host")
    await house.join("gus", "guest")
    await presence.remove(house.ctx, house.server, "show", "gus")
    assert await refused(house.join("gus", "guest")) is ErrorCode.PARTICIPANT_REMOVED
    assert await unban(house.ctx, house.server, "show", "gus") is None
    event = (await house.events())[-1]
    assert (event.name, event.data) == ("participant.unbanned", {"identity": "gus", "ban": None})
    await house.join("gus", "guest")


async def test_who_may_come_in_cannot_be_let_in_again(house: House) -> None:
    await house.join("gus", "guest")
    assert await refused(unban(house.ctx, house.server, "show", "gus")) is ErrorCode.BAN_NOT_FOUND
    await ban_identity(house.ctx, house.server, "show", "eve", FOR_A_MINUTE)
    await house.clock.advance(61)
    assert await refused(unban(house.ctx, house.server, "show", "eve")) is ErrorCode.BAN_NOT_FOUND


async def test_bans_are_paged_by_identity(house: House) -> None:
    for identity in ("c", "a", "b"):
        await ban_identity(house.ctx, house.server, "show", identity, FOR_GOOD)
    first = await read_bans(house.ctx, house.server, "show", after=None, limit=2)
    rest = await read_bans(house.ctx, house.server, "show", after=first[-1].identity, limit=2)
    assert [one.identity for one in (*first, *rest)] == ["a", "b", "c"]
