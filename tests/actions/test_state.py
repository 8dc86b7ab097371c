"""The session's state: who writes what, versions, bounds, and its life."""

import asyncio
from dataclasses import replace

import pytest

from onstage.actions import rooms
from onstage.actions.making import NewRoom
from onstage.actions.state import read_key, read_state, set_state
from onstage.actions.templates import create_template
from onstage.errors import ErrorCode, OnstageError
from onstage.model.permission import Permission
from onstage.model.records import Participant
from onstage.model.state_keys import LARGEST_TOTAL_BYTES, MOST_KEYS
from onstage.model.template import BUILT_IN_TEMPLATES
from tests.support.house import House
from tests.support.refusals import refusal, refused


async def keys(house: House) -> list[str]:
    return [entry.key for entry in await read_state(house.ctx, house.server, "show")]


async def test_what_is_set_is_read_told_and_in_the_snapshot(house: House) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    behind = await house.seq()
    written = await set_state(house.ctx, house.caller(anna), "show", "scene", {"name": "intro", "step": [1, None]})
    assert (written.version, written.updated_by) == (1, anna.id)
    assert await read_key(house.ctx, house.caller(vic), "show", "scene") == written
    [event] = await house.events(behind=behind)
    assert (event.name, event.recipients.everyone) == ("state.changed", True)
    assert event.data["entry"]["value"] == {"name": "intro", "step": [1, None]}
    assert (await house.snapshot(vic))["state"] == [event.data["entry"]]


async def test_keys_are_in_the_order_of_their_characters(house: House) -> None:
    await house.join("anna", "host")
    for key in ("b", "a", "B", "a.b", "_", "Z1", "0"):
        await set_state(house.ctx, house.server, "show", key, True)
    assert await keys(house) == ["0", "B", "Z1", "_", "a", "a.b", "b"]


@pytest.mark.parametrize("value", [0, False, "", [], {}, "null", 1.5, "🎭", {"a": {"b": [1, [2, [3]]]}}])
async def test_any_json_but_null_is_a_value(house: House, value: object) -> None:
    await house.join("anna", "host")
    await set_state(house.ctx, house.server, "show", "k", value)
    found = await read_key(house.ctx, house.server, "show", "k")
    assert (found.value, type(found.value)) == (value, type(value))


async def test_null_deletes_and_there_must_be_something_to_delete(house: House) -> None:
    vic = await house.join("vic", "viewer")
    await set_state(house.ctx, house.server, "show", "k", 1)
    behind = await house.seq()
    gone = await set_state(house.ctx, house.server, "show", "k", None)
    assert (gone.value, gone.version) == (None, 2)
    [event] = await house.events(behind=behind)
    assert (event.data["entry"]["value"], event.data["entry"]["version"]) == (None, 2)
    assert await keys(house) == []
    assert (await house.snapshot(vic))["state"] == []
    for key in ("k", "never"):
        assert await refused(read_key(house.ctx, house.server, "show", key)) is ErrorCode.STATE_KEY_NOT_FOUND
        attempt = set_state(house.ctx, house.server, "show", key, None)
        assert await refused(attempt) is ErrorCode.STATE_KEY_NOT_FOUND


async def test_versions_count_on_when_a_key_is_deleted_and_comes_again(house: House) -> None:
    await house.join("anna", "host")
    versions = [(await set_state(house.ctx, house.server, "show", "k", value)).version for value in (1, 2, None, 3)]
    assert versions == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("history", "if_version", "holds"),
    [
        ((), 0, True),
        ((), 1, False),
        ((1,), 1, True),
        ((1,), 0, False),
        ((1, 2), 1, False),
        ((1, 2), 2, True),
        ((1, 2), 3, False),
        ((1, None), 0, True),  # it does not exist
        ((1, None), 2, True),  # nor since that version
        ((1, None), 1, False),
    ],
)
async def test_if_version_writes_only_what_the_writer_knew(
    house: House, history: tuple[int | None, ...], if_version: int, holds: bool
) -> None:
    await house.join("anna", "host")
    for value in history:
        await set_state(house.ctx, house.server, "show", "k", value)
    before = await read_state(house.ctx, house.server, "show")
    attempt = set_state(house.ctx, house.server, "show", "k", "new", if_version=if_version)
    if holds:
        assert (await attempt).version == len(history) + 1
    else:
        assert await refused(attempt) is ErrorCode.STATE_CONFLICT
        assert await read_state(house.ctx, house.server, "show") == before


async def test_a_conflict_tells_the_version_there_is(house: House) -> None:
    await house.join("anna", "host")
    for value in (1, 2, 3):
        await set_state(house.ctx, house.server, "show", "k", value)
    error = await refusal(set_state(house.ctx, house.server, "show", "k", 4, if_version=2))
    assert error.expected == "if_version 3"
    assert "version 3" in error.detail
    await set_state(house.ctx, house.server, "show", "k", None, if_version=3)
    error = await refusal(set_state(house.ctx, house.server, "show", "k", 4, if_version=3))
    assert error.expected == "if_version 0"


async def test_of_writers_at_once_who_knew_the_same_version_one_wins(house: House) -> None:
    people = [await house.join(name, "host") for name in ("anna", "bert", "cleo", "dora")]
    await set_state(house.ctx, house.server, "show", "k", "start")

    async def write(person: Participant) -> str:
        try:
            await set_state(house.ctx, house.caller(person), "show", "k", person.identity, if_version=1)
        except OnstageError as error:
            return error.code.code
        return person.identity

    outcomes = await asyncio.gather(*map(write, people))
    found = await read_key(house.ctx, house.server, "show", "k")
    assert sorted(outcomes) == sorted([found.value, *["state_conflict"] * 3])
    assert found.version == 2


async def test_every_unconditional_write_of_many_at_once_counts(house: House) -> None:
    await house.join("anna", "host")
    writes = (set_state(house.ctx, house.server, "show", "k", number) for number in range(20))
    assert sorted(one.version for one in await asyncio.gather(*writes)) == list(range(1, 21))


async def room_where_guests_write(house: House, *patterns: str) -> str:
    """A room on a template whose guests may write such keys."""
    built_in = BUILT_IN_TEMPLATES["interactive-live-stream"]
    roles = tuple(replace(role, state_keys=patterns) if role.name == "guest" else role for role in built_in.roles)
    await create_template(house.ctx, house.server, replace(built_in, name="writers", roles=roles))
    room = await rooms.create_room(house.ctx, house.server, NewRoom(name="w", title="w", template="writers"))
    return room.id


async def test_a_key_is_written_by_permission_and_pattern_together(house: House) -> None:
    room = await room_where_guests_write(house, "poll.*", "participant.{id}.*")
    gus = await house.join("gus", "guest", room=room, permissions=(Permission.STATE_SET,))
    eve, vic = await house.join("eve", "guest", room=room), await house.join("vic", "viewer", room=room)
    for key in ("poll.1", f"participant.{gus.id}.mood"):
        assert (await set_state(house.ctx, house.caller(gus), room, key, 1)).updated_by == gus.id
    for key in ("scene", f"participant.{eve.id}.mood"):
        error = await refusal(set_state(house.ctx, house.caller(gus), room, key, 1))
        assert error.code is ErrorCode.STATE_KEY_DENIED
        assert error.expected == "a key that matches: poll.*, participant.{id}.*"
    for person in (eve, vic):
        attempt = set_state(house.ctx, house.caller(person), room, "poll.1", 1)
        assert await refused(attempt) is ErrorCode.PERMISSION_DENIED
    assert (await set_state(house.ctx, house.server, room, "scene", 1)).updated_by is None
    assert await refused(set_state(house.ctx, house.caller(gus), room, "scene", None)) is ErrorCode.STATE_KEY_DENIED


async def test_the_permission_without_a_pattern_writes_nothing(house: House) -> None:
    vic = await house.join("vic", "viewer", permissions=(Permission.STATE_SET,))
    error = await refusal(set_state(house.ctx, house.caller(vic), "show", "k", 1))
    assert (error.code, error.expected) == (ErrorCode.STATE_KEY_DENIED, "a key that matches: none")


async def test_there_are_as_many_keys_as_may_be_and_deleting_one_makes_room(house: House) -> None:
    await house.join("anna", "host")
    for number in range(MOST_KEYS):
        await set_state(house.ctx, house.server, "show", f"k{number}", number)
    behind = await house.seq()
    error = await refusal(set_state(house.ctx, house.server, "show", "more", 1))
    assert (error.code, error.expected) == (ErrorCode.STATE_FULL, f"at most {MOST_KEYS} keys")
    assert await house.seq() == behind
    await set_state(house.ctx, house.server, "show", "k0", "changed")  # one that is there may change
    await set_state(house.ctx, house.server, "show", "k1", None)
    await set_state(house.ctx, house.server, "show", "more", 1)
    assert len(await keys(house)) == MOST_KEYS


async def test_deleted_keys_are_remembered_and_not_without_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onstage.actions.state.MOST_KEYS_EVER", 3)
    await house.join("anna", "host")
    for key in ("a", "b", "c"):
        await set_state(house.ctx, house.server, "show", key, 1)
        await set_state(house.ctx, house.server, "show", key, None)
    assert await refused(set_state(house.ctx, house.server, "show", "d", 1)) is ErrorCode.STATE_FULL
    assert (await set_state(house.ctx, house.server, "show", "a", 1)).version == 3


async def test_all_values_together_are_bounded_in_bytes(house: House) -> None:
    await house.join("anna", "host")
    large = "ü" * 4_000  # 8 002 bytes with its quotes, 8 004 with its key
    fit = LARGEST_TOTAL_BYTES // 8_004
    for number in range(fit):
        await set_state(house.ctx, house.server, "show", f"{number:02}", large)
    left = LARGEST_TOTAL_BYTES - fit * 8_004
    exact = "x" * (left - 4)
    assert await refused(set_state(house.ctx, house.server, "show", "zz", exact + "x")) is ErrorCode.STATE_FULL
    await set_state(house.ctx, house.server, "show", "zz", exact)
    assert await refused(set_state(house.ctx, house.server, "show", "a", 1)) is ErrorCode.STATE_FULL
    await set_state(house.ctx, house.server, "show", "zz", "small")
    await set_state(house.ctx, house.server, "show", "a", 1)


async def test_state_lives_with_its_session_and_its_room(house: House) -> None:
    await house.join("anna", "host")
    other = await house.another_room("other")
    await house.join("bert", "host", room=other.id)
    await set_state(house.ctx, house.server, "show", "k", 1)
    assert await read_state(house.ctx, house.server, "other") == []
    await rooms.end_room(house.ctx, house.server, "show", reason="over", lock=False)
    assert await read_state(house.ctx, house.server, "show") == []
    for attempt in (
        set_state(house.ctx, house.server, "show", "k", 1),
        read_key(house.ctx, house.server, "show", "k"),
    ):
        assert await refused(attempt) is ErrorCode.SESSION_ENDED
    await house.join("anna", "host")
    assert await read_state(house.ctx, house.server, "show") == []
    assert (await set_state(house.ctx, house.server, "show", "k", 1, if_version=0)).version == 1
