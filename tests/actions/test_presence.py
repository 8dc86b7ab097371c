"""Joining, leaving, being removed; and that an identity is who it says."""

from dataclasses import replace
from datetime import timedelta

from onstage.actions import presence
from onstage.actions.making import NewRoom
from onstage.actions.projects import create_project
from onstage.actions.reading import read_participant, read_participants
from onstage.actions.rooms import create_room
from onstage.actions.snapshot import take_snapshot
from onstage.actions.templates import create_template
from onstage.errors import ErrorCode
from onstage.grants import ParticipantGrant, sign
from onstage.model.filters import ParticipantFilter
from onstage.model.permission import Permission
from onstage.model.role import Level, Role
from onstage.model.template import INTERACTIVE_LIVE_STREAM, Template
from tests.support.house import TOKEN_SECRET, House
from tests.support.refusals import refused


async def test_the_same_token_again_is_the_same_participant_as_it_is_now(house: House) -> None:
    token = await house.token("vic", "viewer")
    _, first = await presence.join(house.ctx, token)
    promoted = await house.promoted(first)
    behind = await house.seq()
    _, again = await presence.join(house.ctx, token)
    assert again == promoted
    assert await house.names(behind=behind) == []


async def test_within_a_session_the_stores_role_wins_over_the_tokens(house: House) -> None:
    first = await house.join("vic", "viewer")
    again = await house.join("vic", "host")
    assert (again.id, again.role) == (first.id, "viewer")


async def test_who_left_comes_back_as_who_they_were(house: House) -> None:
    await house.join("anna", "host")
    vic = await house.join("vic", "viewer")
    await house.promoted(vic)
    await house.gone(vic)
    back = await house.join("vic", "viewer")
    assert (back.id, back.level) == (vic.id, Level.STAGE)


async def test_who_was_removed_does_not_come_back_into_the_session(house: House) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await presence.remove(house.ctx, house.caller(anna), "show", "vic")
    assert await refused(house.join("vic", "viewer")) is ErrorCode.PARTICIPANT_REMOVED
    assert await refused(presence.leave_room(house.ctx, house.caller(vic))) is ErrorCode.PARTICIPANT_REMOVED


async def test_an_identity_that_reads_like_an_id_is_nobody_elses(house: House) -> None:
    anna = await house.join("anna", "host")
    mallory = await house.join(anna.id, "viewer")
    assert mallory.id != anna.id
    assert mallory.level is Level.VIEWER
    view = (await take_snapshot(house.ctx, house.caller(mallory))).view
    assert view.me.id == mallory.id
    attempt = presence.remove(house.ctx, house.caller(mallory), "show", "anna")
    assert await refused(attempt) is ErrorCode.NOT_ON_STAGE


async def test_viewers_come_and_go_without_telling_the_others(house: House) -> None:
    await house.join("anna", "host")
    behind = await house.seq()
    vic = await house.join("vic", "viewer")
    await house.gone(vic)
    events = await house.events(behind=behind)
    assert [event.name for event in events] == ["participant.joined", "participant.left"]
    assert all(event.recipients.participant_ids == {vic.id} for event in events)


async def test_leaving_twice_is_told_once(house: House) -> None:
    await house.join("anna", "host")
    gus = await house.join("gus", "guest")
    await house.gone(gus)
    await house.gone(gus)
    assert (await house.names()).count("participant.left") == 1


async def test_a_token_for_a_room_of_another_project_finds_no_room(house: House) -> None:
    stranger, _ = await create_project(house.ctx, "stranger")
    now = house.clock.now()
    grant = ParticipantGrant(
        stranger.id, house.room.id, "vic", "Vic", "host", issued_at=now, expires_at=now + timedelta(hours=1)
    )
    assert await refused(presence.join(house.ctx, sign(grant, TOKEN_SECRET))) is ErrorCode.ROOM_NOT_FOUND
    no_project = sign(replace(grant, project_id="prj_none"), TOKEN_SECRET)
    assert await refused(presence.join(house.ctx, no_project)) is ErrorCode.TOKEN_INVALID
    unknown_role = sign(replace(grant, project_id=house.project.id, role="king"), TOKEN_SECRET)
    assert await refused(presence.join(house.ctx, unknown_role)) is ErrorCode.UNKNOWN_ROLE


async def test_an_expired_token_joins_nothing(house: House) -> None:
    token = await house.token("vic", "viewer", ttl=timedelta(seconds=30))
    await house.clock.advance(60)
    assert await refused(presence.join(house.ctx, token)) is ErrorCode.TOKEN_EXPIRED


async def test_a_full_role_takes_nobody_in(house: House) -> None:
    for n in range(9):
        await house.join(f"host-{n}", "host")
    assert await refused(house.join("host-9", "host")) is ErrorCode.STAGE_FULL


async def test_a_full_role_in_the_seats_leaves_the_room_full_and_not_the_stage(house: House) -> None:
    usual = INTERACTIVE_LIVE_STREAM
    box = Role("box", Level.AUDIENCE, frozenset(), max_participants=1)
    theatre = Template("theatre", (*usual.roles, box), usual.promote_role, usual.demote_role)
    await create_template(house.ctx, house.server, theatre)
    room = await create_room(house.ctx, house.server, NewRoom(name="opera", title="Opera", template="theatre"))
    await house.join("ada", "box", room=room.id)
    assert await refused(house.join("ben", "box", room=room.id)) is ErrorCode.ROOM_FULL


async def test_permissions_of_the_token_come_on_top_of_the_roles(house: House) -> None:
    vic = await house.join("vic", "viewer", permissions=(Permission.PARTICIPANT_LIST,))
    found = await read_participants(house.ctx, house.caller(vic), "show", after=None, limit=10)
    assert [one.id for one in found] == [vic.id]


async def test_everybody_reads_themselves_and_others_only_with_the_permission(house: House) -> None:
    await house.join("anna", "host")
    vic = await house.join("vic", "viewer")
    assert (await read_participant(house.ctx, house.caller(vic), "show", "vic")).id == vic.id
    attempt = read_participant(house.ctx, house.caller(vic), "show", "anna")
    assert await refused(attempt) is ErrorCode.PERMISSION_DENIED


async def test_lists_are_paged_and_filtered_by_level(house: House) -> None:
    for name, role in (("anna", "host"), ("gus", "guest"), ("vic", "viewer")):
        await house.join(name, role)

    async def page(after: str | None, level: Level | None = None) -> list[str]:
        which = ParticipantFilter(level=level)
        found = await read_participants(house.ctx, house.server, "show", which=which, after=after, limit=2)
        return [one.id for one in found]

    first = await page(None)
    assert len(first) == 2
    rest = await page(first[-1])
    assert len({*first, *rest}) == 3
    assert len(await page(None, Level.VIEWER)) == 1
