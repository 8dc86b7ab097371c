"""Events of the app's own: to whom they go, and who may send them."""

from onstage.actions import presence
from onstage.actions.custom import CustomAudience, send_custom
from onstage.errors import ErrorCode
from onstage.model.permission import Permission
from tests.support.house import House
from tests.support.refusals import refused

DATA = {"nested": [1, None, "\u202e<b>", {"deep": True}]}


async def test_it_reaches_all_as_it_was_sent_and_changes_no_snapshot(house: House) -> None:
    gus, vic = await house.join("gus", "guest"), await house.join("vic", "viewer")
    before = await house.snapshot(vic)
    sent = await send_custom(house.ctx, house.caller(gus), "show", "confetti", DATA)
    event = (await house.events())[-1]
    assert event.recipients.everyone
    assert event.seq == sent.seq
    assert event.data == {"type": "confetti", "data": DATA, "sender_id": gus.id}
    assert await house.snapshot(vic) == before


async def test_it_reaches_the_roles_and_the_people_it_is_for(house: House) -> None:
    gus = await house.join("gus", "guest")
    vic, wim = await house.join("vic", "viewer"), await house.join("wim", "viewer")
    audience = CustomAudience(roles=frozenset({"host"}), participants=frozenset({"vic", wim.id}))
    await send_custom(house.ctx, house.caller(gus), "show", "cue", None, audience)
    recipients = (await house.events())[-1].recipients
    assert (recipients.everyone, recipients.roles) == (False, {"host"})
    assert recipients.participant_ids == {vic.id, wim.id}


async def test_a_server_sends_as_nobody(house: House) -> None:
    await house.join("vic", "viewer")
    await send_custom(house.ctx, house.server, "show", "score", [2, 1])
    assert (await house.events())[-1].data["sender_id"] is None


async def test_it_takes_the_permission_which_a_token_may_give_to_the_seats(house: House) -> None:
    vic = await house.join("vic", "viewer")
    sender = await house.join("zoe", "viewer", permissions=(Permission.CUSTOM_SEND,))
    denied = send_custom(house.ctx, house.caller(vic), "show", "cue", None)
    assert await refused(denied) is ErrorCode.PERMISSION_DENIED
    await send_custom(house.ctx, house.caller(sender), "show", "cue", None)


async def test_who_is_not_there_gets_nothing_and_then_nobody_does(house: House) -> None:
    vic, gone = await house.join("vic", "viewer"), await house.join("gone", "viewer")
    await presence.leave_room(house.ctx, house.caller(gone))
    before = await house.seq()
    for audience, code in (
        (CustomAudience(roles=frozenset({"king"})), ErrorCode.UNKNOWN_ROLE),
        (CustomAudience(participants=frozenset({vic.id, "nobody"})), ErrorCode.PARTICIPANT_NOT_FOUND),
        (CustomAudience(participants=frozenset({vic.id, "gone"})), ErrorCode.PARTICIPANT_NOT_FOUND),
    ):
        assert await refused(send_custom(house.ctx, house.server, "show", "cue", None, audience)) is code
    assert await house.seq() == before


async def test_one_person_sends_so_fast_and_not_faster(house: House) -> None:
    gus = await house.join("gus", "guest")
    for _ in range(house.ctx.paces.custom.burst):
        await send_custom(house.ctx, house.caller(gus), "show", "cue", None)
    too_much = send_custom(house.ctx, house.caller(gus), "show", "cue", None)
    assert await refused(too_much) is ErrorCode.SENDING_TOO_FAST
