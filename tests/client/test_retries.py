"""Repetitions: what is repeated, how often, after how long; and nothing happens twice."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from onstage.actions.context import Unattended
from onstage.client import ApiError, AsyncOnstage, Onstage, Retries
from onstage.client.models import ParticipantAnswer
from onstage.client.retry import Tries
from onstage.errors import ErrorCode, OnstageError
from onstage.model.records import Participant
from onstage.sealing import Keyring
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


def in_progress(retry_after: str = "1") -> httpx.Response:
    problem = OnstageError(ErrorCode.IDEMPOTENCY_IN_PROGRESS).problem()
    return httpx.Response(409, json=problem, headers={"Retry-After": retry_after})


def test_a_first_try_that_still_runs_is_waited_for_as_the_server_says() -> None:
    tries = Tries(Retries(most=1, patience_s=60.0), is_repeatable=True)
    assert [tries.pause_s(in_progress("2")) for _ in range(31)] == [2.0] * 30 + [None]


def test_waiting_for_the_first_try_uses_up_no_repetition() -> None:
    tries = Tries(Retries(most=1), is_repeatable=True)
    assert [tries.pause_s(in_progress()) for _ in range(5)] == [1.0] * 5
    assert tries.pause_s(answer(502)) is not None
    assert tries.pause_s(in_progress()) == 1.0
    assert tries.pause_s(answer(502)) is None


def test_patience_ends_also_when_the_server_names_no_pause() -> None:
    tries = Tries(Retries(first_s=0.0, patience_s=1.0), is_repeatable=True)
    pauses = [tries.pause_s(in_progress(retry_after="0")) for _ in range(20)]
    assert pauses[0] == 0.0
    assert pauses[-1] is None


def test_nothing_is_waited_for_without_repetitions_nor_for_longer_than_any_pause_may_last() -> None:
    assert Tries(Retries(most=0), is_repeatable=True).pause_s(in_progress()) is None
    assert Tries(Retries(longest_s=5.0), is_repeatable=True).pause_s(in_progress("7")) is None


def test_another_conflict_is_not_waited_for() -> None:
    lost = OnstageError(ErrorCode.IDEMPOTENCY_ANSWER_LOST).problem()
    for response in (httpx.Response(409, json=lost), httpx.Response(409, json=["in"]), httpx.Response(409, text="<p>")):
        assert Tries(Retries(), is_repeatable=True).pause_s(response) is None


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


class Slow(Unattended):
    """The engine is steered only when it is told to: the change is made by then, and not yet answered."""

    def __init__(self) -> None:
        self.may_go_on = asyncio.Event()

    async def participant_changed(self, participant: Participant) -> None:
        await self.may_go_on.wait()


@pytest.fixture
async def slow(doors: ServedHouse) -> AsyncIterator[Slow]:
    """A server that takes its time, until it has refused somebody because of it."""
    await doors.house.join("vic", "viewer")
    slow = doors.house.ctx.after_change = Slow()
    yield slow
    slow.may_go_on.set()


def hurrying(slow: Slow) -> httpx.AsyncClient:
    """A client that lets the first try go on once the second was told that it still runs."""

    async def watch(response: httpx.Response) -> None:
        if response.status_code == 409:
            slow.may_go_on.set()

    return httpx.AsyncClient(event_hooks={"response": [watch]})


async def test_a_try_whose_answer_was_not_waited_for_is_answered_and_done_once(doors: ServedHouse, slow: Slow) -> None:
    house = doors.house
    async with (
        hurrying(slow) as http,
        AsyncOnstage(
            doors.url, project_id=house.project.id, secret=house.secret, retries=AT_ONCE, timeout_s=1.0, http=http
        ) as onstage,
    ):
        done = await onstage.promote("show", "vic", force=True)
    assert isinstance(done, ParticipantAnswer)
    assert done.participant.level == "stage"
    assert slow.may_go_on.is_set(), "it was answered at once"
    assert (await house.names()).count("participant.promoted") == 1


async def test_the_sync_client_waits_as_well(doors: ServedHouse, slow: Slow) -> None:
    house, loop = doors.house, asyncio.get_running_loop()

    def watch(response: httpx.Response) -> None:
        if response.status_code == 409:
            loop.call_soon_threadsafe(slow.may_go_on.set)

    def promote() -> object:
        with (
            httpx.Client(event_hooks={"response": [watch]}) as http,
            Onstage(
                doors.url, project_id=house.project.id, secret=house.secret, retries=AT_ONCE, timeout_s=1.0, http=http
            ) as onstage,
        ):
            return onstage.promote("show", "vic", force=True)

    done = await asyncio.to_thread(promote)
    assert isinstance(done, ParticipantAnswer)
    assert slow.may_go_on.is_set(), "it was answered at once"
    assert (await house.names()).count("participant.promoted") == 1


async def test_what_was_done_and_lost_its_answer_is_said_to_be(doors: ServedHouse, onstage: AsyncOnstage) -> None:
    house = doors.house
    await onstage.create_room(name="made", idempotency_key="mine")
    house.ctx.keyring = Keyring(b"another secret of thirty-two bytes or more")
    with pytest.raises(ApiError) as refused:
        await onstage.create_room(name="made", idempotency_key="mine")
    assert (refused.value.status, refused.value.code) == (409, "idempotency_answer_lost")
    assert "new key" in refused.value.fix
