"""Under one `Idempotency-Key` a thing is done at most once, whatever becomes of the answer."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from onstage.actions import idempotency, messages
from onstage.actions.authentication import authenticate_project
from onstage.actions.idempotency import ABANDONED_AFTER, ASK_AGAIN_AFTER_S, KEPT_FOR, Reservation
from onstage.api.application import build_api
from onstage.errors import ErrorCode, OnstageError
from onstage.outbound import Guard, Outbound, read_policy
from onstage.sealing import Keyring
from onstage.webhooks.courier import HttpCourier
from tests.support.clock import settle
from tests.support.gateway import ServedHouse
from tests.support.problems import code
from tests.support.receiver import receiving

KEY = {"Idempotency-Key": "key-1"}
PATH = "/v1/rooms/show/messages"
BODY = {"text": "hello"}
OF_THE_ACTION = 2
"""The commit of a request with a key that carries it out: the first takes the key, the third keeps the answer."""

Commit = Callable[[AsyncConnection], Awaitable[None]]
commit_for_real = AsyncConnection.commit


@pytest.fixture(autouse=True)
async def vic(doors: ServedHouse) -> None:
    """Somebody whose session it is."""
    await doors.token("vic", "viewer")


async def say(doors: ServedHouse) -> httpx.Response:
    return await doors.rest.post(PATH, json=BODY, headers=KEY)


async def times_said(doors: ServedHouse) -> int:
    return (await doors.house.names()).count("message.sent")


def change_commit(monkeypatch: pytest.MonkeyPatch, number: int, changed: Commit) -> None:
    """Have the commit of that number, from now on, go another way."""
    done = 0

    async def commit(connection: AsyncConnection) -> None:
        nonlocal done
        done += 1
        await (changed if done == number else commit_for_real)(connection)

    monkeypatch.setattr(AsyncConnection, "commit", commit)


async def keep_and_break(connection: AsyncConnection) -> None:
    """The database commits, and the connection breaks before it has said so."""
    await commit_for_real(connection)
    raise OperationalError("COMMIT", {}, ConnectionResetError())


async def only_break(_connection: AsyncConnection) -> None:
    """The connection breaks before the database has heard of it."""
    raise OperationalError("COMMIT", {}, ConnectionResetError())


async def test_what_was_kept_without_a_word_is_not_done_again(
    doors: ServedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_commit(monkeypatch, OF_THE_ACTION, keep_and_break)
    assert code(await say(doors)) == "store_unavailable"
    for _ in range(2):
        assert code(await say(doors)) == "idempotency_answer_lost"
    assert await times_said(doors) == 1


async def test_what_was_certainly_not_kept_is_done_under_the_same_key(
    doors: ServedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_commit(monkeypatch, OF_THE_ACTION, only_break)
    assert code(await say(doors)) == "store_unavailable"
    assert (await say(doors)).status_code == 201
    assert await times_said(doors) == 1


async def test_what_was_done_before_its_request_was_cancelled_is_not_done_again(
    doors: ServedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_kept, may_go_on = asyncio.Event(), asyncio.Event()

    async def keep_and_wait(connection: AsyncConnection) -> None:
        await commit_for_real(connection)
        is_kept.set()
        await may_go_on.wait()

    change_commit(monkeypatch, OF_THE_ACTION, keep_and_wait)
    house = doors.house
    app = build_api(house.ctx, public_url=None, routes=[])
    auth = (house.project.id, house.secret)
    # In this loop and without a socket, so that cancelling the call is cancelling the request.
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=doors.url, auth=auth) as rest:
        asking = asyncio.create_task(rest.post(PATH, json=BODY, headers=KEY))
        await is_kept.wait()
        asking.cancel()
        may_go_on.set()
        with pytest.raises(asyncio.CancelledError):
            await asking
    assert code(await say(doors)) == "idempotency_answer_lost"
    assert await times_said(doors) == 1


class Request:
    """The same as `say`, on a server that a test can stop anywhere: after taking the key, and after doing the thing."""

    def __init__(self, doors: ServedHouse) -> None:
        self._ctx = doors.house.ctx
        self._house = doors.house
        self._own: Reservation | None = None

    async def take_key(self) -> None:
        caller = await authenticate_project(self._ctx, self._house.project.id, self._house.secret, None)
        asked = b"\0".join((PATH.encode(), httpx.Request("POST", "http://x", json=BODY).content))
        digest = hashlib.sha256(asked).hexdigest()
        own = await idempotency.reserve(self._ctx, idempotency.scope_of(caller), KEY["Idempotency-Key"], digest)
        assert isinstance(own, Reservation)
        self._own = own

    @property
    def own(self) -> Reservation:
        assert self._own is not None, "take_key comes first"
        return self._own

    async def do(self) -> None:
        with idempotency.carrying_out(self._ctx, self.own):
            await messages.send_message(self._ctx, self._house.server, "show", BODY["text"])

    async def finish(self) -> None:
        await idempotency.finish(self._ctx, self.own, status=201, body='{"by": "the first"}')

    async def release(self) -> None:
        await idempotency.release(self._ctx, self.own)


@pytest.fixture
async def first(doors: ServedHouse, vic: None) -> Request:
    """A request that has taken the key."""
    request = Request(doors)
    await request.take_key()
    return request


async def a_minute(doors: ServedHouse) -> None:
    await doors.house.clock.advance(ABANDONED_AFTER.total_seconds() + 1)


async def test_a_server_killed_after_the_change_leaves_word_that_it_was_made(
    doors: ServedHouse, first: Request
) -> None:
    await first.do()
    assert code(await say(doors)) == "idempotency_in_progress"  # it may live, and answer yet
    await a_minute(doors)
    assert code(await say(doors)) == "idempotency_answer_lost"
    assert await times_said(doors) == 1


async def test_a_server_killed_before_the_change_leaves_the_key(doors: ServedHouse, first: Request) -> None:
    assert code(await say(doors)) == "idempotency_in_progress"
    await a_minute(doors)
    assert (await say(doors)).status_code == 201
    assert await times_said(doors) == 1


async def test_a_request_slower_than_its_key_is_kept_for_it_changes_nothing(doors: ServedHouse, first: Request) -> None:
    await a_minute(doors)
    second = await say(doors)
    with pytest.raises(OnstageError) as refused:
        await first.do()
    assert (refused.value.code, refused.value.retry_after_s) == (ErrorCode.IDEMPOTENCY_IN_PROGRESS, ASK_AGAIN_AFTER_S)
    assert await times_said(doors) == 1
    for too_late in (first.release, first.finish):
        await too_late()
        again = await say(doors)
        assert (again.status_code, again.json()) == (201, second.json())


async def test_a_request_whose_key_was_freed_by_its_successor_changes_nothing(
    doors: ServedHouse, first: Request
) -> None:
    await a_minute(doors)
    second = Request(doors)
    await second.take_key()
    await second.release()
    with pytest.raises(OnstageError):
        await first.do()
    assert await times_said(doors) == 0
    assert (await say(doors)).status_code == 201


async def test_a_slow_request_that_made_its_change_in_time_still_answers(doors: ServedHouse, first: Request) -> None:
    await first.do()
    await a_minute(doors)
    await first.finish()
    assert (await say(doors)).json() == {"by": "the first"}


async def test_the_first_of_several_changes_counts(doors: ServedHouse, first: Request) -> None:
    """Part of it is done: it is not done again, and the rest is not kept from being done."""
    await first.do()
    await first.do()
    await first.release()
    assert code(await say(doors)) == "idempotency_answer_lost"
    assert await times_said(doors) == 2


async def test_what_is_done_after_the_request_is_no_longer_done_for_its_key(doors: ServedHouse, first: Request) -> None:
    """A task that a request left behind goes on, when the key is long forgotten."""
    ctx, may_go_on = doors.house.ctx, asyncio.Event()

    async def later() -> None:
        await may_go_on.wait()
        await doors.house.another_room("later")

    with idempotency.carrying_out(ctx, first.own):
        left_behind = asyncio.create_task(later())
    await first.finish()
    await doors.house.clock.advance(KEPT_FOR.total_seconds() + 1)
    await idempotency.forget_old(ctx)
    may_go_on.set()
    await left_behind
    assert (await doors.rest.get("/v1/rooms/later")).status_code == 200


async def test_an_answer_that_nothing_can_unseal_is_lost(doors: ServedHouse) -> None:
    assert (await say(doors)).status_code == 201
    doors.house.ctx.keyring = Keyring(b"another secret of thirty-two bytes or more")
    lost = await say(doors)
    assert code(lost) == "idempotency_answer_lost"
    assert "ONSTAGE_SECRET" in lost.json()["detail"]
    assert await times_said(doors) == 1


async def test_a_request_as_slow_as_its_commit_keeps_its_key(
    doors: ServedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever would take the key meanwhile waits for the outcome."""
    is_marked, may_go_on = asyncio.Event(), asyncio.Event()

    async def wait_and_keep(connection: AsyncConnection) -> None:
        is_marked.set()
        await may_go_on.wait()
        await commit_for_real(connection)

    change_commit(monkeypatch, OF_THE_ACTION, wait_and_keep)
    first = asyncio.create_task(say(doors))
    await is_marked.wait()
    await a_minute(doors)
    second = asyncio.create_task(say(doors))
    await settle()
    assert not second.done()
    may_go_on.set()
    assert (await first).status_code == 201
    assert (await second).status_code in (201, 409)
    assert await times_said(doors) == 1
    assert (await say(doors)).json() == (await first).json()


async def test_what_is_only_sent_is_not_sent_again(doors: ServedHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test of a webhook changes nothing here, and has arrived all the same when its answer is lost."""
    ctx = doors.house.ctx
    guard = Guard(read_policy("127.0.0.1", "80,443", is_http_allowed=False))
    ctx.outbound = Outbound(guard)
    ctx.courier = HttpCourier(ctx.outbound, ctx.keyring, ctx.clock)
    async with receiving() as receiver:
        made = (await doors.rest.post("/v1/webhooks", json={"url": receiver.url})).json()
        path = f"/v1/webhooks/{made['id']}/test"
        change_commit(monkeypatch, OF_THE_ACTION + 1, only_break)
        assert (await doors.rest.post(path, headers=KEY)).json()["delivered"]
        await a_minute(doors)
        assert code(await doors.rest.post(path, headers=KEY)) == "idempotency_answer_lost"
        assert receiver.types == ["webhook.test"]
    await ctx.outbound.close()


async def test_looking_at_what_is_to_be_changed_is_no_change(
    doors: ServedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To revoke somebody's tokens everywhere, their rooms are found in one transaction and held in the next."""
    change_commit(monkeypatch, OF_THE_ACTION + 1, only_break)
    asked = {"identity": "vic"}
    assert code(await doors.rest.post("/v1/tokens/revoke", json=asked, headers=KEY)) == "store_unavailable"
    assert (await doors.rest.post("/v1/tokens/revoke", json=asked, headers=KEY)).status_code == 200
    assert (await doors.house.names()).count("participant.left") == 1
