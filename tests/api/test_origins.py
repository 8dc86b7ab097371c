"""Origins: a project says whose pages may call; our own always may, and what is no page is not asked."""

from typing import Any

import httpx
import pytest

from onstage.actions.origins import foreign_origin
from onstage.model.page_origins import allowed_origin
from tests.support.gateway import ServedHouse
from tests.support.problems import code

APP, EVIL = "https://app.example", "https://evil.example"


async def allow(doors: ServedHouse, *origins: str) -> None:
    answer = await doors.rest.patch("/v1/project", json={"allowed_origins": list(origins)})
    assert answer.status_code == 200


async def called(doors: ServedHouse, origin: str | None, token: str | None = None) -> httpx.Response:
    headers = {} if origin is None else {"Origin": origin}
    how: dict[str, Any] = {"headers": headers}
    if token is not None:
        how = {"headers": headers | {"Authorization": f"Bearer {token}"}, "auth": None}
    return await doors.rest.get("/v1/rooms/show/hands", **how)


async def test_pages_of_every_origin_may_call_until_a_project_says_otherwise(doors: ServedHouse) -> None:
    assert (await called(doors, EVIL)).status_code == 200
    await allow(doors)
    assert code(await called(doors, APP)) == "origin_not_allowed"


async def test_a_page_of_another_origin_is_turned_away_at_every_door(doors: ServedHouse) -> None:
    await allow(doors, APP)
    token = await doors.token("vic", "viewer")
    for origin, status in ((APP, 200), ("HTTPS://APP.EXAMPLE", 200), (EVIL, 403), ("null", 403), (APP + ".evil", 403)):
        for credentials in (None, token):
            answer = await called(doors, origin, credentials)
            assert answer.status_code == status, origin
            assert answer.headers["access-control-allow-origin"] == "*", "the page may read why"
        joined = await doors.rest.post("/v1/join", json={"token": token}, headers={"Origin": origin})
        assert joined.status_code == status, origin
    refused = await doors.rest.post("/v1/join", json={"token": token}, headers={"Origin": EVIL})
    assert code(refused) == "origin_not_allowed"
    async with doors.client(token, origin=EVIL) as client:
        assert await client.bye() == "origin_not_allowed"
    async with doors.client(token, origin=APP) as client:
        assert (await client.first())["type"] == "welcome"


async def test_a_code_brings_no_page_past_the_list(doors: ServedHouse) -> None:
    await allow(doors, APP)
    link = (await doors.rest.post("/v1/rooms/show/codes", json={"role": "viewer"})).json()["code"]
    refused = await doors.rest.post("/v1/join", json={"code": link}, headers={"Origin": EVIL})
    assert code(refused) == "origin_not_allowed"
    [kept] = (await doors.rest.get("/v1/rooms/show/codes")).json()["data"]
    assert kept["uses"] == 0


async def test_our_own_pages_and_callers_that_are_no_pages_always_may(doors: ServedHouse) -> None:
    await allow(doors)
    token = await doors.token("vic", "viewer")
    for origin in (None, doors.url):
        assert (await called(doors, origin)).status_code == 200
        assert (await called(doors, origin, token)).status_code == 200
    async with doors.client(token, origin=doors.url) as client:
        assert (await client.first())["type"] == "welcome"


async def test_a_preflight_is_answered_before_anybody_is_known(doors: ServedHouse) -> None:
    await allow(doors)
    headers = {
        "Origin": EVIL,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    assert (await doors.rest.options("/v1/join", headers=headers, auth=None)).status_code == 200


@pytest.mark.parametrize(
    ("origin", "own", "expected"),
    [
        (None, "https://live.example", None),
        ("https://live.example", "https://live.example", None),
        ("https://live.example", "http://live.example", None),  # a proxy ended TLS before us
        ("https://LIVE.example:443", "https://live.example", None),
        ("http://localhost:8080", "http://localhost:8080", None),
        ("http://localhost:3000", "http://localhost:8080", "http://localhost:3000"),
        ("https://live.example.evil", "https://live.example", "https://live.example.evil"),
        ("https://Evil.example", "https://live.example", "https://evil.example"),
        ("null", "https://live.example", "null"),
        ("https://[", "https://live.example", "https://["),
        ("", "https://live.example", ""),
    ],
)
def test_only_our_own_host_is_our_own(origin: str | None, own: str, expected: str | None) -> None:
    assert foreign_origin(origin, own) == expected


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://app.example", "https://app.example"),
        (" HTTPS://App.Example:443/ ", "https://app.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://app.example:80", "http://app.example"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_origin_is_kept_as_browsers_write_it(given: str, kept: str) -> None:
    assert allowed_origin(given) == kept
