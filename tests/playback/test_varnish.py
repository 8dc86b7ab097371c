"""Behind Varnish, configured as the guide says, the origin fills each thing once, and nobody plays who may not."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from onstage.origin.doors.caching import ALLOWED_FOR_S
from tests.playback.test_signed_door import revoke
from tests.playback.varnish import Varnish, varnish
from tests.playback.venue import Venue
from tests.support.serving import free_port, serving
from tests.support.waiting import until

CLIENTS = 50


@dataclass(slots=True)
class Edge:
    """A venue behind Varnish, and what reaches its origin."""

    venue: Venue
    cache: Varnish
    client: httpx.AsyncClient
    origin_url: str
    fills: Counter[str] = field(default_factory=Counter)  # by path without its token, with the query

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path)

    async def all_get(self, paths: list[str]) -> list[httpx.Response]:
        return await asyncio.gather(*(self.get(path) for path in paths))


class Counted:
    """The venue's door, counting who comes to it."""

    def __init__(self, venue: Venue, fills: Counter[str]) -> None:
        self._venue = venue
        self._fills = fills

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            query = scope["query_string"].decode()
            self._fills[re.sub(r"/~[^/]*", "", scope["path"]) + (f"?{query}" if query else "")] += 1
        await self._venue.app(scope, receive, send)


@asynccontextmanager
async def edge_of(venue: Venue, folder: Path) -> AsyncIterator[Edge]:
    fills: Counter[str] = Counter()
    port = free_port()
    everybody = httpx.Limits(max_connections=2 * CLIENTS)
    async with (
        serving(Starlette(routes=[Mount("/", app=Counted(venue, fills))]), port=port),
        varnish(folder, port) as cache,
        httpx.AsyncClient(base_url=cache.url, limits=everybody, timeout=30) as client,
    ):
        yield Edge(venue, cache, client, f"http://127.0.0.1:{port}", fills)


@pytest.fixture
async def edge(venue: Venue, tmp_path: Path) -> AsyncIterator[Edge]:
    async with edge_of(venue, tmp_path) as edge:
        yield edge


async def bases(venue: Venue, access: str) -> list[str]:
    """What each client's paths begin with: in a signed room, a token of their own."""
    await venue.set(access=access)
    return ["/live/" if access == "public" else f"/live/~{await venue.token()}/" for _ in range(CLIENTS)]


@pytest.mark.parametrize("access", ["public", "signed"])
async def test_fifty_clients_cost_one_fill_of_each_thing(edge: Edge, access: str) -> None:
    venue = edge.venue
    mine, show = await bases(venue, access), venue.window.broadcast_id
    began_s = time.monotonic()
    for name in ("init0.mp4", "seg2.m4s", "seg3.m4s"):
        path = f"{show}/720p/{name}"
        direct = (await venue.get(mine[0] + path)).content
        answers = await edge.all_get([base + path for base in mine] * 2)
        assert {(one.status_code, one.content) for one in answers} == {(200, direct)}
        assert edge.fills[f"/live/{path}"] == 1
    each_at_most = 1 + (time.monotonic() - began_s) / ALLOWED_FOR_S
    asked = edge.fills[f"/live/{show}/allowed"]
    assert 1 <= asked / (1 if access == "public" else CLIENTS) <= each_at_most


@pytest.mark.parametrize("access", ["public", "signed"])
async def test_fifty_held_reloads_and_parts_are_one_each_and_end_together(edge: Edge, access: str) -> None:
    venue = edge.venue
    mine, show = await bases(venue, access), venue.window.broadcast_id
    reload, part = f"{venue.media_list}?_HLS_msn=4&_HLS_part=0", f"{show}/720p/part4.0.m4s"
    sids = [f"&sid=viewer-{number:04}" for number in range(CLIENTS)]
    await edge.all_get([f"{base}{show}/allowed" for base in mine])  # so that they wait for nothing else
    slept = await edge.cache.counter("busy_sleep")
    reloads = [asyncio.create_task(edge.get(base + reload + sid)) for base, sid in zip(mine, sids, strict=True)]
    parts = [asyncio.create_task(edge.get(base + part)) for base in mine]

    async def all_wait() -> bool:
        asleep = await edge.cache.counter("busy_sleep") - slept
        return asleep >= 2 * (CLIENTS - 1) and venue.window.stats().held_requests == 2

    await until(all_wait, what="one of each to wait at the origin, and the others in Varnish")
    await venue.show.feed(1)
    for tasks in (reloads, parts):
        answers = [await one for one in tasks]
        assert len({answer.content for answer in answers}) == 1
        assert {answer.status_code for answer in answers} == {200}
    assert edge.fills[f"/live/{venue.media_list}?_HLS_msn=4&_HLS_part=0"] == 1
    assert edge.fills[f"/live/{part}"] == 1


async def test_what_is_kept_is_given_only_to_whom_the_origin_lets_in(edge: Edge) -> None:
    venue = edge.venue
    await venue.set(access="signed")
    path = f"{venue.window.broadcast_id}/720p/seg3.m4s"
    assert (await edge.get(f"/live/~{await venue.token()}/{path}")).status_code == 200  # it is kept now
    for base in ("", "~/", "~garbage/", "%7Egarbage/", f"~{await venue.token(ttl_s=30)}x/"):
        answer = await edge.get(f"/live/{base}{path}")
        assert answer.status_code in (403, 404), base
        assert answer.content != (await venue.get(f"/live/~{await venue.token()}/{path}")).content
    assert edge.fills[f"/live/{path}"] == 1


async def test_a_refusal_of_one_does_not_last_for_others(edge: Edge) -> None:
    venue = edge.venue
    await venue.set(access="signed")
    for _ in range(3):
        assert (await edge.get("/live/" + venue.media_list)).json()["code"] == "playback_token_missing"
        assert (await edge.get(f"/live/~{await venue.token()}/{venue.media_list}")).status_code == 200


async def test_a_revoked_token_plays_on_for_seconds_at_most(edge: Edge) -> None:
    venue = edge.venue
    await venue.set(access="signed")
    made, token = await venue.made()
    path = f"/live/~{token}/{venue.window.broadcast_id}/720p/seg3.m4s"
    assert (await edge.get(path)).status_code == 200
    await revoke(venue, made.id)
    revoked_s = time.monotonic()

    async def is_refused() -> bool:
        return (await edge.get(path)).status_code == 403

    await until(is_refused, what="the refusal", deadline_s=3 * ALLOWED_FOR_S)
    assert time.monotonic() - revoked_s < 2 * ALLOWED_FOR_S


async def test_what_is_not_there_is_asked_for_again_soon(edge: Edge) -> None:
    path = f"/live/{edge.venue.window.broadcast_id}/720p/seg99.m4s"
    assert (await edge.get(path)).status_code == 404
    asked = edge.fills[path]

    async def is_asked_again() -> bool:
        await edge.get(path)
        return edge.fills[path] > asked

    await until(is_asked_again, what="another look")


async def test_beacons_come_through_and_a_sid_makes_no_fill(edge: Edge) -> None:
    venue = edge.venue
    show = venue.window.broadcast_id
    for number in range(5):
        query = f"sid=viewer-{number:04}"
        assert (await edge.client.post(f"/live/{show}/beacon?{query}")).status_code == 204
        assert (await edge.get(f"/live/{show}/720p/seg3.m4s?{query}")).status_code == 200
        assert (await edge.get(f"/live/{venue.media_list}?x=1&_HLS_part=3&{query}&_HLS_msn=3")).status_code == 200
    assert venue.viewers.counts() == {show: 5}
    assert edge.fills[f"/live/{show}/720p/seg3.m4s"] == 1
    assert edge.fills[f"/live/{venue.media_list}?_HLS_msn=3&_HLS_part=3"] == 1
