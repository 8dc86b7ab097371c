"""The session's state over REST and the gateway."""

import json

import pytest

from onstage.model.texts import DEEPEST_JSON, LARGEST_JSON_CHARS
from tests.support.gateway import ServedHouse
from tests.support.problems import code, problem

STATE = "/v1/rooms/show/state"
_JSON = {"Content-Type": "application/json"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_key_is_put_read_listed_and_deleted(doors: ServedHouse) -> None:
    await doors.token("anna", "host")
    put = await doors.rest.put(f"{STATE}/scene", json={"value": {"name": "intro"}})
    assert put.status_code == 200
    entry = put.json()
    assert (entry["key"], entry["value"], entry["version"]) == ("scene", {"name": "intro"}, 1)
    assert entry["updated_by"] is None
    assert (await doors.rest.get(f"{STATE}/scene")).json() == entry
    assert (await doors.rest.get(STATE)).json() == {"data": [entry], "next_cursor": None}
    gone = await doors.rest.delete(f"{STATE}/scene")
    assert (gone.status_code, gone.content) == (204, b"")
    assert code(await doors.rest.get(f"{STATE}/scene")) == "state_key_not_found"
    assert code(await doors.rest.delete(f"{STATE}/scene")) == "state_key_not_found"
    again = (await doors.rest.put(f"{STATE}/scene", json={"value": 0, "if_version": 0})).json()
    assert again["version"] == 3
    deleted = (await doors.rest.put(f"{STATE}/scene", json={"value": None})).json()
    assert (deleted["value"], deleted["version"]) == (None, 4)


async def test_a_conflict_tells_the_version(doors: ServedHouse) -> None:
    await doors.token("anna", "host")
    await doors.rest.put(f"{STATE}/k", json={"value": 1})
    for answer in (
        await doors.rest.put(f"{STATE}/k", json={"value": 2, "if_version": 0}),
        await doors.rest.delete(f"{STATE}/k", params={"if_version": 7}),
    ):
        found = problem(answer)
        assert (found["code"], found["expected"]) == ("state_conflict", "if_version 1")
    assert (await doors.rest.delete(f"{STATE}/k", params={"if_version": 1})).status_code == 204


@pytest.mark.parametrize("key", ["a b", "a/b", "%00", "ü", "x" * 129, "a\n", "{id}", "*"])
async def test_a_key_that_is_none_is_refused(doors: ServedHouse, key: str) -> None:
    await doors.token("anna", "host")
    quoted = key.replace("%", "%25").replace("\n", "%0A")
    answer = await doors.rest.put(f"{STATE}/{quoted}", json={"value": 1})
    assert code(answer) in ("malformed", "route_not_found")
    assert (await doors.rest.get(STATE)).json()["data"] == []


@pytest.mark.parametrize("key", ["x" * 128, "A.b_c:d-0", ".", "-"])
async def test_any_good_key_is_taken(doors: ServedHouse, key: str) -> None:
    await doors.token("anna", "host")
    async with doors.client(await doors.token("bert", "host")) as bert:
        await bert.first()
        assert (await bert.request("state.set", key=key, value=1))["ok"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ('{"value": NaN}', "value"),
        ('{"value": "\\ud800"}', "value"),
        ('{"value": ["\\ud800"]}', "value"),
        ('{"value": 1e999}', "value"),
        (f'{{"value": {"[" * (DEEPEST_JSON + 1)}{"]" * (DEEPEST_JSON + 1)}}}', "value"),
        (f'{{"value": {"[" * 400}{"]" * 400}}}', "value"),
        (json.dumps({"value": "x" * (LARGEST_JSON_CHARS - 1)}), "value"),
        ("{}", "value"),
        ('{"value": 1, "if_version": -1}', "if_version"),
        ('{"value": 1, "if_version": 99999999999}', "if_version"),
        ('{"value": 1, "colour": "red"}', "colour"),
    ],
)
async def test_a_value_that_is_no_json_for_others_is_refused(doors: ServedHouse, body: str, path: str) -> None:
    await doors.token("anna", "host")
    found = problem(await doors.rest.put(f"{STATE}/k", content=body, headers=_JSON))
    assert found["code"] == "malformed"
    assert [one["path"] for one in found["errors"]] == [path]


@pytest.mark.parametrize("value", ["x" * (LARGEST_JSON_CHARS - 2), 2**70, -0.0, [[]] * 2_000])
async def test_a_value_at_the_limit_is_kept_as_it_came(doors: ServedHouse, value: object) -> None:
    token = await doors.token("anna", "host")
    assert (await doors.rest.put(f"{STATE}/k", json={"value": value})).status_code == 200
    assert (await doors.rest.get(f"{STATE}/k")).json()["value"] == value
    async with doors.client(token) as anna:
        assert (await anna.first())["snapshot"]["state"][0]["value"] == value


async def test_who_may_not_write_is_told_why(doors: ServedHouse) -> None:
    token = await doors.token("vic", "viewer")
    answer = await doors.rest.put(f"{STATE}/k", json={"value": 1}, auth=None, headers=bearer(token))
    assert code(answer) == "permission_denied"
    allowed = await doors.house.token("gus", "guest", permissions=("state.set",))
    await doors.rest.post("/v1/join", json={"token": allowed}, auth=None)
    for answer in (
        await doors.rest.put(f"{STATE}/k", json={"value": 1}, auth=None, headers=bearer(allowed)),
        await doors.rest.delete(f"{STATE}/k", auth=None, headers=bearer(allowed)),
    ):
        assert code(answer) == "state_key_denied"
    assert (await doors.rest.get(STATE, auth=None, headers=bearer(token))).json()["data"] == []


async def test_a_full_store_says_so(doors: ServedHouse) -> None:
    await doors.token("anna", "host")
    for number in range(100):
        assert (await doors.rest.put(f"{STATE}/k{number}", json={"value": 1})).status_code == 200
    found = problem(await doors.rest.put(f"{STATE}/more", json={"value": 1}))
    assert (found["code"], found["expected"]) == ("state_full", "at most 100 keys")


async def test_without_a_session_there_is_nothing_to_read_or_write(doors: ServedHouse) -> None:
    assert (await doors.rest.get(STATE)).json()["data"] == []
    assert code(await doors.rest.get(f"{STATE}/k")) == "session_ended"
    assert code(await doors.rest.put(f"{STATE}/k", json={"value": 1})) == "session_ended"
    assert code(await doors.rest.delete(f"{STATE}/k")) == "session_ended"


async def test_what_one_sets_over_the_gateway_the_others_hear(doors: ServedHouse) -> None:
    anna_token, gus_token = await doors.token("anna", "host"), await doors.token("gus", "guest")
    async with doors.client(anna_token) as anna, doors.client(gus_token) as gus:
        await anna.first()
        await gus.first()
        reply = await anna.request("state.set", key="scene", value=[1, 2], if_version=0)
        assert reply["ok"]
        assert (await gus.until_event("state.changed"))["data"]["entry"] == reply["data"]
        conflict = await anna.request("state.set", key="scene", value=3, if_version=0)
        assert (conflict["error"]["code"], conflict["error"]["expected"]) == ("state_conflict", "if_version 1")
        gone = await anna.request("state.set", key="scene", value=None, if_version=1)
        assert (gone["data"]["value"], gone["data"]["version"]) == (None, 2)
        assert (await gus.request("state.set", key="scene", value=1))["error"]["code"] == "permission_denied"
        assert (await anna.request("state.set", key="a b", value=1))["error"]["code"] == "malformed"
