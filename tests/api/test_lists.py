"""Lists: in an order that is of use, which is told, and from which no page leaves anything out."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.answers.operations import DOCUMENT
from tests.support.gateway import ServedHouse
from tests.support.problems import problem

ADMIN_SECRET = "the operator's secret, of 32 bytes or more"
ADMIN = {"Authorization": f"Bearer {ADMIN_SECRET}"}
HOOK = "https://93.184.216.34/hook"
LISTS: dict[str, tuple[str, Callable[[int], dict[str, Any]]]] = {
    "rooms": ("/v1/rooms", lambda number: {"name": f"room-{number}"}),
    "keys": ("/v1/keys", lambda number: {"name": f"key {number}"}),
    "webhooks": ("/v1/webhooks", lambda number: {"url": f"{HOOK}/{number}"}),
    "a room's webhooks": ("/v1/rooms/show/webhooks", lambda number: {"url": f"{HOOK}/{number}"}),
    "projects": ("/v1/projects", lambda number: {"name": f"project {number}"}),
}


@pytest.mark.parametrize("name", LISTS)
async def test_the_newest_is_first_and_no_page_leaves_anything_out(doors: ServedHouse, name: str) -> None:
    path, body = LISTS[name]
    doors.house.ctx.admin_secret = ADMIN_SECRET
    given: dict[str, Any] = {"auth": None, "headers": ADMIN} if name == "projects" else {}
    before = [one["id"] for one in (await doors.rest.get(path, **given)).json()["data"]]
    made = list[tuple[str, str]]()
    for number in range(6):
        if number % 2 == 0:  # two of a moment
            await doors.house.clock.advance(1)
        one = (await doors.rest.post(path, json=body(number), **given)).json()
        one = one.get("project", one.get("key", one))
        made.append((one["created_at"], one["id"]))
    expected = [*(one for _, one in sorted(made, reverse=True)), *before]
    found, cursor = list[str](), None
    while True:
        query = {"limit": 1} | ({} if cursor is None else {"cursor": cursor})
        page = (await doors.rest.get(path, params=query, **given)).json()
        found += [one["id"] for one in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == expected


async def test_a_room_that_is_deleted_between_two_pages_breaks_no_list(doors: ServedHouse) -> None:
    for number in range(3):
        await doors.house.clock.advance(1)
        await doors.rest.post("/v1/rooms", json={"name": f"room-{number}"})
    first = (await doors.rest.get("/v1/rooms", params={"limit": 2})).json()
    assert [one["name"] for one in first["data"]] == ["room-2", "room-1"]
    assert (await doors.rest.delete("/v1/rooms/room-1")).status_code == 204
    rest = (await doors.rest.get("/v1/rooms", params={"cursor": first["next_cursor"]})).json()
    assert [one["name"] for one in rest["data"]] == ["room-0", "show"]


@pytest.mark.parametrize(
    ("path", "cursor"),
    [
        ("/v1/rooms", "rm_00000000000000000000"),
        ("/v1/keys", "key_00000000000000000000"),
        ("/v1/webhooks", "wh_00000000000000000000"),
        ("/v1/projects", "prj_00000000000000000000"),
    ],
)
async def test_a_cursor_of_nothing_is_refused(doors: ServedHouse, path: str, cursor: str) -> None:
    doors.house.ctx.admin_secret = ADMIN_SECRET
    given: dict[str, Any] = {"auth": None, "headers": ADMIN} if path == "/v1/projects" else {}
    found = problem(await doors.rest.get(path, params={"cursor": cursor}, **given))
    assert (found["code"], [one["path"] for one in found["errors"]]) == ("malformed", ["cursor"])


def test_every_list_says_its_order() -> None:
    lists = {
        name: one.raw["description"]
        for name, one in DOCUMENT.operations.items()
        if "Page_" in str(one.raw["responses"].get("200"))
    }
    assert len(lists) >= 19
    assert {name for name, text in lists.items() if re.search(r"\b(first|order|then)\b", text) is None} == set()
