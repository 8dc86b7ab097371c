"""Webhooks over REST: who may, what is answered, and what is never told."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from onstage.actions.projects import create_project
from onstage.actions.webhooks import MOST_ENDPOINTS
from onstage.outbound import Guard, Outbound, read_policy
from onstage.webhooks.courier import HttpCourier
from tests.support.gateway import ServedHouse
from tests.support.problems import code, problem
from tests.support.receiver import Receiver, receiving

HOOKS = "/v1/webhooks"


async def resolve(host: str, port: int) -> list[str]:
    return {"hooks.example.com": ["93.184.216.34"], "inside.example.com": ["10.0.0.1"]}.get(host, [])


@pytest.fixture
async def rest(doors: ServedHouse) -> AsyncIterator[httpx.AsyncClient]:
    """The project's server, in a house that may post to this machine."""
    ctx = doors.house.ctx
    ctx.outbound = Outbound(Guard(read_policy("127.0.0.1", "80,443", is_http_allowed=False), resolve=resolve))
    ctx.courier = HttpCourier(ctx.outbound, ctx.keyring, ctx.clock)
    yield doors.rest
    await ctx.outbound.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


async def made(rest: httpx.AsyncClient, path: str = HOOKS, **fields: Any) -> dict[str, Any]:
    answer = await rest.post(path, json={"url": "https://hooks.example.com/in"} | fields)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_an_endpoint_is_made_with_a_secret_that_is_told_once(rest: httpx.AsyncClient) -> None:
    body = await made(rest, description="billing", events=["participant.promoted", "broadcast.*", "broadcast.*"])
    secret = body.pop("secret")
    assert secret.startswith("whsec_")
    assert body["id"].startswith("wh_")
    assert body["events"] == ["participant.promoted", "broadcast.*"]
    assert (body["room_id"], body["enabled"], body["description"]) == (None, True, "billing")
    assert (await rest.get(f"{HOOKS}/{body['id']}")).json() == body
    listed = await rest.get(HOOKS)
    assert listed.json() == {"data": [body], "next_cursor": None}
    assert secret not in listed.text


async def test_the_secret_is_sealed_in_the_store(doors: ServedHouse, rest: httpx.AsyncClient) -> None:
    body = await made(rest)
    async with doors.house.ctx.database.read() as tx:
        rows = (await tx.connection.exec_driver_sql("SELECT * FROM webhook_endpoints")).all()
    assert len(rows) == 1
    assert body["secret"] not in str(rows)


async def test_a_room_has_endpoints_of_its_own(doors: ServedHouse, rest: httpx.AsyncClient) -> None:
    of_project = await made(rest)
    of_room = await made(rest, "/v1/rooms/show/webhooks")
    assert of_room["room_id"] == doors.house.room.id
    assert [one["id"] for one in (await rest.get("/v1/rooms/show/webhooks")).json()["data"]] == [of_room["id"]]
    everything = {one["id"] for one in (await rest.get(HOOKS)).json()["data"]}
    assert everything == {of_project["id"], of_room["id"]}
    assert (await rest.delete(f"{HOOKS}/{of_room['id']}")).status_code == 204
    assert (await rest.get("/v1/rooms/show/webhooks")).json()["data"] == []


async def test_an_endpoint_is_changed_field_by_field(rest: httpx.AsyncClient) -> None:
    path = f"{HOOKS}/{(await made(rest, events=['room.*']))['id']}"
    changed = (await rest.patch(path, json={"description": "x"})).json()
    assert (changed["description"], changed["events"], changed["enabled"]) == ("x", ["room.*"], True)
    assert (await rest.patch(path, json={"events": None})).json()["events"] is None
    assert (await rest.patch(path, json={"enabled": False})).json()["enabled"] is False
    moved = (await rest.patch(path, json={"url": "https://hooks.example.com/other"})).json()
    assert (moved["url"], moved["enabled"]) == ("https://hooks.example.com/other", False)
    assert (await rest.patch(path, json={})).json()["url"] == moved["url"]


async def test_endpoints_are_listed_page_by_page(rest: httpx.AsyncClient) -> None:
    ids = {(await made(rest))["id"] for _ in range(5)}
    first = (await rest.get(f"{HOOKS}?limit=3")).json()
    rest_of_them = (await rest.get(f"{HOOKS}?limit=3&cursor={first['next_cursor']}")).json()
    assert {one["id"] for one in (*first["data"], *rest_of_them["data"])} == ids
    assert rest_of_them["next_cursor"] is None


async def test_a_rotated_secret_is_another_one_and_the_old_one_lasts_a_day(rest: httpx.AsyncClient) -> None:
    body = await made(rest)
    rotated = (await rest.post(f"{HOOKS}/{body['id']}/rotate-secret")).json()
    assert rotated["secret"] not in ("", body["secret"])
    assert rotated["old_secret_until"].startswith("2026-01-02")


async def test_secrets_are_not_kept_for_an_idempotency_key(doors: ServedHouse, rest: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "1"}
    body = {"url": "https://hooks.example.com/in"}
    secret = (await rest.post(HOOKS, json=body, headers=headers)).json()["secret"]
    async with doors.house.ctx.database.read() as tx:
        rows = (await tx.connection.exec_driver_sql("SELECT * FROM idempotency_keys")).all()
    assert secret not in str(rows)


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        ({"events": ["participant.promoted", "participant.exploded"]}, "events.1"),
        ({"events": ["*"]}, "events.0"),
        ({"events": ["nothing.*"]}, "events.0"),
        ({"events": ["webhook.test"]}, "events.0"),
        ({"events": ["audience.counted"]}, "events.0"),  # ephemeral: it has no row that could be sent
        ({"events": []}, "events"),
        ({"events": "participant.*"}, "events"),
        ({"url": None}, "url"),
        ({"url": ""}, "url"),
        ({"url": "https://x/" + "y" * 2_000}, "url"),
        ({"description": "bell\u0007"}, "description"),
        ({"description": "x" * 501}, "description"),
        ({"enabled": "perhaps"}, "enabled"),
        ({"secret": "whsec_mine"}, "secret"),
    ],
)
async def test_a_wrong_field_is_named(rest: httpx.AsyncClient, fields: dict[str, Any], path: str) -> None:
    body = {"url": "https://hooks.example.com/in"} | fields
    found = problem(await rest.post(HOOKS, json=body))
    assert found["code"] == "malformed"
    assert path in [one["path"] for one in found["errors"]]
    assert (await rest.get(HOOKS)).json()["data"] == []


@pytest.mark.parametrize("field", ["url", "description", "enabled"])
async def test_a_field_can_not_be_changed_to_nothing(rest: httpx.AsyncClient, field: str) -> None:
    path = f"{HOOKS}/{(await made(rest))['id']}"
    assert code(await rest.patch(path, json={field: None})) == "malformed"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.example.com/", "not encrypted"),
        ("https://inside.example.com/", "private"),
        ("https://nowhere.example.com/", "no address"),
        ("https://169.254.169.254/latest/meta-data/", "link-local"),
        ("https://user:pass@hooks.example.com/", "credentials"),
        ("https://hooks.example.com:25/", "port 25"),
        ("file:///etc/passwd", "no host"),
    ],
)
async def test_a_url_that_leads_inside_is_refused_when_made_and_when_changed(
    rest: httpx.AsyncClient, url: str, why: str
) -> None:
    found = problem(await rest.post(HOOKS, json={"url": url}))
    assert (found["code"], found["status"]) == ("url_not_allowed", 422)
    assert found["errors"][0]["path"] == "url"
    assert why in found["errors"][0]["problem"]
    body = await made(rest)
    path = f"{HOOKS}/{body['id']}"
    assert code(await rest.patch(path, json={"url": url})) == "url_not_allowed"
    assert (await rest.get(path)).json()["url"] == body["url"]


async def test_there_is_a_limit_for_the_project_and_for_each_room(rest: httpx.AsyncClient) -> None:
    for path in (HOOKS, "/v1/rooms/show/webhooks"):
        for _ in range(MOST_ENDPOINTS):
            await made(rest, path)
        assert code(await rest.post(path, json={"url": "https://hooks.example.com/"})) == "webhook_limit_reached"


@pytest.mark.parametrize("path", [HOOKS, "/v1/rooms/show/webhooks"])
async def test_of_many_who_add_the_last_endpoint_at_once_one_does(
    rest: httpx.AsyncClient, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onstage.actions.webhooks.MOST_ENDPOINTS", 1)
    adding = [rest.post(path, json={"url": "https://hooks.example.com/"}) for _ in range(8)]
    assert sorted(one.status_code for one in await asyncio.gather(*adding)) == [201, *[409] * 7]


def calls(endpoint: str) -> list[tuple[str, str, Any]]:
    """Every call about one endpoint."""
    path = f"{HOOKS}/{endpoint}"
    return [
        ("GET", path, None),
        ("PATCH", path, {"enabled": False}),
        ("DELETE", path, None),
        ("POST", f"{path}/rotate-secret", None),
        ("POST", f"{path}/test", None),
        ("GET", f"{path}/deliveries", None),
        ("GET", f"{path}/deliveries/dl_x", None),
        ("POST", f"{path}/deliveries/dl_x/replay", None),
        ("POST", f"{path}/replay", {"since": "2026-01-01T00:00:00Z"}),
    ]


async def test_an_unknown_endpoint_and_another_project_s_are_not_found(
    doors: ServedHouse, rest: httpx.AsyncClient
) -> None:
    endpoint = (await made(rest))["id"]
    other, secret = await create_project(doors.house.ctx, "other")
    for method, path, body in calls("wh_none"):
        assert code(await rest.request(method, path, json=body)) == "webhook_not_found", path
    for method, path, body in calls(endpoint):
        answer = await rest.request(method, path, json=body, auth=(other.id, secret))
        assert code(answer) == "webhook_not_found", path
    assert (await rest.get(HOOKS, auth=(other.id, secret))).json()["data"] == []
    assert (await rest.get(f"{HOOKS}/{endpoint}")).json()["enabled"] is True


async def test_participants_have_no_part_in_it(doors: ServedHouse, rest: httpx.AsyncClient) -> None:
    endpoint = (await made(rest))["id"]
    headers = {"Authorization": f"Bearer {await doors.token('anna', 'host')}"}
    own = [("GET", HOOKS, None), ("POST", HOOKS, {"url": "https://hooks.example.com/"})]
    of_room = [(method, path.replace("/v1/", "/v1/rooms/show/"), body) for method, path, body in own]
    for method, path, body in (*own, *of_room, *calls(endpoint)):
        answer = await rest.request(method, path, json=body, headers=headers, auth=None)
        assert code(answer) == "permission_denied", path


async def test_a_room_that_is_not_there_has_no_webhooks(rest: httpx.AsyncClient) -> None:
    path = "/v1/rooms/none/webhooks"
    assert code(await rest.get(path)) == "room_not_found"
    assert code(await rest.post(path, json={"url": "https://hooks.example.com/"})) == "room_not_found"


async def test_a_test_answers_what_the_receiver_said(rest: httpx.AsyncClient, receiver: Receiver) -> None:
    body = await made(rest, url=receiver.url)
    answer = await rest.post(f"{HOOKS}/{body['id']}/test")
    assert answer.status_code == 200
    told = answer.json()
    assert told.keys() == {"at", "duration_ms", "delivered", "status", "error", "excerpt"}
    assert (told["delivered"], told["status"], told["excerpt"]) == (True, 200, "ok")
    assert receiver.types == ["webhook.test"]


async def test_deliveries_are_listed_newest_first_and_filtered(rest: httpx.AsyncClient) -> None:
    body = await made(rest)
    path = f"{HOOKS}/{body['id']}/deliveries"
    for title in ("a", "b", "c"):
        await rest.patch("/v1/rooms/show", json={"title": title})
    await rest.post("/v1/rooms", json={"name": "other"})
    found = (await rest.get(path)).json()["data"]
    assert [one["event"] for one in found] == ["room.created", *["room.updated"] * 3]
    assert {one["status"] for one in found} == {"pending"}
    assert [one["event"] for one in (await rest.get(f"{path}?event=room.created")).json()["data"]] == ["room.created"]
    assert (await rest.get(f"{path}?status=delivered")).json()["data"] == []
    page = (await rest.get(f"{path}?limit=3")).json()
    following = (await rest.get(f"{path}?limit=3&cursor={page['next_cursor']}")).json()
    assert [one["id"] for one in (*page["data"], *following["data"])] == [one["id"] for one in found]
    assert code(await rest.get(f"{path}?status=lost")) == "malformed"


async def test_a_delivery_shows_its_payload_and_can_be_replayed(rest: httpx.AsyncClient) -> None:
    body = await made(rest)
    path = f"{HOOKS}/{body['id']}/deliveries"
    await rest.patch("/v1/rooms/show", json={"title": "a"})
    [listed] = (await rest.get(path)).json()["data"]
    whole = (await rest.get(f"{path}/{listed['id']}")).json()
    assert whole["payload"]["id"] == listed["event_id"]
    assert whole["payload"]["data"]["room"]["title"] == "a"
    assert whole["log"] == []
    again = await rest.post(f"{path}/{listed['id']}/replay")
    assert again.status_code == 201
    assert (again.json()["replay"], again.json()["event_id"]) == (True, listed["event_id"])
    assert again.json()["id"] != listed["id"]
    assert code(await rest.get(f"{path}/dl_none")) == "delivery_not_found"
    assert code(await rest.post(f"{path}/dl_none/replay")) == "delivery_not_found"
    other = await made(rest)
    assert code(await rest.get(f"{HOOKS}/{other['id']}/deliveries/{listed['id']}")) == "delivery_not_found"


async def test_a_stretch_of_time_can_be_replayed(rest: httpx.AsyncClient) -> None:
    body = await made(rest)
    path = f"{HOOKS}/{body['id']}"
    answer = await rest.post(f"{path}/replay", json={"since": "2025-01-01T00:00:00Z"})
    assert answer.status_code == 202
    assert answer.json() == {"replayed": 1, "next_cursor": None}
    for wrong in (
        {},
        {"since": "yesterday"},
        {"since": "2026-01-01T00:00:00"},
        {"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
        {"since": "2026-01-01T00:00:00Z", "events": ["x.y"]},
    ):
        assert code(await rest.post(f"{path}/replay", json=wrong)) == "malformed"
    await rest.patch(path, json={"enabled": False})
    refused = await rest.post(f"{path}/replay", json={"since": "2025-01-01T00:00:00Z"})
    assert code(refused) == "webhook_disabled"
    [delivery] = (await rest.get(f"{path}/deliveries")).json()["data"]
    assert code(await rest.post(f"{path}/deliveries/{delivery['id']}/replay")) == "webhook_disabled"
