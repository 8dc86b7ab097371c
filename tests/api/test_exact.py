"""What is no number or truth value is not taken for one."""

from typing import Any

import pytest

from onstage.model.records import Presence
from tests.support.gateway import ServedHouse
from tests.support.problems import code


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"locked": "yes"}, "locked"),
        ({"locked": 1}, "locked"),
        ({"settings": {"capacity": {"stage": "5"}}}, "settings.capacity.stage"),
        ({"settings": {"capacity": {"stage": True}}}, "settings.capacity.stage"),
        ({"settings": {"chat": {"enabled": "off"}}}, "settings.chat.enabled"),
        ({"settings": {"join_until": 1}}, "settings.join_until"),
        ({"settings": {"join_until": "1"}}, "settings.join_until"),
    ],
)
async def test_a_room_is_made_of_what_json_says(doors: ServedHouse, body: dict[str, Any], path: str) -> None:
    answer = await doors.rest.post("/v1/rooms", json={"name": "exact"} | body)
    assert code(answer) == "malformed"
    assert [one["path"] for one in answer.json()["errors"]] == [path]
    assert (await doors.rest.get("/v1/rooms/exact")).status_code == 404


async def test_nobody_is_forced_on_stage_by_a_word(doors: ServedHouse) -> None:
    await doors.token("vic", "viewer")
    answer = await doors.rest.post("/v1/rooms/show/participants/vic/promote", json={"force": "yes"})
    assert code(answer) == "malformed"
    vic = (await doors.rest.get("/v1/rooms/show/participants/vic")).json()
    assert (vic["level"], vic["presence"]) == ("viewer", Presence.JOINED)


async def test_times_are_written_and_numbers_are_numbers(doors: ServedHouse) -> None:
    settings = {"join_until": "2100-01-01T00:00:00Z", "capacity": {"stage": 5}, "chat": {"enabled": False}}
    answer = await doors.rest.post("/v1/rooms", json={"name": "exact", "locked": True, "settings": settings})
    assert answer.status_code == 201
    made = answer.json()
    assert (made["locked"], made["settings"]["capacity"]["stage"], made["settings"]["chat"]["enabled"]) == (
        True,
        5,
        False,
    )
