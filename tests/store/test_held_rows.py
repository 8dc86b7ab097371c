"""Who changes a row holds it: what another server did to it meanwhile is seen, and is not undone."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from onstage.actions.access import ServerCaller
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.keys import NewKey, create_key, update_key
from onstage.actions.making import NewRoom
from onstage.actions.projects import update_project
from onstage.actions.rooms import create_room
from onstage.actions.sealing_anew import seal_anew
from onstage.actions.templates import clone_template, create_template
from onstage.actions.webhooks import NewEndpoint, create_endpoint
from onstage.errors import ErrorCode, OnstageError
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from onstage.outbound import Guard, Outbound, read_policy
from onstage.sealing import Keyring
from onstage.store import keys, projects, webhooks
from onstage.store.database import Tx
from tests.store.locks import waiting, waits_for_a_lock
from tests.support.clock import EPOCH
from tests.support.house import TOKEN_SECRET, House
from tests.support.refusals import refused
from tests.support.waiting import until

NAME = INTERACTIVE_LIVE_STREAM.name
ENDPOINT = NewEndpoint("http://127.0.0.1:9/")


async def overtaken(house: House, first: Callable[[Tx], Awaitable[None]], second: Awaitable[Any]) -> asyncio.Task[Any]:
    """`second`, done or refused, which began when `first` was written and not yet kept."""
    async with house.ctx.database.begin() as tx:
        await first(tx)
        waiting = asyncio.ensure_future(second)
        await until(lambda: waits_for_a_lock(tx), what="the second to wait for the first")
    await asyncio.wait([waiting])
    return waiting  # type: ignore[return-value]  # of a coroutine it makes a task


async def stored(house: House) -> tuple[str, Any]:
    async with house.ctx.database.read() as tx:
        project = await projects.get(tx, house.project.id)
    assert project is not None
    return project.name, project.allowed_origins


ADDITIONS: dict[str, Callable[[House], Awaitable[Any]]] = {
    "a change": lambda house: update_project(house.ctx, house.server, {"name": "alive"}),
    "a key": lambda house: create_key(house.ctx, house.server, NewKey("second")),
    "a template": lambda house: create_template(house.ctx, house.server, replace(INTERACTIVE_LIVE_STREAM, name="own")),
    "a clone": lambda house: clone_template(house.ctx, house.server, NAME, "own"),
    "an endpoint": lambda house: create_endpoint(house.ctx, house.server, None, ENDPOINT),
    "an endpoint of a room": lambda house: create_endpoint(house.ctx, house.server, "show", ENDPOINT),
    "a room": lambda house: create_room(house.ctx, house.server, NewRoom("other", "Other", NAME)),
    "a show": lambda house: start_broadcast(house.ctx, house.server, "show", NewBroadcast()),
}


@pytest.mark.parametrize("addition", ADDITIONS)
async def test_nothing_comes_of_a_project_that_is_deleted_meanwhile(postgres_house: House, addition: str) -> None:
    house = postgres_house
    house.ctx.outbound = Outbound(Guard(read_policy("127.0.0.1", "", is_http_allowed=False)))

    async def delete(tx: Tx) -> None:
        project = await projects.lock(tx, house.project.id)
        assert project is not None
        await projects.save(tx, replace(project, deleted_at=EPOCH))

    assert await refused(await overtaken(house, delete, ADDITIONS[addition](house))) is ErrorCode.PROJECT_NOT_FOUND
    async with house.ctx.database.read() as tx:
        assert await projects.get(tx, house.project.id) is None


async def test_two_changes_of_a_project_are_both_kept(postgres_house: House) -> None:
    house = postgres_house

    async def rename(tx: Tx) -> None:
        project = await projects.lock(tx, house.project.id)
        assert project is not None
        await projects.save(tx, replace(project, name="renamed"))

    bounded = update_project(house.ctx, house.server, {"allowed_origins": ("https://app.example",)})
    await overtaken(house, rename, bounded)
    assert await stored(house) == ("renamed", ("https://app.example",))


async def test_a_key_that_is_revoked_while_it_is_sealed_anew_stays_revoked(postgres_house: House) -> None:
    house = postgres_house
    key, _ = await create_key(house.ctx, house.server, NewKey("second"))

    async def revoke(tx: Tx) -> None:
        await keys.save(tx, replace(key, revoked_at=EPOCH))

    house.ctx.keyring = Keyring(b"another secret of thirty-two bytes or more", (TOKEN_SECRET,))
    await overtaken(house, revoke, seal_anew(house.ctx))
    async with house.ctx.database.read() as tx:
        now = await keys.get(tx, house.project.id, key.id)
    assert now is not None
    assert now.revoked_at == EPOCH
    assert now.sealed_secret != key.sealed_secret


async def test_a_key_that_is_changed_while_it_is_used_keeps_both(postgres_house: House) -> None:
    house = postgres_house
    key, _ = await create_key(house.ctx, house.server, NewKey("second"))

    async def use(tx: Tx) -> None:
        await keys.used(tx, key.id, at=EPOCH)

    await overtaken(house, use, update_key(house.ctx, ServerCaller(house.project.id), key.id, {"name": "renamed"}))
    async with house.ctx.database.read() as tx:
        now = await keys.get(tx, house.project.id, key.id)
    assert now is not None
    assert (now.name, now.last_used_at) == ("renamed", EPOCH)


async def test_a_secret_that_is_changed_while_the_old_one_is_sealed_anew_is_the_one(postgres_house: House) -> None:
    house = postgres_house
    house.ctx.outbound = Outbound(Guard(read_policy("127.0.0.1", "", is_http_allowed=False)))
    endpoint, _ = await create_endpoint(house.ctx, house.server, None, ENDPOINT)

    async def rotate(tx: Tx) -> None:
        await webhooks.save(tx, replace(endpoint, url="http://127.0.0.1:10/", sealed_secret="another"))

    house.ctx.keyring = Keyring(b"another secret of thirty-two bytes or more", (TOKEN_SECRET,))
    await overtaken(house, rotate, seal_anew(house.ctx))
    async with house.ctx.database.read() as tx:
        now = await webhooks.find(tx, house.project.id, endpoint.id)
    assert now is not None
    assert (now.url, now.sealed_secret) == ("http://127.0.0.1:10/", "another")


async def test_of_two_rooms_that_take_the_last_place_at_once_one_has_it(postgres_house: House) -> None:
    house = postgres_house
    house.ctx.outbound = Outbound(Guard(read_policy("127.0.0.1", "", is_http_allowed=False)))
    house.ctx.max_broadcasts = 1
    await house.another_room("other")
    endpoint, _ = await create_endpoint(house.ctx, house.server, None, ENDPOINT)
    async with house.ctx.database.begin() as tx:
        await webhooks.remove(tx, endpoint.id)  # whoever tells of a show waits for that
        starts = [start_broadcast(house.ctx, house.server, room, NewBroadcast()) for room in ("show", "other")]
        both = asyncio.gather(*starts, return_exceptions=True)
        await until(lambda: _wait(tx, 2), what="both to wait")
    [code] = [one.code for one in await both if isinstance(one, OnstageError)]
    assert code is ErrorCode.CAPACITY_EXHAUSTED


async def _wait(tx: Tx, count: int) -> bool:
    return await waiting(tx) == count
