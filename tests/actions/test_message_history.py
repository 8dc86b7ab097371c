"""What is kept of chat: in snapshots, and in pages of the history, for whoever may read it."""

import pytest

from onstage.actions.message_history import HistoryQuery, read_messages
from onstage.actions.messages import pin_message
from onstage.actions.rooms import end_room
from onstage.actions.snapshot import MESSAGES_KEPT
from onstage.errors import ErrorCode
from tests.support.chat import THREE, read, say, shown
from tests.support.house import House
from tests.support.refusals import refusal, refused


class TestSnapshot:
    async def test_it_holds_the_newest_messages(self, house: House) -> None:
        vic = await house.join("vic", "viewer")
        for n in range(MESSAGES_KEPT + 3):
            await say(house, vic, str(n))
        assert await shown(house, vic) == [str(n) for n in range(3, MESSAGES_KEPT + 3)]

    async def test_what_is_said_to_a_role_pushes_nothing_out_that_is_said_to_all(self, house: House) -> None:
        """So that a change of role takes the role's messages, and brings up no older ones."""
        anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
        await say(house, anna, "to all")
        for n in range(MESSAGES_KEPT + 1):
            await say(house, anna, f"viewers {n}", to_roles=("viewer",))
        assert await shown(house, vic) == ["to all", *(f"viewers {n}" for n in range(1, MESSAGES_KEPT + 1))]
        await house.promoted(vic)
        assert await shown(house, vic) == ["to all"]


class TestHistory:
    async def test_it_is_paged_both_ways_without_a_gap_or_a_repetition(self, house: House) -> None:
        vic, wim = await house.join("vic", "viewer"), await house.join("wim", "viewer")
        for n in range(10):
            await say(house, vic, str(n))
            await say(house, wim, "not for vic", to_participant="wim")
        caller = house.caller(vic)
        older: list[str] = []
        cursor = None
        while True:
            page = await read_messages(house.ctx, caller, "show", HistoryQuery(limit=3, cursor=cursor))
            older = [one.text for one in page.messages] + older
            cursor = page.next_cursor
            if cursor is None:
                break
        assert older == [str(n) for n in range(10)]
        newer: list[str] = []
        while cursor is not None or not newer:
            query = HistoryQuery(limit=4, cursor=cursor, is_newer=True)
            page = await read_messages(house.ctx, caller, "show", query)
            newer += [one.text for one in page.messages]
            cursor = page.next_cursor
        assert newer == older

    async def test_it_goes_on_behind_a_seq(self, house: House) -> None:
        vic = await house.join("vic", "viewer")
        said = [await say(house, vic, str(n)) for n in range(4)]
        assert await read(house, vic, after_seq=said[1].seq, is_newer=True) == ["2", "3"]
        assert await read(house, vic, after_seq=said[3].seq, is_newer=True) == []

    async def test_it_is_sorted_out_by_type_and_pin(self, house: House) -> None:
        anna = await house.join("anna", "host")
        await say(house, anna, "hello")
        asked = await say(house, anna, "why?", type="question")
        await pin_message(house.ctx, house.caller(anna), "show", asked.id)
        assert await read(house, anna, type="question") == ["why?"] == await read(house, anna, is_pinned=True)
        assert await read(house, anna, is_pinned=False) == ["hello"] == await read(house, anna, type="chat")

    async def test_after_the_session_only_a_server_reads_it(self, house: House) -> None:
        vic = await house.join("vic", "viewer")
        said = await say(house, vic, "then")
        await end_room(house.ctx, house.server, "show", reason="over", lock=False)
        vic = await house.join("vic", "viewer")
        await say(house, vic, "now")
        assert await read(house, vic) == await read(house, None) == ["now"]
        assert await read(house, None, session=said.session_id) == ["then"]
        assert await read(house, vic, session=vic.session_id) == ["now"]
        assert await refused(read(house, vic, session=said.session_id)) is ErrorCode.PERMISSION_DENIED

    async def test_a_session_of_another_room_is_not_found(self, house: House) -> None:
        await house.another_room("other")
        elsewhere = await house.join("vic", "viewer", room="other")
        for session in (elsewhere.session_id, "ses_none"):
            assert await refused(read(house, None, session=session)) is ErrorCode.SESSION_NOT_FOUND

    @pytest.mark.parametrize("cursor", ["msg_none", "", "7"])
    async def test_a_cursor_that_is_none_is_refused(self, house: House, cursor: str) -> None:
        vic = await house.join("vic", "viewer")
        await say(house, vic, "hello")
        error = await refusal(read(house, vic, cursor=cursor))
        assert error.code is ErrorCode.MALFORMED
        assert [one.path for one in error.errors] == ["cursor"]

    async def test_what_one_may_not_read_is_no_cursor(self, house: House) -> None:
        anna, vic, wim = [await house.join(name, role) for name, role in THREE]
        secret = await say(house, anna, "psst", to_participant=vic.id)
        assert await refused(read(house, wim, cursor=secret.id)) is ErrorCode.MALFORMED
        assert await read(house, vic, cursor=secret.id) == []
