"""Invites: answered once, by the invited alone, in time."""

import asyncio
from datetime import timedelta

import pytest

from onstage.actions import invites, presence, promotion, rooms
from onstage.actions.accepting import accept
from onstage.actions.invites import cancel, decline, expire_due
from onstage.actions.moderation import BanRequest, ban
from onstage.actions.promotion import PromotionRequest
from onstage.actions.reading import read_invites
from onstage.errors import ErrorCode, OnstageError
from onstage.model.permission import Permission
from onstage.model.records import InviteStatus
from onstage.model.role import Level
from tests.support.house import House
from tests.support.refusals import refused


async def test_who_accepts_is_on_stage(house: House) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    invite = await house.invited(vic, by=anna)
    behind = await house.seq()
    accepted, promoted = await accept(house.ctx, house.caller(vic), "show", invite.id)
    assert accepted.status is InviteStatus.ACCEPTED
    assert (promoted.id, promoted.level) == (vic.id, Level.STAGE)
    events = await house.events(behind=behind)
    assert [event.name for event in events] == ["invite.accepted", "participant.promoted"]
    assert events[1].data["by"] == anna.id


async def test_who_declines_stays_seated(house: House) -> None:
    vic = await house.join("vic", "viewer")
    invite = await house.invited(vic)
    assert (await decline(house.ctx, house.caller(vic), "show", invite.id)).status is InviteStatus.DECLINED
    assert (await house.now(vic)).level is Level.VIEWER


async def test_an_invite_is_told_to_the_two_it_concerns_and_to_nobody_else(house: House) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await house.join("wim", "viewer")
    behind = await house.seq()
    await house.invited(vic, by=anna)
    [created] = await house.events(behind=behind)
    assert not created.recipients.everyone
    assert created.recipients.participant_ids == {anna.id, vic.id}


@pytest.mark.parametrize("answer", [accept, decline, cancel])
async def test_an_invite_is_answered_once(house: House, answer: object) -> None:
    vic = await house.join("vic", "viewer")
    invite = await house.invited(vic)
    await decline(house.ctx, house.caller(vic), "show", invite.id)
    caller = house.server if answer is cancel else house.caller(vic)
    assert callable(answer)
    assert await refused(answer(house.ctx, caller, "show", invite.id)) is ErrorCode.INVITE_CLOSED


async def test_nobody_answers_for_another_not_even_a_server(house: House) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    invite = await house.invited(vic, by=anna)
    for caller in (house.caller(anna), house.server):
        assert await refused(accept(house.ctx, caller, "show", invite.id)) is ErrorCode.INVITE_NOT_FOUND
        assert await refused(decline(house.ctx, caller, "show", invite.id)) is ErrorCode.INVITE_NOT_FOUND


async def test_an_invite_of_another_room_is_not_found(house: House) -> None:
    await house.join("vic", "viewer")
    other = await house.another_room("other")
    wim = await house.join("wim", "viewer", room=other.id)
    foreign = await house.invited(wim)
    assert await refused(cancel(house.ctx, house.server, "show", foreign.id)) is ErrorCode.INVITE_NOT_FOUND


async def test_an_invite_past_its_time_is_closed_before_the_timer_looks(house: House) -> None:
    vic = await house.join("vic", "viewer")
    invite = await house.invited(vic, expires_in=timedelta(seconds=30))
    await house.clock.advance(30)
    assert await refused(accept(house.ctx, house.caller(vic), "show", invite.id)) is ErrorCode.INVITE_CLOSED


async def test_the_detail_of_a_late_answer_says_that_the_invite_has_expired(house: House) -> None:
    vic = await house.join("vic", "viewer")
    invite = await house.invited(vic, expires_in=timedelta(seconds=30))
    await house.clock.advance(30)
    with pytest.raises(OnstageError, match="expired"):
        await accept(house.ctx, house.caller(vic), "show", invite.id)


async def test_invites_past_their_time_expire_and_others_do_not(house: House) -> None:
    vic, wim = await house.join("vic", "viewer"), await house.join("wim", "viewer")
    await house.invited(vic, expires_in=timedelta(seconds=30))
    later = await house.invited(wim, expires_in=timedelta(seconds=90))
    await house.clock.advance(31)
    behind = await house.seq()
    assert await expire_due(house.ctx) == 1
    assert await house.names(behind=behind) == ["invite.expired"]
    assert await expire_due(house.ctx) == 0
    assert [one.id for one in await read_invites(house.ctx, house.server, "show")] == [later.id]


async def test_a_second_invite_takes_the_first_ones_place(house: House) -> None:
    vic = await house.join("vic", "viewer")
    first = await house.invited(vic)
    second = await house.invited(vic)
    assert await refused(accept(house.ctx, house.caller(vic), "show", first.id)) is ErrorCode.INVITE_CLOSED
    assert [one.id for one in await read_invites(house.ctx, house.caller(vic), "show")] == [second.id]


async def test_who_invited_takes_it_back_and_others_need_the_permission(house: House) -> None:
    inviter = await house.join("gus", "guest", permissions=(Permission.PARTICIPANT_PROMOTE,))
    other, host = await house.join("eve", "guest"), await house.join("anna", "host")
    vic = await house.join("vic", "viewer")
    invite = await house.invited(vic, by=inviter)
    assert await refused(cancel(house.ctx, house.caller(other), "show", invite.id)) is ErrorCode.PERMISSION_DENIED
    assert await refused(cancel(house.ctx, house.caller(vic), "show", invite.id)) is ErrorCode.NOT_ON_STAGE
    assert (await cancel(house.ctx, house.caller(host), "show", invite.id)).status is InviteStatus.CANCELLED
    again = await house.invited(vic, by=inviter)
    assert (await cancel(house.ctx, house.caller(inviter), "show", again.id)).status is InviteStatus.CANCELLED


async def test_invites_of_those_who_go_and_of_ended_sessions_are_cancelled(house: House) -> None:
    await house.join("anna", "host")
    vic, wim = await house.join("vic", "viewer"), await house.join("wim", "viewer")
    await house.invited(vic)
    await house.gone(vic)
    assert "invite.cancelled" in await house.names()
    await house.invited(wim)
    await rooms.end_room(house.ctx, house.server, "show", reason="over", lock=False)
    assert (await house.names()).count("invite.cancelled") == 2


@pytest.mark.parametrize(
    "how", ["left", "absent", "removed", "banned", "demoted", "outranked now", "without the right"]
)
async def test_an_invite_goes_with_its_inviters_right_to_it(house: House, how: str) -> None:
    anna, eve = await house.join("anna", "host"), await house.join("eve", "host")
    vic, wim = await house.join("vic", "viewer"), await house.join("wim", "viewer")
    invite, others = await house.invited(vic, by=anna), await house.invited(wim, by=eve)
    behind = await house.seq()
    match how:
        case "left":
            await presence.leave_room(house.ctx, house.caller(anna))
        case "absent":
            await house.gone(anna)
        case "removed":
            await presence.remove(house.ctx, house.caller(eve), "show", "anna")
        case "banned":
            await ban(house.ctx, house.server, "show", "anna", BanRequest())
        case "demoted":
            await promotion.demote(house.ctx, house.server, "show", "anna", "viewer")
        case "outranked now":
            await promotion.set_role(house.ctx, house.server, "show", "anna", "guest", PromotionRequest(force=True))
        case "without the right":
            asked = PromotionRequest(force=True, permissions=frozenset())
            await promotion.set_role(house.ctx, house.server, "show", "anna", "host", asked)
    [cancelled] = [one for one in await house.events(behind=behind) if one.name.startswith("invite.")]
    assert (cancelled.name, cancelled.data["invite"]["id"]) == ("invite.cancelled", invite.id)
    assert cancelled.recipients.participant_ids == {vic.id, anna.id}
    assert await refused(accept(house.ctx, house.caller(vic), "show", invite.id)) is ErrorCode.INVITE_CLOSED
    assert (await house.now(vic)).level is Level.VIEWER
    assert (await house.snapshot(vic))["invites"] == []
    assert [one.id for one in await read_invites(house.ctx, house.server, "show")] == [others.id]


async def test_an_invite_stays_while_its_inviter_could_still_make_it(house: House) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    invite = await house.invited(vic, by=anna)
    asked = PromotionRequest(force=True, join_audio_muted=True)
    await promotion.set_role(house.ctx, house.server, "show", "anna", "host", asked)
    accepted, promoted = await accept(house.ctx, house.caller(vic), "show", invite.id)
    assert (accepted.status, promoted.is_on_stage) == (InviteStatus.ACCEPTED, True)


async def test_a_servers_invite_outlives_whoever_goes(house: House) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    invite = await house.invited(vic)
    await house.gone(anna)
    assert (await accept(house.ctx, house.caller(vic), "show", invite.id))[1].is_on_stage


async def test_invites_are_listed_to_those_they_concern(house: House) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    wim = await house.join("wim", "viewer")
    invite = await house.invited(vic, by=anna)
    for caller in (house.server, house.caller(anna), house.caller(vic)):
        assert [one.id for one in await read_invites(house.ctx, caller, "show")] == [invite.id]
    assert await read_invites(house.ctx, house.caller(wim), "show") == []


def test_the_default_expiry_is_a_minute() -> None:
    assert timedelta(seconds=60) == invites.DEFAULT_EXPIRY


async def test_of_many_who_look_one_closes_an_invite(house: House) -> None:
    await house.invited(await house.join("vic", "viewer"))
    await house.clock.advance(60)
    assert sum(await asyncio.gather(*(expire_due(house.ctx) for _ in range(5)))) == 1
    assert (await house.names()).count("invite.expired") == 1
