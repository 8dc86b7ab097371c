"""Repetitions: what is repeated, how often, after how long; and nothing happens twice."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from onstage.client import AsyncOnstage, Retries
from tests.client.conftest import AT_ONCE
from tests.support.gateway import ServedHouse


def answer(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_repeated(status: int) -> None:
    assert Retries(dice=random.Random(1)).pause_s(0, answer(status)) is not None


@pytest.mark.parametrize("status", [200, 201, 204, 400, 401, 403, 404, 409, 422, 501])
def test_what_will_not_pass_is_not(status: int) -> None:
    assert Retries().pause_s(0, answer(status)) is None


def test_what_may_have_been_done_and_must_not_be_done_twice_is_not() -> None:
    assert Retries().pause_s(0, None, is_repeatable=False) is None
    assert Retries().pause_s(0, answer(503), is_repeatable=False) is None
    assert Retries().pause_s(0, answer(429), is_repeatable=False) is not None


def test_no_answer_is_repeated_so_often_and_no_oftener() -> None:
    retries = Retries(most=2)
    assert [retries.pause_s(repetition, None) is None for repetition in range(4)] == [False, False, True, True]


def test_pauses_grow_up_to_their_bound() -> None:
    retries = Retries(most=20, first_s=1.0, longest_s=8.0, dice=random.Random(2))
    most = [max(retries.pause_s(repetition, None) or 0 for _ in range(200)) for repetition in range(6)]
    assert all(0.9 * bound < longest <= bound for longest, bound in zip(most, [1, 2, 4, 8, 8, 8], strict=True))


def test_the_server_says_how_long() -> None:
    assert Retries().pause_s(0, answer(429, retry_after="7")) == 7.0
    assert Retries(longest_s=5.0).pause_s(0, answer(429, retry_after="7")) is None
    assert Retries(first_s=0.0).pause_s(0, answer(503, retry_after="Wed, 21 Oct 2026 07:28:00 GMT")) == 0.0


@asynccontextmanager
async def cutting(target: str, *, cuts: int) -> AsyncIterator[str]:
    """A way to the server that loses the first answers: each request arrives, and nothing comes back."""
    host, _, port = target.removeprefix("http://").partition(":")
    left = cuts

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        server_reader, server_writer = await asyncio.open_connection(host, int(port))
        while request := await reader.read(65_536):
            server_writer.write(request)
            response = await server_reader.read(65_536)
            if left:
                left -= 1
                break
            writer.write(response)
        server_writer.close()
        writer.close()

    server = await asyncio.start_server(pass_on, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_lost_answer_is_asked_for_again_and_the_change_is_made_once(doors: ServedHouse) -> None:
    house = doors.house
    async with (
        cutting(doors.url, cuts=2) as url,
        AsyncOnstage(url, project_id=house.project.id, secret=house.secret, retries=AT_ONCE) as onstage,
    ):
        made = await onstage.create_room(name="once")
        assert made.name == "once"  # not room_name_taken, which a second try without its key would have met
        assert [room.id async for room in onstage.list_rooms() if room.name == "once"] == [made.id]


async def test_a_key_of_the_callers_own_is_used(onstage: AsyncOnstage) -> None:
    first = await onstage.create_room(name="kept", idempotency_key="mine")
    again = await onstage.create_room(name="kept", idempotency_key="mine")
    assert again.id == first.id
