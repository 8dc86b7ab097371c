"""Limits: each project, participant and address has its own, and is told how long to wait."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from limits import parse

from onstage.actions.projects import create_project
from onstage.actions.rate_limits import MemoryCounters, RateLimits, Rates
from onstage.config import networks_in, rate_in
from onstage.errors import ErrorCode, OnstageError
from onstage.store.shared_counters import SharedCounters
from tests.support.clock import ManualClock
from tests.support.gateway import ServedHouse
from tests.support.problems import code, problem

ROOMS = "/v1/rooms"
WRONG = ("prj_none", "wrong")


def limit(doors: ServedHouse, trusted: str = "", **rates: str) -> None:
    """Set these limits, and no others."""
    clock = doors.house.clock
    set_ = Rates(**{name: parse(rate) for name, rate in rates.items()})
    doors.house.ctx.rate_limits = RateLimits(clock, set_, networks_in(trusted))


async def get(doors: ServedHouse, path: str = ROOMS, **how: Any) -> httpx.Response:
    return await doors.rest.get(path, **how)


async def test_a_projects_servers_are_told_to_wait_and_others_are_not(doors: ServedHouse) -> None:
    stranger, secret = await create_project(doors.house.ctx, "stranger")
    limit(doors, project="3/minute")
    for _ in range(3):
        assert (await get(doors)).status_code == 200
    await doors.house.clock.advance(20)
    found = problem(refused := await get(doors))
    assert (found["code"], found["retry_after_s"], refused.headers["retry-after"]) == ("rate_limited", 40, "40")
    assert found["expected"] == "at most 3 per 1 minute"
    assert (await get(doors, auth=(stranger.id, secret))).status_code == 200
    await doors.house.clock.advance(39)
    assert code(await get(doors)) == "rate_limited"
    await doors.house.clock.advance(1)
    assert (await get(doors)).status_code == 200


async def test_a_participant_has_a_limit_of_their_own_over_rest_and_gateway(doors: ServedHouse) -> None:
    tokens = [await doors.token(name, "viewer") for name in ("vic", "wim")]
    limit(doors, participant="4/minute", project="1/minute")
    vic, wim = ({"Authorization": f"Bearer {token}"} for token in tokens)
    async with doors.client(tokens[0]) as client:
        await client.first()
        for _ in range(2):
            assert (await client.request("hand.raise"))["ok"]
        for _ in range(2):
            assert (await get(doors, "/v1/rooms/show/hands", auth=None, headers=vic)).status_code == 200
        reply = await client.request("hand.lower", participant="vic")
        assert (reply["ok"], reply["error"]["code"], reply["error"]["retry_after_s"]) == (False, "rate_limited", 60)
        assert code(await get(doors, "/v1/rooms/show/hands", auth=None, headers=vic)) == "rate_limited"
        assert (await get(doors, "/v1/rooms/show/hands", auth=None, headers=wim)).status_code == 200
        await doors.house.clock.advance(10)
        assert not (await client.request("hand.lower", participant="vic"))["ok"], "and nobody is cut for it"


async def test_a_request_with_an_idempotency_key_counts_once(doors: ServedHouse) -> None:
    limit(doors, project="2/minute")
    for number in range(2):
        made = await doors.rest.post(ROOMS, json={"name": f"r{number}"}, headers={"Idempotency-Key": str(number)})
        assert made.status_code == 201
    assert code(await get(doors)) == "rate_limited"


async def test_an_address_is_limited_before_anybody_asks_who_it_is(doors: ServedHouse) -> None:
    limit(doors, address="3/minute")
    for how in ({}, {"auth": None}, {"auth": WRONG}):
        assert (await get(doors, **how)).status_code in (200, 401)
    refused = [
        await get(doors, headers={"Origin": "https://app.example"}),
        await doors.rest.post("/v1/join", json={"token": "x"}),
        await get(doors, "/v1/nothing"),
    ]
    assert {code(one) for one in refused} == {"rate_limited"}
    assert refused[0].headers["access-control-allow-origin"] == "*", "the page may read how long to wait"
    assert "Retry-After" in refused[0].headers["access-control-expose-headers"]
    async with doors.client(await doors.house.token("vic", "viewer")) as client:
        assert await client.bye() == "rate_limited"
    for path in ("/openapi.json", "/nothing"):
        assert (await get(doors, path)).status_code != 429, "only what costs something is counted"


async def test_whoever_guesses_is_not_heard_for_a_while_even_if_right(doors: ServedHouse) -> None:
    limit(doors, failures="4/minute")
    token = await doors.house.token("vic", "viewer")
    guesses = [
        await get(doors, auth=WRONG),
        await get(doors, auth=None, headers={"Authorization": "Bearer a.b.c"}),
        await doors.rest.post("/v1/join", json={"code": "aaa-bbbb-ccc"}),
    ]
    assert [code(one) for one in guesses] == ["credentials_invalid", "token_invalid", "room_code_not_found"]
    async with doors.client("a.b.c") as client:
        assert await client.bye() == "token_invalid"
    found = problem(await get(doors))
    assert (found["code"], found["retry_after_s"]) == ("rate_limited", 60)
    assert code(await doors.rest.post("/v1/join", json={"token": token})) == "rate_limited"
    async with doors.client(token) as client:
        assert await client.bye() == "rate_limited"
    await doors.house.clock.advance(60)
    assert (await get(doors)).status_code == 200


async def test_who_was_good_once_is_no_guesser(doors: ServedHouse) -> None:
    limit(doors, failures="1/minute")
    token = await doors.house.token("vic", "viewer")
    await doors.rest.post("/v1/tokens/revoke", json={"identity": "vic"})
    for _ in range(3):
        assert code(await doors.rest.post("/v1/join", json={"token": token})) == "token_revoked"
        assert code(await get(doors, auth=None)) == "credentials_missing"
    assert (await get(doors)).status_code == 200


async def test_the_admin_secret_is_not_to_be_guessed_either(doors: ServedHouse) -> None:
    doors.house.ctx.admin_secret = "the operator's secret, of 32 bytes or more"
    limit(doors, failures="2/minute")
    wrong = {"Authorization": "Bearer wrong"}
    answers = [await get(doors, "/v1/projects", auth=None, headers=wrong) for _ in range(3)]
    assert [code(one) for one in answers] == ["credentials_invalid", "credentials_invalid", "rate_limited"]


@asynccontextmanager
async def forwarded(doors: ServedHouse, chain: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"X-Forwarded-For": chain}
    async with httpx.AsyncClient(base_url=doors.url, headers=headers, auth=doors.rest.auth) as client:
        yield client


async def test_a_trusted_proxy_speaks_for_its_clients(doors: ServedHouse) -> None:
    limit(doors, address="1/minute", trusted="127.0.0.0/8")
    for chain in ("198.51.100.7", "198.51.100.8", "2001:db8:1::1", "2001:db8:2::1"):
        async with forwarded(doors, chain) as client:
            assert (await client.get(ROOMS)).status_code == 200, chain
    for again in ("198.51.100.7", "203.0.113.9, 198.51.100.8", "2001:db8:1::ffff", "198.51.100.7, 127.0.0.2"):
        async with forwarded(doors, again) as client:
            assert code(await client.get(ROOMS)) == "rate_limited", again
    token = await doors.house.token("vic", "viewer")
    async with doors.client(token, additional_headers={"X-Forwarded-For": "198.51.100.7"}) as gateway:
        assert await gateway.bye() == "rate_limited"


async def test_nobody_else_says_where_they_come_from(doors: ServedHouse) -> None:
    limit(doors, address="1/minute", trusted="10.0.0.0/8")
    answers = []
    for chain in ("198.51.100.7", "198.51.100.8"):
        async with forwarded(doors, chain) as client:
            answers.append((await client.get(ROOMS)).status_code)
    assert answers == [200, 429]


@pytest.mark.parametrize(
    ("peer", "chain", "expected"),
    [
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.1", "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "junk", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.7, junk", "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("198.51.100.1", "1.1.1.1", "198.51.100.1"),
        (None, "1.1.1.1", "unknown"),
    ],
)
def test_the_clients_address_is_the_last_that_nobody_could_invent(
    peer: str | None, chain: str | None, expected: str
) -> None:
    limits = RateLimits(ManualClock(), Rates(), networks_in("10.0.0.0/8"))
    assert limits.address_of(peer, chain) == expected


async def test_counters_that_are_over_are_forgotten() -> None:
    clock = ManualClock()
    counters = MemoryCounters(clock)
    for number in range(10_000):
        await counters.add(f"key {number}", 60)
    await clock.advance(61)
    await counters.add("one more", 60)
    assert len(counters._windows) == 1
    assert await counters.count("one more") == 1


async def test_servers_that_are_set_to_other_windows_dont_wait_for_each_others_end() -> None:
    clock = ManualClock()
    shared = MemoryCounters(clock)
    slow = RateLimits(clock, Rates(address=rate_in("600/minute")), (), shared)
    fast = RateLimits(clock, Rates(address=rate_in("1/second")), (), shared)
    await slow.count_address("198.51.100.7")
    await fast.count_address("198.51.100.7")
    with pytest.raises(OnstageError) as caught:
        await fast.count_address("198.51.100.7")
    assert caught.value.retry_after_s == 1
    await clock.advance(1)
    await fast.count_address("198.51.100.7")


async def test_a_redis_that_is_away_turns_nobody_away() -> None:
    clock = ManualClock()
    limits = RateLimits(clock, Rates(address=rate_in("2/minute")), (), SharedCounters("redis://127.0.0.1:9", clock))
    for _ in range(2):
        await limits.count_address("198.51.100.7")
    with pytest.raises(OnstageError) as caught:
        await limits.count_address("198.51.100.7")
    assert caught.value.code is ErrorCode.RATE_LIMITED, "this server counts for itself meanwhile"


@pytest.mark.parametrize("text", ["600/minute", "10 per second", "5/2 minutes", " off ", "OFF"])
def test_a_rate_is_read(text: str) -> None:
    rate = rate_in(text)
    assert (rate is None) == (text.strip().lower() == "off")


@pytest.mark.parametrize("text", ["", "many", "0/minute", "-1/minute", "5/fortnight"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"600/minute|allows nothing"):
        rate_in(text)
