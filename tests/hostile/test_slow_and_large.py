"""Bodies that are too large, come too slowly, or never end: answered, and their connections good or closed."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from onstage.api.limits import LARGEST_BODY_BYTES, BodyLimit
from tests.hostile.raw import Raw, Wire, post
from tests.support.gateway import ServedHouse
from tests.support.serving import free_port, serving
from tests.support.tally import tally

_ROOMS = "/v1/rooms"


async def _echo(request: Request) -> Response:
    return JSONResponse({"bytes": len(await request.body())})


@pytest.fixture
async def impatient() -> AsyncIterator[str]:
    """A server that waits for a body no longer than a tenth of a second."""
    limits = [Middleware(BodyLimit, within_s=0.1)]
    app = Starlette(routes=[Route("/", _echo, methods=["POST"])], middleware=limits)
    async with serving(app, port=free_port()) as url:
        yield url


def code(raw: Raw) -> Any:
    return json.loads(raw.body)["code"]


async def test_a_body_that_does_not_come_is_answered_and_its_connection_closed(impatient: str) -> None:
    async with Wire(impatient) as wire:
        await wire.send(post("/", "Content-Length: 10") + "12345")
        answer = await wire.answer()
        assert (answer.status, code(answer)) == (408, "body_too_slow")
        assert answer.headers["connection"] == "close"
        assert await wire.is_closed()
    tally("hostile cases")


async def test_a_body_in_drops_gets_no_longer_than_one_that_stands_still(impatient: str) -> None:
    async with Wire(impatient) as wire:
        await wire.send(post("/", "Transfer-Encoding: chunked"))
        for _ in range(3):
            await wire.send("1\r\nx\r\n")
        assert code(await wire.answer()) == "body_too_slow"
    tally("hostile cases")


async def test_many_slow_bodies_keep_nobody_waiting(doors: ServedHouse) -> None:
    wires = [Wire(doors.url) for _ in range(200)]
    for wire in wires:
        await wire.__aenter__()
        await wire.send(post(_ROOMS, "Content-Length: 100") + "{")
    assert (await doors.rest.get(_ROOMS)).status_code == 200
    for wire in wires:
        await wire.__aexit__(None, None, None)
    tally("slow bodies at once", len(wires))


async def test_many_idle_connections_keep_nobody_waiting(doors: ServedHouse) -> None:
    wires = [Wire(doors.url) for _ in range(300)]
    for number, wire in enumerate(wires):
        await wire.__aenter__()
        if number % 2:  # every other one stops in the middle of its head
            await wire.send("GET /v1/rooms HTTP/1.1\r\nHost: he")
    assert (await doors.rest.get(_ROOMS)).status_code == 200
    for wire in wires:
        await wire.__aexit__(None, None, None)
    tally("idle connections at once", len(wires))


@pytest.mark.parametrize("beyond", [1, 100_000, 2 * LARGEST_BODY_BYTES])
async def test_a_body_that_is_too_large_leaves_its_connection_good(doors: ServedHouse, beyond: int) -> None:
    size = LARGEST_BODY_BYTES + beyond
    async with Wire(doors.url) as wire:
        for _ in range(3):
            await wire.send(post(_ROOMS, f"Content-Length: {size}") + " " * size)
            answer = await wire.answer()
            assert (answer.status, code(answer)) == (413, "body_too_large")
    tally("hostile cases")


@pytest.mark.parametrize("size", [50_000_000, 10**30])
async def test_a_body_that_is_beyond_all_measure_is_refused_and_cut(doors: ServedHouse, size: int) -> None:
    async with Wire(doors.url) as wire:
        await wire.send(post(_ROOMS, f"Content-Length: {size}") + " " * 100)
        answer = await wire.answer()
        assert answer.status in (400, 413)
        assert await wire.is_closed()
    tally("hostile cases")


async def test_a_body_without_end_is_refused_and_cut(doors: ServedHouse) -> None:
    piece = f"{4096:x}\r\n{' ' * 4096}\r\n"
    async with Wire(doors.url) as wire:
        await wire.send(post(_ROOMS, "Transfer-Encoding: chunked"))
        for _ in range(LARGEST_BODY_BYTES * 4 // 4096 + 2):
            await wire.send(piece)
        answer = await wire.answer()
        assert (answer.status, code(answer)) == (413, "body_too_large")
        assert answer.headers["connection"] == "close"
    tally("hostile cases")
