"""Rooms: made, changed, locked, ended; sessions open and close with people."""

import asyncio
from typing import Any

from onstage.actions import presence
from onstage.actions.access import ServerCaller
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.hands import raise_hand
from onstage.actions.making import NewRoom
from onstage.actions.messages import send_message
from onstage.actions.projects import create_project
from onstage.actions.reading import read_hands, read_invites, read_participants, read_room, read_rooms
from onstage.actions.rooms import RoomChange, create_room, end_room, update_room
from onstage.errors import ErrorCode, OnstageError
from onstage.model.filters import RoomFilter
from onstage.model.records import Counts, Presence
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from onstage.model.views import CountsView
from tests.support.house import House
from tests.support.refusals import refused


def new(name: str, template: str = INTERACTIVE_LIVE_STREAM.name) -> NewRoom:
    return NewRoom(name=name, title="", template=template)


async def test_a_room_is_titled_by_its_name_when_it_has_no_title(house: House) -> None:
    assert (await create_room(house.ctx, house.server, new("talk"))).title == "talk"


async def test_a_name_is_unique_in_its_project_only(house: House) -> None:
    assert await refused(create_room(house.ctx, house.server, new("show"))) is ErrorCode.ROOM_NAME_TAKEN
    stranger, _ = await create_project(house.ctx, "stranger")
    assert (await create_room(house.ctx, ServerCaller(stranger.id), new("show"))).name == "show"


async def test_a_rename_to_a_taken_name_is_refused_and_to_its_own_is_fine(house: House) -> None:
    await house.another_room("other")
    attempt = update_room(house.ctx, house.server, "show", RoomChange(name="other"))
    assert await refused(attempt) is ErrorCode.ROOM_NAME_TAKEN
    assert (await update_room(house.ctx, house.server, "show", RoomChange(name="show"))).name == "show"


async def test_an_unknown_template_is_refused(house: House) -> None:
    assert await refused(create_room(house.ctx, house.server, new("x", "no such"))) is ErrorCode.TEMPLATE_NOT_FOUND


async def test_a_change_leaves_what_it_does_not_name(house: House) -> None:
    await update_room(house.ctx, house.server, "show", RoomChange(metadata={"a": 1}))
    changed = await update_room(house.ctx, house.server, "show", RoomChange(is_locked=True))
    assert (changed.name, changed.title, changed.metadata, changed.is_locked) == ("show", "The show", {"a": 1}, True)


async def test_only_a_server_makes_and_lists_rooms(house: House) -> None:
    anna = house.caller(await house.join("anna", "host"))
    assert await refused(create_room(house.ctx, anna, new("x"))) is ErrorCode.PERMISSION_DENIED
    assert await refused(read_rooms(house.ctx, anna, after=None, limit=10)) is ErrorCode.PERMISSION_DENIED


async def test_a_host_changes_the_room_and_a_guest_does_not(house: House) -> None:
    anna, gus = await house.join("anna", "host"), await house.join("gus", "guest")
    await update_room(house.ctx, house.caller(anna), "show", RoomChange(title="Tonight"))
    attempt = update_room(house.ctx, house.caller(gus), "show", RoomChange(title="Mine"))
    assert await refused(attempt) is ErrorCode.PERMISSION_DENIED


async def test_a_locked_room_lets_nobody_new_in_and_keeps_those_inside(house: House) -> None:
    anna = await house.join("anna", "host")
    await update_room(house.ctx, house.server, "show", RoomChange(is_locked=True))
    assert await refused(presence.join(house.ctx, await house.token("vic", "viewer"))) is ErrorCode.ROOM_LOCKED
    _, again = await presence.join(house.ctx, await house.token("anna", "host"))
    assert again.id == anna.id


async def test_the_first_to_join_opens_the_session_and_the_last_to_leave_closes_it(house: House) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    assert (await house.names())[1:3] == ["session.started", "participant.joined"]
    await house.gone(anna)
    assert await house.has_session()
    await house.gone(vic)
    assert not await house.has_session()
    assert (await house.events())[-1].data["session"]["end_reason"] == "empty"


async def test_the_next_join_opens_another_session_with_new_participants(house: House) -> None:
    before = await house.join("anna", "host")
    await house.gone(before)
    after = await house.join("anna", "host")
    assert after.id != before.id
    assert after.session_id != before.session_id


async def test_ending_a_room_sends_everybody_off_and_tells_it_once(house: House) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await raise_hand(house.ctx, house.caller(vic), "show")
    behind = await house.seq()
    await end_room(house.ctx, house.caller(anna), "show", reason="that was it", lock=False)
    assert await house.names(behind=behind) == ["room.ended", "session.ended"]
    assert [(await house.now(one)).presence for one in (anna, vic)] == [Presence.LEFT] * 2
    assert (await house.now(vic)).hand_raised_at is None


async def test_a_room_ended_with_lock_stays_shut(house: House) -> None:
    await house.join("anna", "host")
    ended = await end_room(house.ctx, house.server, "show", reason="over", lock=True)
    assert ended.is_locked
    assert await refused(presence.join(house.ctx, await house.token("anna", "host"))) is ErrorCode.ROOM_LOCKED


async def test_when_the_session_is_over_changes_are_refused_and_lists_are_empty(
    house: House,
) -> None:
    anna = await house.join("anna", "host")
    await end_room(house.ctx, house.server, "show", reason="over", lock=False)
    assert await refused(end_room(house.ctx, house.server, "show", reason="", lock=False)) is ErrorCode.SESSION_ENDED
    assert await refused(send_message(house.ctx, house.caller(anna), "show", "hi")) is ErrorCode.SESSION_ENDED
    assert await read_hands(house.ctx, house.server, "show") == []
    assert await read_invites(house.ctx, house.server, "show") == []
    assert await read_participants(house.ctx, house.server, "show", after=None, limit=5) == []


async def test_rooms_are_found_by_name_template_lock_and_people(house: House) -> None:
    await create_room(house.ctx, house.server, new("Talk-1"))
    await create_room(house.ctx, house.server, new("talk-2", "webinar"))
    await create_room(house.ctx, house.server, new("a_talk"))
    await update_room(house.ctx, house.server, "talk-2", RoomChange(is_locked=True))
    await house.join("anna", "host")

    async def found(**which: Any) -> set[str]:
        page = await read_rooms(house.ctx, house.server, after=None, limit=10, which=RoomFilter(**which))
        return {room.name for room in page}

    assert await found(name_prefix="talk-") == {"Talk-1", "talk-2"}
    assert await found(name_contains="TALK") == {"Talk-1", "talk-2", "a_talk"}
    assert await found(name_contains="a_") == {"a_talk"}  # no wildcards
    assert await found(template="webinar") == {"talk-2"}
    assert await found(is_locked=True) == {"talk-2"}
    assert await found(is_locked=False, name_prefix="talk") == {"Talk-1"}
    assert await found(is_active=True) == {"show"}
    assert await found(is_active=False) == {"Talk-1", "talk-2", "a_talk"}


async def test_a_room_is_read_with_what_goes_on_in_it(house: House) -> None:
    idle = await read_room(house.ctx, house.server, "show")
    assert (idle.session, idle.counts, idle.broadcast) == (None, CountsView.of(Counts()), None)
    anna = await house.join("anna", "host")
    await house.join("vic", "viewer")
    show = await start_broadcast(house.ctx, house.server, "show", NewBroadcast())
    busy = await read_room(house.ctx, house.caller(anna), "show")
    assert busy.session is not None
    assert busy.session.id == anna.session_id
    assert busy.counts == CountsView.of(Counts(stage=1, viewer=1))
    assert busy.broadcast == show


async def test_of_many_who_make_a_room_of_one_name_one_does(house: House) -> None:
    attempts = (create_room(house.ctx, house.server, new("talk")) for _ in range(5))
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    refusals = [one.code for one in outcomes if isinstance(one, OnstageError)]
    assert refusals == [ErrorCode.ROOM_NAME_TAKEN] * 4


async def test_of_two_rooms_that_take_one_name_one_gets_it(house: House) -> None:
    other = await house.another_room("other")
    renames = (update_room(house.ctx, house.server, one, RoomChange(name="talk")) for one in ("show", other.id))
    outcomes = await asyncio.gather(*renames, return_exceptions=True)
    assert [one.code for one in outcomes if isinstance(one, OnstageError)] == [ErrorCode.ROOM_NAME_TAKEN]
