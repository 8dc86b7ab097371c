"""What a room is set to: by its template, by whoever makes it, and by merge patches later (RFC 7396)."""

from dataclasses import replace
from typing import Any

import pytest

from onstage.actions.making import NewRoom
from onstage.actions.rooms import RoomChange, create_room, update_room
from onstage.actions.templates import create_template
from onstage.errors import ErrorCode, OnstageError
from onstage.model.merge_patch import merged
from onstage.model.records import Room
from onstage.model.room_settings import Capacity, ChatSettings, RoomSettings
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from tests.support.house import House
from tests.support.refusals import refused

STRICT = replace(
    INTERACTIVE_LIVE_STREAM,
    name="strict",
    settings=RoomSettings(capacity=Capacity(stage=4, viewer=50), chat=ChatSettings(slow_mode_s=10)),
)


async def patched(house: House, **patch: Any) -> Room:
    return await update_room(house.ctx, house.server, "show", RoomChange(settings=patch))


@pytest.mark.parametrize(
    ("target", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merging_does_as_the_rfcs_own_examples(target: Any, patch: Any, expected: Any) -> None:
    """Appendix A of RFC 7396, all of it."""
    assert merged(target, patch) == expected


async def test_a_patch_changes_what_it_names_and_leaves_the_rest(house: House) -> None:
    await patched(house, capacity={"stage": 5, "viewer": 100}, idle_end_s=60)
    settings = (await patched(house, capacity={"viewer": 7}, chat={"enabled": False})).settings
    assert settings == RoomSettings(
        capacity=Capacity(stage=5, viewer=7), chat=ChatSettings(enabled=False), idle_end_s=60
    )


async def test_null_is_the_default_for_one_field_and_for_many(house: House) -> None:
    await patched(house, capacity={"stage": 5, "viewer": 100}, idle_end_s=60, chat={"enabled": False})
    assert (await patched(house, capacity={"stage": None}, idle_end_s=None)).settings == RoomSettings(
        capacity=Capacity(viewer=100), chat=ChatSettings(enabled=False)
    )
    assert (await patched(house, capacity=None, chat=None)).settings == RoomSettings()


async def test_a_room_begins_as_its_template_says_but_for_what_is_given(house: House) -> None:
    await create_template(house.ctx, house.server, STRICT)
    new = NewRoom("talk", "", "strict", settings={"capacity": {"stage": 9}})
    room = await create_room(house.ctx, house.server, new)
    assert room.settings == RoomSettings(capacity=Capacity(stage=9, viewer=50), chat=ChatSettings(slow_mode_s=10))
    back = RoomChange(settings={"capacity": {"stage": None}, "chat": {"slow_mode_s": 0}})
    assert (await update_room(house.ctx, house.server, "talk", back)).settings == RoomSettings(
        capacity=Capacity(stage=4, viewer=50)
    )


async def test_settings_that_do_not_go_together_are_refused_and_change_nothing(house: House) -> None:
    await patched(house, join_until="2026-01-01T10:00:00Z")
    with pytest.raises(OnstageError) as caught:
        await patched(house, join_from="2026-01-01T10:00:00Z", idle_end_s=60)
    assert caught.value.code is ErrorCode.MALFORMED
    assert [(one.path, one.problem) for one in caught.value.errors] == [
        ("settings", "join_until must be after join_from")
    ]
    assert (await patched(house)).settings.idle_end_s is None


async def test_a_change_of_settings_is_told_whole(house: House) -> None:
    behind = await house.seq()
    await patched(house, capacity={"stage": 5})
    [event] = await house.events(behind=behind)
    assert event.name == "room.updated"
    assert event.data["room"]["settings"]["capacity"] == {
        "stage": 5,
        "audience": None,
        "viewer": None,
        "total": None,
    }


async def test_the_template_changes_while_nobody_is_there(house: House) -> None:
    change = RoomChange(template="webinar")
    assert (await update_room(house.ctx, house.server, "show", change)).template == "webinar"
    amy = await house.join("amy", "attendee")
    back = RoomChange(template=INTERACTIVE_LIVE_STREAM.name)
    assert await refused(update_room(house.ctx, house.server, "show", back)) is ErrorCode.ROOM_IN_USE
    assert (await update_room(house.ctx, house.server, "show", change)).template == "webinar"  # no change
    await house.gone(amy)
    await update_room(house.ctx, house.server, "show", back)
    unknown = RoomChange(template="no such")
    assert await refused(update_room(house.ctx, house.server, "show", unknown)) is ErrorCode.TEMPLATE_NOT_FOUND
