"""Bringing people on stage and sending them back: who may, whom, into what; and the code of each refusal."""

import asyncio
from datetime import timedelta

import pytest

from onstage.actions import rooms
from onstage.actions.accepting import accept
from onstage.actions.access import Caller, ServerCaller
from onstage.actions.hands import raise_hand
from onstage.actions.projects import create_project
from onstage.actions.promotion import PromotionRequest, demote, promote
from onstage.errors import ErrorCode, OnstageError
from onstage.model.permission import Permission
from onstage.model.records import Invite, Participant
from onstage.model.role import Level, MediaAllowed, Source
from tests.support.house import House
from tests.support.refusals import refusal

AT_ONCE = PromotionRequest(force=True)


async def refused(house: House, caller: Caller, participant: str, asked: PromotionRequest = AT_ONCE) -> ErrorCode:
    """The code of the refusal, which must have changed nothing."""
    before = await house.seq()
    error = await refusal(promote(house.ctx, caller, house.room.id, participant, asked))
    assert await house.seq() == before
    return error.code


async def test_a_forced_promotion_keeps_id_identity_and_name(house: House) -> None:
    vic = await house.join("vic", "viewer")
    promoted = await house.promoted(vic)
    assert (promoted.id, promoted.identity, promoted.name) == (vic.id, "vic", "Vic")
    assert (promoted.role, promoted.level) == ("guest", Level.STAGE)
    assert await house.now(vic) == promoted


async def test_a_promotion_is_told_to_the_whole_room(house: House) -> None:
    vic = await house.join("vic", "viewer")
    behind = await house.seq()
    await house.promoted(vic)
    [event] = await house.events(behind=behind)
    assert event.name == "participant.promoted"
    assert event.recipients.everyone
    assert event.data["participant"]["level"] == "stage"
    assert event.data["by"] is None


async def test_without_force_the_participant_is_asked(house: House) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    invite = await promote(house.ctx, house.caller(anna), house.room.id, "vic", PromotionRequest())
    assert isinstance(invite, Invite)
    assert (invite.participant_id, invite.invited_by) == (vic.id, anna.id)
    assert invite.expires_at - invite.created_at == timedelta(seconds=60)
    assert (await house.now(vic)).level is Level.VIEWER


@pytest.mark.parametrize(
    ("allowed", "sources"),
    [
        (MediaAllowed.AUDIO_ONLY, {Source.MICROPHONE, Source.SCREEN_SHARE_AUDIO}),
        (MediaAllowed.VIDEO_ONLY, {Source.CAMERA, Source.SCREEN_SHARE}),
        (MediaAllowed.ALL, set(Source)),
    ],
)
async def test_media_allowed_and_muted_joins_reach_the_participant(
    house: House, allowed: MediaAllowed, sources: set[Source]
) -> None:
    vic = await house.join("vic", "viewer")
    done = await house.promoted(vic, media_allowed=allowed, join_audio_muted=True, join_video_muted=True)
    assert done.sources == sources
    assert (done.is_audio_muted_on_join, done.is_video_muted_on_join) == (True, True)


async def test_permissions_given_with_a_promotion_replace_the_roles(house: House) -> None:
    vic = await house.join("vic", "viewer")
    done = await house.promoted(vic, permissions=frozenset({Permission.PARTICIPANT_MUTE}))
    assert done.permissions == {Permission.PARTICIPANT_MUTE}


async def test_somebody_in_the_seats_is_refused_as_not_on_stage(house: House) -> None:
    vic, wim = await house.join("vic", "viewer"), await house.join("wim", "audience")
    assert await refused(house, house.caller(vic), "wim") is ErrorCode.NOT_ON_STAGE
    assert await refused(house, house.caller(wim), "vic") is ErrorCode.NOT_ON_STAGE


async def test_a_seat_whose_token_has_the_permission_is_still_not_on_stage(house: House) -> None:
    vic = await house.join("vic", "viewer", permissions=(Permission.PARTICIPANT_PROMOTE,))
    await house.join("wim", "viewer")
    assert await refused(house, house.caller(vic), "wim") is ErrorCode.NOT_ON_STAGE


async def test_a_guest_on_stage_without_the_permission_is_refused(house: House) -> None:
    gus = await house.join("gus", "guest")
    await house.join("vic", "viewer")
    assert await refused(house, house.caller(gus), "vic") is ErrorCode.PERMISSION_DENIED


async def test_nobody_gives_what_they_do_not_have(house: House) -> None:
    gus = await house.join("gus", "guest", permissions=(Permission.PARTICIPANT_PROMOTE,))
    await house.join("vic", "viewer")
    host = PromotionRequest(role="host", force=True)
    assert await refused(house, house.caller(gus), "vic", host) is ErrorCode.OUTRANKED
    more = PromotionRequest(permissions=frozenset({Permission.ROOM_END}), force=True)
    assert await refused(house, house.caller(gus), "vic", more) is ErrorCode.PERMISSION_DENIED
    done = await promote(house.ctx, house.caller(gus), house.room.id, "vic", AT_ONCE)
    assert isinstance(done, Participant)


async def test_an_unknown_participant_is_not_found(house: House) -> None:
    await house.join("anna", "host")
    assert await refused(house, house.server, "nobody") is ErrorCode.PARTICIPANT_NOT_FOUND


async def test_somebody_who_left_is_not_found(house: House) -> None:
    await house.join("anna", "host")
    vic = await house.join("vic", "viewer")
    await house.gone(vic)
    assert await refused(house, house.server, "vic") is ErrorCode.PARTICIPANT_NOT_FOUND


async def test_a_participant_of_another_room_is_not_found(house: House) -> None:
    await house.join("anna", "host")
    other = await house.another_room("other")
    vic = await house.join("vic", "viewer", room=other.id)
    assert await refused(house, house.server, vic.id) is ErrorCode.PARTICIPANT_NOT_FOUND


async def test_somebody_on_stage_is_on_stage_already(house: House) -> None:
    await house.join("anna", "host")
    assert await refused(house, house.server, "anna") is ErrorCode.ALREADY_ON_STAGE
    assert await refused(house, house.server, "anna", PromotionRequest()) is ErrorCode.ALREADY_ON_STAGE


async def test_in_an_ended_room_the_session_is_over(house: House) -> None:
    anna = await house.join("anna", "host")
    await house.join("vic", "viewer")
    await rooms.end_room(house.ctx, house.server, "show", reason="over", lock=False)
    assert await refused(house, house.server, "vic") is ErrorCode.SESSION_ENDED
    assert await refused(house, house.caller(anna), "vic") is ErrorCode.SESSION_ENDED


async def test_another_projects_room_does_not_exist(house: House) -> None:
    await house.join("vic", "viewer")
    stranger, _ = await create_project(house.ctx, "stranger")
    assert await refused(house, ServerCaller(stranger.id), "vic") is ErrorCode.ROOM_NOT_FOUND


async def test_a_token_of_another_room_is_refused(house: House) -> None:
    await house.join("vic", "viewer")
    other = await house.another_room("other")
    anna = await house.join("anna", "host", room=other.id)
    assert await refused(house, house.caller(anna), "vic") is ErrorCode.TOKEN_WRONG_ROOM


async def test_a_full_stage_is_full(house: House) -> None:
    for n in range(16):
        await house.join(f"guest-{n}", "guest")
    await house.join("vic", "viewer")
    assert await refused(house, house.server, "vic") is ErrorCode.STAGE_FULL
    assert await refused(house, house.server, "vic", PromotionRequest()) is ErrorCode.STAGE_FULL


async def test_of_two_promotions_into_the_last_place_one_wins(house: House) -> None:
    for n in range(15):
        await house.join(f"guest-{n}", "guest")
    people = [await house.join(f"vic-{n}", "viewer") for n in range(4)]
    done = await asyncio.gather(*(house.promoted(one) for one in people), return_exceptions=True)
    assert sum(isinstance(one, Participant) for one in done) == 1
    losers = [one.code for one in done if isinstance(one, OnstageError)]
    assert losers == [ErrorCode.STAGE_FULL] * 3


async def test_a_role_the_template_lacks_is_named_with_those_it_has(house: House) -> None:
    await house.join("vic", "viewer")
    asked = PromotionRequest(role="king", force=True)
    error = await refusal(promote(house.ctx, house.server, "show", "vic", asked))
    assert error.code is ErrorCode.UNKNOWN_ROLE
    assert error.expected == "host, guest, audience, viewer"


async def test_a_promotion_leads_to_the_stage_and_nowhere_else(house: House) -> None:
    await house.join("vic", "viewer")
    asked = PromotionRequest(role="audience", force=True)
    assert await refused(house, house.server, "vic", asked) is ErrorCode.ROLE_NOT_ON_STAGE


async def test_a_demotion_leads_back_to_where_they_were(house: House) -> None:
    await house.join("anna", "host")
    for role in ("viewer", "audience"):
        seated = await house.join(role, role)
        await house.promoted(seated)
        back = await demote(house.ctx, house.server, "show", role, None)
        assert (back.id, back.role, back.level, back.permissions) == (
            seated.id,
            role,
            seated.level,
            seated.permissions,
        )
        assert not back.sources


async def test_who_came_as_guest_is_sent_to_the_templates_seats_or_to_the_role_named(house: House) -> None:
    await house.join("gus", "guest")
    assert (await demote(house.ctx, house.server, "show", "gus", None)).role == "viewer"
    await house.join("eve", "guest")
    assert (await demote(house.ctx, house.server, "show", "eve", "audience")).role == "audience"


async def test_everybody_may_step_down_and_only_those_with_the_permission_send_others(house: House) -> None:
    gus, eve = await house.join("gus", "guest"), await house.join("eve", "guest")
    error = await refusal(demote(house.ctx, house.caller(gus), "show", "eve", None))
    assert error.code is ErrorCode.PERMISSION_DENIED
    assert (await demote(house.ctx, house.caller(eve), "show", "eve", None)).level is Level.VIEWER
    error = await refusal(demote(house.ctx, house.caller(eve), "show", gus.id, None))
    assert error.code is ErrorCode.NOT_ON_STAGE


async def test_only_somebody_on_stage_is_sent_back_and_only_to_the_seats(house: House) -> None:
    await house.join("anna", "host")
    await house.join("vic", "viewer")
    assert (await refusal(demote(house.ctx, house.server, "show", "vic", None))).code is ErrorCode.NOT_PROMOTED
    error = await refusal(demote(house.ctx, house.server, "show", "anna", "guest"))
    assert error.code is ErrorCode.ROLE_NOT_ON_STAGE
    assert (await refusal(demote(house.ctx, house.server, "show", "anna", "king"))).code is ErrorCode.UNKNOWN_ROLE


async def test_a_promotion_takes_hand_and_open_invite_down(house: House) -> None:
    vic = await house.join("vic", "viewer")
    await raise_hand(house.ctx, house.caller(vic), "show")
    await house.invited(vic)
    behind = await house.seq()
    promoted = await house.promoted(vic)
    assert promoted.hand_raised_at is None
    assert await house.names(behind=behind) == ["hand.lowered", "invite.cancelled", "participant.promoted"]


async def test_an_acceptance_into_a_place_that_has_gone_leaves_the_invite_open(house: House) -> None:
    for n in range(15):
        await house.join(f"guest-{n}", "guest")
    vic = await house.join("vic", "viewer")
    invite = await house.invited(vic)
    last = await house.join("last", "guest")
    error = await refusal(accept(house.ctx, house.caller(vic), "show", invite.id))
    assert error.code is ErrorCode.STAGE_FULL
    await house.gone(last)
    _, promoted = await accept(house.ctx, house.caller(vic), "show", invite.id)
    assert promoted.level is Level.STAGE
