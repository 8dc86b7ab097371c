"""Chat: who hears and reads what, in which order, how it is taken back and pinned, and who may not say more now."""

from collections.abc import Awaitable

from onstage.actions import presence
from onstage.actions.messages import (
    MOST_PINNED,
    SERVER_NAME,
    delete_message,
    pin_message,
    send_message,
    unpin_message,
)
from onstage.actions.rooms import end_room
from onstage.actions.snapshot import MESSAGES_KEPT
from onstage.errors import ErrorCode
from onstage.model.permission import Permission
from onstage.model.records import Message, Participant
from tests.support.chat import THREE, chat_is, mute, read, say, shown
from tests.support.house import House
from tests.support.refusals import refusal, refused


async def test_what_is_said_is_kept_in_order_and_told_to_all(house: House) -> None:
    vic = await house.join("vic", "viewer")
    for text in ("one", "two", "three"):
        await say(house, vic, text)
    assert await read(house, None, limit=2) == ["two", "three"]
    event = (await house.events())[-1]
    assert event.recipients.everyone
    assert event.data["message"]["sender_name"] == "Vic"
    assert event.data["message"]["seq"] == event.seq


async def test_messages_are_in_the_order_of_their_events_whatever_the_clocks_say(house: House) -> None:
    """Two servers' clocks differ; the numbers don't."""
    vic = await house.join("vic", "viewer")
    await say(house, vic, "first")
    house.clock.differ_by(-30)
    await say(house, house.server, "second")
    assert await read(house, vic) == ["first", "second"] == await shown(house, vic)


async def test_markup_in_a_message_stays_what_was_said(house: House) -> None:
    text = "<script>alert('x')</script> & \u202e"
    vic = await house.join("vic", "viewer")
    assert (await say(house, vic, text)).text == text
    assert await shown(house, vic) == [text]


async def test_a_server_speaks_under_a_name_of_its_choice(house: House) -> None:
    vic = await house.join("vic", "viewer")
    await say(house, house.server, "hello")
    await say(house, house.server, "welcome", sender_name="The crew")
    messages = (await house.snapshot(vic))["messages"]
    assert [(one["sender_id"], one["sender_name"]) for one in messages] == [(None, SERVER_NAME), (None, "The crew")]
    error = await refusal(say(house, vic, "I am the crew", sender_name="The crew"))
    assert error.code is ErrorCode.PERMISSION_DENIED


class TestRecipients:
    async def test_a_role_reads_what_is_said_to_it_and_so_does_the_sender(self, house: House) -> None:
        people = {role: await house.join(role, role) for role in ("host", "guest", "audience", "viewer")}
        await say(house, people["viewer"], "to the stage", to_roles=("host", "guest"))
        for role, person in people.items():
            expected = [] if role == "audience" else ["to the stage"]
            assert await shown(house, person) == await read(house, person) == expected, role
        event = (await house.events())[-1]
        assert event.recipients.roles == {"host", "guest"}
        assert event.recipients.participant_ids == {people["viewer"].id}

    async def test_one_person_reads_what_is_said_to_them(self, house: House) -> None:
        anna, vic, wim = [await house.join(name, role) for name, role in THREE]
        said = await say(house, anna, "psst", to_participant="vic")
        assert said.to_participant == vic.id
        assert await shown(house, vic) == await shown(house, anna) == ["psst"]
        assert await shown(house, wim) == await read(house, wim) == []
        assert await read(house, None) == ["psst"]
        assert (await house.events())[-1].recipients.participant_ids == {anna.id, vic.id}

    async def test_a_servers_words_to_a_role_reach_it(self, house: House) -> None:
        vic, anna = await house.join("vic", "viewer"), await house.join("anna", "host")
        await say(house, house.server, "to the seats", to_roles=("viewer",))
        assert (await shown(house, vic), await shown(house, anna)) == (["to the seats"], [])

    async def test_roles_and_people_that_are_not_there_are_refused(self, house: House) -> None:
        vic = await house.join("vic", "viewer")
        gone = await house.join("gone", "viewer")
        await presence.leave_room(house.ctx, house.caller(gone))
        assert await refused(say(house, vic, "x", to_roles=("viewer", "king"))) is ErrorCode.UNKNOWN_ROLE
        assert await refused(say(house, vic, "x", to_roles=("Viewer",))) is ErrorCode.UNKNOWN_ROLE
        for nobody in ("nobody", "gone", gone.id):
            assert await refused(say(house, vic, "x", to_participant=nobody)) is ErrorCode.PARTICIPANT_NOT_FOUND
        assert await read(house, None) == []

    async def test_who_comes_into_a_role_reads_what_is_said_to_it_from_then_on(self, house: House) -> None:
        anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
        await say(house, anna, "guests, before", to_roles=("guest",))
        await say(house, anna, "viewers, before", to_roles=("viewer",))
        assert await shown(house, vic) == ["viewers, before"]
        await house.promoted(vic)
        await say(house, anna, "guests, after", to_roles=("guest",))
        await say(house, anna, "viewers, after", to_roles=("viewer",))
        assert await shown(house, vic) == await read(house, vic) == ["guests, after"]
        newcomer = await house.join("gus", "guest")
        assert await shown(house, newcomer) == []

    async def test_ones_own_words_to_a_role_stay_ones_own(self, house: House) -> None:
        await house.join("anna", "host")
        vic = await house.join("vic", "viewer")
        await say(house, vic, "fellow viewers", to_roles=("viewer",))
        await house.promoted(vic)
        assert await shown(house, vic) == ["fellow viewers"]


class TestDeletion:
    async def test_nothing_keeps_the_text_of_a_deleted_message(self, house: House) -> None:
        anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
        said = await say(house, vic, "regret", metadata={"also": "regret"})
        await pin_message(house.ctx, house.caller(anna), "show", said.id)
        await unpin_message(house.ctx, house.caller(anna), "show", said.id)
        await pin_message(house.ctx, house.caller(anna), "show", said.id)
        await delete_message(house.ctx, house.caller(vic), "show", said.id)
        events = await house.events()
        assert "regret" not in str([event.data for event in events])
        assert "regret" not in str([await house.snapshot(anna), await read(house, None)])
        [kept] = (await house.snapshot(vic))["messages"]
        assert (kept["id"], kept["deleted"], kept["pinned"]) == (said.id, True, False)
        told = events[-1]
        assert (told.name, told.data["by"], told.data["message"]) == ("message.deleted", vic.id, kept)

    async def test_only_its_readers_hear_of_it(self, house: House) -> None:
        anna, vic, wim = [await house.join(name, role) for name, role in THREE]
        said = await say(house, anna, "psst", to_participant="vic")
        assert await refused(_delete(house, wim, said)) is ErrorCode.MESSAGE_NOT_FOUND
        await _delete(house, anna, said)
        assert (await house.events())[-1].recipients.participant_ids == {anna.id, vic.id}

    async def test_others_messages_take_the_permission_and_the_rank(self, house: House) -> None:
        anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
        moderator = await house.join("mod", "guest", permissions=(Permission.MESSAGE_DELETE,))
        gus, seated = await house.join("gus", "guest"), await house.join("sam", "audience")
        of_anna, of_vic = await say(house, anna, "anna's"), await say(house, vic, "vic's")
        assert await refused(_delete(house, gus, of_vic)) is ErrorCode.PERMISSION_DENIED
        assert await refused(_delete(house, seated, of_vic)) is ErrorCode.NOT_ON_STAGE
        await _delete(house, moderator, of_vic)
        assert await refused(_delete(house, moderator, of_anna)) is ErrorCode.OUTRANKED
        await presence.leave_room(house.ctx, house.caller(anna))
        await _delete(house, moderator, of_anna)
        assert await read(house, None) == ["", ""]

    async def test_ones_own_takes_nothing_and_twice_is_once(self, house: House) -> None:
        vic = await house.join("vic", "viewer")
        said = await say(house, vic, "oops")
        await mute(house, vic)
        await _delete(house, vic, said)
        before = await house.seq()
        await _delete(house, vic, said)
        assert await house.seq() == before

    async def test_a_server_deletes_whatever_was_said_in_the_room(self, house: House) -> None:
        vic = await house.join("vic", "viewer")
        said = await say(house, vic, "then")
        await end_room(house.ctx, house.server, "show", reason="over", lock=False)
        vic = await house.join("vic", "viewer")
        assert await refused(_delete(house, vic, said)) is ErrorCode.MESSAGE_NOT_FOUND
        await delete_message(house.ctx, house.server, "show", said.id)
        assert await read(house, None, session=said.session_id) == [""]
        await house.another_room("other")
        elsewhere = delete_message(house.ctx, house.server, "other", said.id)
        assert await refused(elsewhere) is ErrorCode.MESSAGE_NOT_FOUND


def _delete(house: House, by: Participant, message: Message) -> Awaitable[Message]:
    return delete_message(house.ctx, house.caller(by), "show", message.id)


class TestPins:
    async def test_they_are_in_the_order_of_what_was_said_however_old(self, house: House) -> None:
        anna = await house.join("anna", "host")
        said = [await say(house, anna, str(n)) for n in range(MESSAGES_KEPT + 2)]
        for one in (said[1], said[0]):
            await pin_message(house.ctx, house.caller(anna), "show", one.id)
        assert [one["text"] for one in (await house.snapshot(anna))["pinned"]] == ["0", "1"]
        before = await house.seq()
        await pin_message(house.ctx, house.caller(anna), "show", said[0].id)
        assert await house.seq() == before, "pinned already"
        for _ in range(2):
            await unpin_message(house.ctx, house.server, "show", said[0].id)
        assert [one["text"] for one in (await house.snapshot(anna))["pinned"]] == ["1"]
        assert await house.names(behind=before) == ["message.unpinned"]

    async def test_only_what_everybody_reads_is_pinned(self, house: House) -> None:
        anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
        to_role = await say(house, anna, "viewers", to_roles=("viewer",))
        to_one = await say(house, anna, "vic", to_participant="vic")
        deleted = await say(house, vic, "gone")
        await _delete(house, vic, deleted)
        for one in (to_role, to_one, deleted):
            pin = pin_message(house.ctx, house.caller(anna), "show", one.id)
            assert await refused(pin) is ErrorCode.MESSAGE_NOT_PINNABLE

    async def test_they_are_so_many_and_no_more(self, house: House) -> None:
        anna = await house.join("anna", "host")
        said = [await say(house, anna, str(n)) for n in range(MOST_PINNED + 1)]
        for one in said[:MOST_PINNED]:
            await pin_message(house.ctx, house.caller(anna), "show", one.id)
        over = pin_message(house.ctx, house.server, "show", said[-1].id)
        assert await refused(over) is ErrorCode.TOO_MANY_PINNED
        await _delete(house, anna, said[0])
        await pin_message(house.ctx, house.server, "show", said[-1].id)
        assert len((await house.snapshot(anna))["pinned"]) == MOST_PINNED

    async def test_they_take_the_permission(self, house: House) -> None:
        gus, vic = await house.join("gus", "guest"), await house.join("vic", "viewer")
        said = await say(house, vic, "hello")
        assert await refused(pin_message(house.ctx, house.caller(gus), "show", said.id)) is ErrorCode.PERMISSION_DENIED
        assert await refused(pin_message(house.ctx, house.caller(vic), "show", said.id)) is ErrorCode.NOT_ON_STAGE

    async def test_what_was_said_in_an_older_session_is_not_pinned(self, house: House) -> None:
        said = await say(house, await house.join("vic", "viewer"), "then")
        await end_room(house.ctx, house.server, "show", reason="over", lock=False)
        await house.join("vic", "viewer")
        assert await refused(pin_message(house.ctx, house.server, "show", said.id)) is ErrorCode.MESSAGE_NOT_FOUND


class TestLimits:
    async def test_slow_mode_holds_for_everybody_but_moderators_and_the_server(self, house: House) -> None:
        anna, vic, wim = [await house.join(name, role) for name, role in THREE]
        await say(house, vic, "before")  # a second ago
        await chat_is(house, slow_mode_s=10)
        error = await refusal(say(house, vic, "too soon"))
        assert (error.code, error.retry_after_s) == (ErrorCode.SLOW_MODE, 9)
        await say(house, wim, "my first")
        for by in (anna, anna, house.server, house.server):
            await say(house, by, "as often as I like")
        await house.clock.advance(4)
        await say(house, vic, "in time")

    async def test_a_deleted_message_does_not_shorten_the_wait(self, house: House) -> None:
        vic = await house.join("vic", "viewer")
        await chat_is(house, slow_mode_s=60)
        await _delete(house, vic, await say(house, vic, "x"))
        assert await refused(say(house, vic, "y")) is ErrorCode.SLOW_MODE

    async def test_chat_that_is_off_is_for_moderators_and_the_server(self, house: House) -> None:
        anna, vic, _ = [await house.join(name, role) for name, role in THREE]
        seated = await house.join("sam", "audience", permissions=(Permission.MESSAGE_DELETE,))
        await chat_is(house, enabled=False)
        for one in (vic, seated):
            assert await refused(say(house, one, "x")) is ErrorCode.CHAT_DISABLED
        for by in (anna, house.server):
            await say(house, by, "closed")
        await chat_is(house, enabled=True)
        await say(house, vic, "open again")

    async def test_who_is_muted_says_nothing_to_anybody(self, house: House) -> None:
        anna, vic, _ = [await house.join(name, role) for name, role in THREE]
        await mute(house, vic)
        await mute(house, anna)
        for attempt in (say(house, vic, "x"), say(house, vic, "x", to_participant="anna"), say(house, anna, "x")):
            assert await refused(attempt) is ErrorCode.CHAT_MUTED

    async def test_one_person_cannot_flood_and_does_not_slow_the_others(self, house: House) -> None:
        vic, wim = await house.join("vic", "viewer"), await house.join("wim", "viewer")
        pace = house.ctx.paces.messages
        for n in range(pace.burst):
            await send_message(house.ctx, house.caller(vic), "show", str(n))
        error = await refusal(send_message(house.ctx, house.caller(vic), "show", "too much"))
        assert (error.code, error.retry_after_s) == (ErrorCode.SENDING_TOO_FAST, 1)
        await send_message(house.ctx, house.caller(wim), "show", "me too")
        for n in range(pace.burst + 1):
            await send_message(house.ctx, house.server, "show", str(n))
        await house.clock.advance(1 / pace.per_s)
        await send_message(house.ctx, house.caller(vic), "show", "again")
        assert await refused(send_message(house.ctx, house.caller(vic), "show", "x")) is ErrorCode.SENDING_TOO_FAST
