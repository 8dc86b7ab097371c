"""Any role to anybody: what is told, what goes with the old role, and where a demotion leads."""

from datetime import timedelta

import pytest

from onstage.actions.accepting import accept
from onstage.actions.hands import raise_hand
from onstage.actions.invites import expire_due
from onstage.actions.making import NewRoom
from onstage.actions.promotion import PromotionRequest, demote, set_role
from onstage.actions.rooms import RoomChange, create_room, update_room
from onstage.actions.templates import create_template, update_template
from onstage.actions.tokens import engine_grant
from onstage.actions.tracks import report_tracks
from onstage.errors import ErrorCode
from onstage.model.permission import Permission
from onstage.model.records import Invite, Participant, Track
from onstage.model.role import Level, MediaAllowed, PublishLimits, Role, Source
from onstage.model.template import INTERACTIVE_LIVE_STREAM, Template
from onstage.store.events import EventRow, after
from tests.support.house import House
from tests.support.refusals import refusal, refused

AT_ONCE = PromotionRequest(force=True)


async def given(
    house: House, person: Participant, role: str, *, by: Participant | None = None, asked: PromotionRequest = AT_ONCE
) -> Participant:
    caller = house.server if by is None else house.caller(by)
    done = await set_role(house.ctx, caller, person.room_id, person.id, role, asked)
    assert isinstance(done, Participant)
    return done


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("viewer", "guest", "participant.promoted"),
        ("audience", "host", "participant.promoted"),
        ("guest", "audience", "participant.demoted"),
        ("host", "viewer", "participant.demoted"),
        ("guest", "host", "participant.role_changed"),
        ("viewer", "audience", "participant.role_changed"),
        ("audience", "viewer", "participant.role_changed"),
    ],
)
async def test_what_is_told_says_which_way_it_went(house: House, before: str, after: str, told: str) -> None:
    one = await house.join("one", before)
    behind = await house.seq()
    changed = await given(house, one, after)
    [event] = await house.events(behind=behind)
    assert event.name == told
    assert event.recipients.everyone
    assert (event.data["from_role"], event.data["participant"]["role"], event.data["by"]) == (before, after, None)
    assert (changed.id, changed.role, changed.role_seq) == (one.id, after, event.seq)
    role = INTERACTIVE_LIVE_STREAM.role(after)
    assert role is not None
    assert (changed.level, changed.priority, changed.permissions) == (role.level, role.priority, role.permissions)
    assert changed.sources == role.sources


async def test_the_same_role_again_tells_nothing_and_keeps_an_invite(house: House) -> None:
    vic = await house.join("vic", "viewer")
    await house.invited(vic)
    behind = await house.seq()
    assert await given(house, vic, "viewer") == vic
    assert await house.names(behind=behind) == []


async def test_other_permissions_in_the_same_role_are_a_change(house: House) -> None:
    gus = await house.join("gus", "guest")
    asked = PromotionRequest(force=True, permissions=frozenset({Permission.POLL_CREATE}))
    changed = await given(house, gus, "guest", asked=asked)
    assert changed.permissions == {Permission.POLL_CREATE}
    assert changed.role_seq == gus.role_seq  # what is said to guests is still for them
    assert (await house.names())[-1] == "participant.role_changed"


async def test_a_demotion_leads_back_past_every_change_on_stage(house: House) -> None:
    amy = await house.join("amy", "audience")
    for role in ("guest", "host"):
        amy = await given(house, amy, role)
        assert amy.role_before == "audience"
    back = await demote(house.ctx, house.server, "show", "amy", None)
    assert (back.role, back.role_before) == ("audience", None)


async def test_a_change_in_the_seats_moves_where_a_demotion_leads(house: House) -> None:
    vic = await given(house, await house.join("vic", "viewer"), "audience")
    assert vic.role_before is None
    await house.promoted(vic)
    assert (await demote(house.ctx, house.server, "show", "vic", None)).role == "audience"


async def test_what_the_token_gave_stays_whatever_the_role(house: House) -> None:
    vic = await house.join("vic", "viewer", permissions=(Permission.POLL_CREATE,))
    for role in ("guest", "audience", "viewer"):
        vic = await given(house, vic, role)
        assert Permission.POLL_CREATE in vic.permissions
    asked = PromotionRequest(force=True, permissions=frozenset())
    assert (await given(house, vic, "guest", asked=asked)).permissions == {Permission.POLL_CREATE}


async def test_without_force_they_are_asked_and_take_the_role_by_accepting(house: House) -> None:
    anna, gus = await house.join("anna", "host"), await house.join("gus", "guest")
    asked = PromotionRequest(expires_in=timedelta(seconds=30))
    invite = await set_role(house.ctx, house.caller(anna), "show", "gus", "audience", asked)
    assert isinstance(invite, Invite)
    assert (await house.now(gus)).role == "guest"
    _, seated = await accept(house.ctx, house.caller(gus), "show", invite.id)
    assert (seated.role, seated.level) == ("audience", Level.AUDIENCE)
    event = (await house.events())[-1]
    assert (event.name, event.data["by"]) == ("participant.demoted", anna.id)


async def test_an_unanswered_invite_to_another_role_expires(house: House) -> None:
    vic = await house.join("vic", "viewer")
    await set_role(house.ctx, house.server, "show", "vic", "audience", PromotionRequest())
    await house.clock.advance(61)
    assert await expire_due(house.ctx) == 1
    assert (await house.now(vic)).role == "viewer"


async def test_nobody_is_asked_about_their_own_change(house: House) -> None:
    anna = await house.join("anna", "host")
    await house.join("eve", "host")
    changed = await given(house, anna, "guest", by=anna, asked=PromotionRequest())
    assert changed.role == "guest"


async def test_nobody_gives_a_role_above_their_own_or_takes_it(house: House) -> None:
    gus = await house.join("gus", "guest", permissions=(Permission.PARTICIPANT_SET_ROLE,))
    vic = await house.join("vic", "viewer")
    for person in (gus, vic):
        attempt = set_role(house.ctx, house.caller(gus), "show", person.id, "host", AT_ONCE)
        assert await refused(attempt) is ErrorCode.OUTRANKED
    more = PromotionRequest(force=True, permissions=frozenset({Permission.ROOM_END}))
    error = await refusal(set_role(house.ctx, house.caller(gus), "show", "vic", "guest", more))
    assert error.code is ErrorCode.PERMISSION_DENIED
    assert "room.end" in error.detail
    assert (await given(house, vic, "audience", by=gus)).role == "audience"


async def test_from_stage_to_seats_there_is_always_a_place(house: House) -> None:
    await update_room(house.ctx, house.server, "show", RoomChange(settings={"capacity": {"audience": 1}}))
    await house.join("amy", "audience")
    gus, vic = await house.join("gus", "guest"), await house.join("vic", "viewer")
    attempt = set_role(house.ctx, house.server, "show", vic.id, "audience", AT_ONCE)
    assert await refused(attempt) is ErrorCode.ROOM_FULL
    assert (await given(house, gus, "audience")).level is Level.AUDIENCE


async def test_a_full_role_takes_nobody_and_asks_nobody(house: House) -> None:
    for n in range(9):
        await house.join(f"host-{n}", "host")
    gus = await house.join("gus", "guest")
    for asked in (AT_ONCE, PromotionRequest()):
        attempt = set_role(house.ctx, house.server, "show", gus.id, "host", asked)
        assert await refused(attempt) is ErrorCode.STAGE_FULL


async def test_a_role_the_template_lacks_is_unknown(house: House) -> None:
    await house.join("vic", "viewer")
    assert await refused(set_role(house.ctx, house.server, "show", "vic", "king", AT_ONCE)) is ErrorCode.UNKNOWN_ROLE


async def test_a_hand_stays_up_between_seats_and_goes_down_on_stage(house: House) -> None:
    vic = await house.join("vic", "viewer")
    await raise_hand(house.ctx, house.caller(vic), "show")
    seated = await given(house, await house.now(vic), "audience")
    assert seated.hand_raised_at is not None
    assert (await given(house, seated, "guest")).hand_raised_at is None


async def test_tracks_of_sources_that_are_lost_end(house: House) -> None:
    gus = await house.join("gus", "guest")
    camera = Track("TR_1", Source.CAMERA, is_muted=False)
    microphone = Track("TR_2", Source.MICROPHONE, is_muted=False)
    await report_tracks(house.ctx, gus.room_id, "gus", (camera, microphone))
    asked = PromotionRequest(force=True, media_allowed=MediaAllowed.AUDIO_ONLY)
    changed = await given(house, await house.now(gus), "host", asked=asked)
    assert changed.tracks == (microphone,)
    await report_tracks(house.ctx, gus.room_id, "gus", (camera, microphone))  # the engine still has to unpublish it
    assert (await house.now(gus)).tracks == (microphone,)


async def test_of_a_viewer_who_stays_one_only_the_viewer_hears(house: House) -> None:
    room = await room_with(house, [Role("vip", Level.VIEWER, frozenset({Permission.HAND_RAISE}), priority=8)])
    vic = await house.join("vic", "viewer", room=room)
    await given(house, vic, "vip")
    event = (await events_of(house, vic))[-1]
    assert (event.name, event.recipients.everyone, event.recipients.participant_ids) == (
        "participant.role_changed",
        False,
        {vic.id},
    )
    await raise_hand(house.ctx, house.caller(vic), vic.room_id)
    await given(house, await house.now(vic), "viewer")
    assert (await events_of(house, vic))[-1].recipients.everyone


async def test_whoever_may_subscribe_to_nobody_is_held_to_it_by_the_engine(house: House) -> None:
    sends = {Source.MICROPHONE: PublishLimits()}
    roles = [
        Role("deaf", Level.STAGE, frozenset(), sends, subscribe_to=()),
        Role("panel", Level.STAGE, frozenset(), sends, subscribe_to=("panel",)),
    ]
    room = await room_with(house, roles)
    deaf, panel = await house.join("a", "deaf", room=room), await house.join("b", "panel", room=room)
    assert not engine_grant(deaf).can_subscribe
    assert engine_grant(panel).can_subscribe
    assert panel.subscribe_to == ("panel",)
    assert engine_grant(await given(house, deaf, "panel")).can_subscribe


async def test_a_seat_that_the_template_has_lost_is_replaced_by_the_templates(house: House) -> None:
    room = await room_with(house, [Role("vip", Level.AUDIENCE, frozenset())])
    vic = await house.join("vic", "vip", room=room)
    await given(house, vic, "guest")
    await update_template(house.ctx, house.server, "mine", {"roles": {"vip": None}}, if_version=None)
    assert (await demote(house.ctx, house.server, room, "vic", None)).role == "viewer"


async def room_with(house: House, roles: list[Role]) -> str:
    """A room whose template has these roles besides the usual ones."""
    usual = INTERACTIVE_LIVE_STREAM
    mine = Template("mine", (*usual.roles, *roles), usual.promote_role, usual.demote_role)
    await create_template(house.ctx, house.server, mine)
    room = await create_room(house.ctx, house.server, NewRoom(name="mine", title="Mine", template="mine"))
    return room.id


async def events_of(house: House, person: Participant) -> list[EventRow]:
    """The events of that person's room."""
    async with house.ctx.database.read() as tx:
        return await after(tx, person.room_id, 0, limit=1_000)
