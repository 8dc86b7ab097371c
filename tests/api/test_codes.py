"""Room codes: counted, bounded, leniently read, and taken back by whoever could have made them."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from onstage.clock import rfc3339
from onstage.model.ids import canonical_code
from tests.support.gateway import ServedHouse
from tests.support.problems import code, problem

CODES = "/v1/rooms/show/codes"


async def made(doors: ServedHouse, role: str = "viewer", **more: Any) -> dict[str, Any]:
    answer = await doors.rest.post(CODES, json={"role": role, **more})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def join(doors: ServedHouse, link: str) -> httpx.Response:
    return await doors.rest.post("/v1/join", json={"code": link, "name": "Sam"}, auth=None)


async def listed(doors: ServedHouse, link: str) -> dict[str, Any]:
    found = (await doors.rest.get(CODES)).json()["data"]
    return next(one for one in found if one["code"] == link)


async def test_every_use_is_counted_and_a_rejoin_is_none(doors: ServedHouse) -> None:
    link = (await made(doors))["code"]
    first = (await join(doors, link)).json()
    await doors.house.clock.advance(10)
    await join(doors, link)
    again = await doors.rest.post("/v1/join", json={"token": first["token"]}, auth=None)
    assert again.status_code == 200
    kept = await listed(doors, link)
    assert (kept["uses"], kept["max_uses"], kept["last_used_at"]) == (2, None, rfc3339(doors.house.clock.now()))


async def test_of_many_who_come_at_once_only_so_many_get_in(doors: ServedHouse) -> None:
    link = (await made(doors, max_uses=3))["code"]
    answers = await asyncio.gather(*(join(doors, link) for _ in range(8)))
    assert sorted(one.status_code for one in answers) == [200] * 3 + [409] * 5
    assert {code(one) for one in answers if one.status_code == 409} == {"room_code_used_up"}
    assert (await listed(doors, link))["uses"] == 3


async def test_who_is_not_let_in_used_nothing(doors: ServedHouse) -> None:
    link = (await made(doors, max_uses=1))["code"]
    await doors.rest.patch("/v1/rooms/show", json={"locked": True})
    assert code(await join(doors, link)) == "room_locked"
    assert (await listed(doors, link))["uses"] == 0
    await doors.rest.patch("/v1/rooms/show", json={"locked": False})
    assert (await join(doors, link)).status_code == 200


async def test_who_came_by_the_last_use_may_come_back(doors: ServedHouse) -> None:
    link = (await made(doors, max_uses=1))["code"]
    joined = (await join(doors, link)).json()
    assert code(await join(doors, link)) == "room_code_used_up"
    again = await doors.rest.post("/v1/join", json={"token": joined["token"]}, auth=None)
    assert again.json()["participant"]["id"] == joined["participant"]["id"]


async def test_a_token_of_a_code_that_is_used_up_makes_no_newcomer(doors: ServedHouse) -> None:
    """Two read the code while there was one use left: it is the joining that counts."""
    link = (await made(doors, max_uses=1))["code"]
    joined = (await join(doors, link)).json()
    await doors.rest.post("/v1/rooms/show/end", json={})
    late = await doors.rest.post("/v1/join", json={"token": joined["token"]}, auth=None)
    assert code(late) == "room_code_used_up"


async def test_a_code_expires(doors: ServedHouse) -> None:
    link = (await made(doors, expires_at=rfc3339(doors.house.clock.now() + timedelta(minutes=1))))["code"]
    joined = (await join(doors, link)).json()
    await doors.house.clock.advance(60)
    assert code(await join(doors, link)) == "room_code_expired"
    await doors.rest.post("/v1/rooms/show/end", json={})
    assert code(await doors.rest.post("/v1/join", json={"token": joined["token"]}, auth=None)) == "room_code_expired"


async def test_a_deleted_code_lets_nobody_in_and_throws_nobody_out(doors: ServedHouse) -> None:
    link = (await made(doors))["code"]
    joined = (await join(doors, link)).json()
    assert (await doors.rest.delete(f"{CODES}/{link.upper()}")).status_code == 204
    assert code(await join(doors, link)) == "room_code_not_found"
    assert await doors.house.has_session()
    again = await doors.rest.post("/v1/join", json={"token": joined["token"]}, auth=None)
    assert again.status_code == 200
    await doors.rest.post("/v1/rooms/show/end", json={})
    assert code(await doors.rest.post("/v1/join", json={"token": joined["token"]}, auth=None)) == "room_code_not_found"


async def test_a_code_is_read_as_people_type_it(doors: ServedHouse) -> None:
    link = (await made(doors))["code"]
    plain = link.replace("-", "")
    for typed in (link.upper(), plain, f"  {link}\n", plain.replace("0", "O").replace("1", "l"), " ".join(plain)):
        assert (await join(doors, typed)).status_code == 200, typed


@pytest.mark.parametrize("typed", ["", "-", "q3f", "q3f-8mzk-2vtx", "🎭" * 10, "q3f-8mzk-2vu", "x" * 64])
async def test_what_is_no_code_finds_nothing(doors: ServedHouse, typed: str) -> None:
    assert code(await join(doors, typed)) == "room_code_not_found"


def test_a_code_keeps_its_form() -> None:
    assert canonical_code("Q3F8MZK2VT") == canonical_code("q3f-8mzk-2vt") == "q3f-8mzk-2vt"
    assert canonical_code("OIL-oil0-111") == "011-0110-111"
    assert canonical_code("q3f-8mzk-2vu") is None, "no such letter"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "role"),
        ({"role": "viewer", "max_uses": 0}, "max_uses"),
        ({"role": "viewer", "max_uses": 1.5}, "max_uses"),
        ({"role": "viewer", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
    ],
)
async def test_a_wrong_code_is_malformed(doors: ServedHouse, body: dict[str, Any], path: str) -> None:
    found = problem(await doors.rest.post(CODES, json=body))
    assert (found["code"], found["errors"][0]["path"]) == ("malformed", path)


async def test_a_host_takes_back_what_a_host_could_have_made(doors: ServedHouse) -> None:
    headers = {"Authorization": f"Bearer {await doors.token('anna', 'host')}"}
    link = (await made(doors))["code"]
    gone = await doors.rest.delete(f"{CODES}/{link}", auth=None, headers=headers)
    assert gone.status_code == 204
    assert code(await doors.rest.delete(f"{CODES}/{link}", auth=None, headers=headers)) == "room_code_not_found"


async def test_a_guest_who_may_change_the_room_neither_sees_nor_takes_back_a_hosts_link(doors: ServedHouse) -> None:
    token = await doors.house.token("gus", "guest", permissions=("room.update",))
    await doors.rest.post("/v1/join", json={"token": token}, auth=None)
    headers = {"Authorization": f"Bearer {token}"}
    host, guest = (await made(doors, "host"))["code"], (await made(doors, "guest"))["code"]
    seen = (await doors.rest.get(CODES, auth=None, headers=headers)).json()["data"]
    assert [one["code"] for one in seen] == [guest]
    refused = await doors.rest.delete(f"{CODES}/{host}", auth=None, headers=headers)
    assert code(refused) == "room_code_not_found"
    assert (await doors.rest.delete(f"{CODES}/{guest}", auth=None, headers=headers)).status_code == 204


async def test_a_code_of_another_room_is_not_found_here(doors: ServedHouse) -> None:
    await doors.house.another_room("other")
    link = (await made(doors))["code"]
    assert code(await doors.rest.delete(f"/v1/rooms/other/codes/{link}")) == "room_code_not_found"


async def test_a_code_of_a_deleted_room_is_not_found(doors: ServedHouse) -> None:
    link = (await made(doors))["code"]
    assert (await doors.rest.delete("/v1/rooms/show")).status_code == 204
    assert code(await join(doors, link)) == "room_code_not_found"
