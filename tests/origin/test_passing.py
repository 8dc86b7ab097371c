"""A show of another server, through this one: the same bytes, and nothing passed twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from onstage.origin.doors.http import live_routes
from onstage.origin.doors.passing import Passing
from onstage.origin.doors.vod_http import vod_routes
from onstage.origin.origin import Origin
from onstage.origin.recordings.vod import Recorded, Vod
from tests.origin.serving import BROADCAST, LIST, ROOM, Show, a_show, an_app
from tests.support.clock import EPOCH, ManualClock
from tests.support.serving import free_port, serving
from tests.support.waiting import until

_HEADERS = ("content-type", "cache-control", "content-encoding", "access-control-allow-origin", "retry-after")


@dataclass(slots=True)
class Street:
    """The server with the show, and one without."""

    show: Show
    there: httpx.AsyncClient
    here: httpx.AsyncClient
    found: dict[str, str]  # where shows are, as the one without knows

    async def both(self, path: str, **headers: str) -> tuple[httpx.Response, httpx.Response]:
        """The answer of each."""
        asked = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.there.get(path, headers=asked), await self.here.get(path, headers=asked)


def a_guide(found: dict[str, str]) -> Callable[[str], Awaitable[str | None]]:
    """Finds shows as that says."""

    async def find(show: str) -> str | None:
        return found.get(show)

    return find


@asynccontextmanager
async def served_by_neighbour(found: dict[str, str]) -> AsyncIterator[str]:
    """A server without shows, that finds them elsewhere."""

    origin, passing = Origin(ManualClock(), None), Passing(a_guide(found))
    app = Starlette(routes=[Mount("/live", routes=live_routes(origin, passing))])
    async with serving(app, port=free_port()) as url:
        yield url
    await passing.close()
    await origin.close()


@pytest.fixture
async def street() -> AsyncIterator[Street]:
    async with AsyncExitStack() as stack:
        show = await stack.enter_async_context(a_show())
        there = await stack.enter_async_context(serving(an_app(show.origin), port=free_port()))
        found = dict.fromkeys((ROOM, BROADCAST), there)
        here = await stack.enter_async_context(served_by_neighbour(found))
        clients = [await stack.enter_async_context(httpx.AsyncClient(base_url=url)) for url in (there, here)]
        yield Street(show, *clients, found)


def same(answers: tuple[httpx.Response, httpx.Response]) -> httpx.Response:
    """Both say the same; that."""
    there, here = answers
    assert (here.status_code, here.content) == (there.status_code, there.content)
    for name in _HEADERS:
        assert here.headers.get(name) == there.headers.get(name), name
    return here


@pytest.mark.parametrize("coding", ["identity", "gzip"])
async def test_lists_and_media_of_another_server_are_the_same_bytes(street: Street, coding: str) -> None:
    await street.show.fill(3, parts=2)
    multivariant = same(await street.both(f"/live/{ROOM}/index.m3u8", accept_encoding=coding))
    assert "#EXT-X-STREAM-INF" in multivariant.text
    media = same(await street.both(LIST, accept_encoding=coding))
    names = [line for line in media.text.splitlines() if line and not line.startswith("#")]
    segment = same(await street.both(f"/live/{BROADCAST}/720p/{names[-1]}"))
    assert segment.status_code == 200
    assert segment.content


async def test_a_held_reload_is_held_through_both(street: Street) -> None:
    await street.show.fill(2)
    reload = asyncio.create_task(street.here.get(f"{LIST}?_HLS_msn=3&_HLS_part=0"))
    await until(lambda: street.show.window.stats().held_requests > 0, what="the request to be held there")
    assert not reload.done()
    await street.show.feed(1)
    assert (await reload).status_code == 200


async def test_what_is_wrong_there_is_told_as_there(street: Street) -> None:
    await street.show.fill(2)
    assert same(await street.both(f"/live/{BROADCAST}/720p/nothing.mp4")).status_code == 404
    assert same(await street.both(f"{LIST}?_HLS_msn=99")).status_code == 400


async def test_a_show_that_is_nowhere_is_not_found_here(street: Street) -> None:
    assert (await street.here.get("/live/bc_nowhere/index.m3u8")).status_code == 404


async def test_a_neighbour_that_does_not_answer_is_no_crash(street: Street) -> None:
    street.found[BROADCAST] = f"http://127.0.0.1:{free_port()}"
    answer = await street.here.get(LIST)
    assert (answer.status_code, answer.json()["code"]) == (404, "broadcast_not_found")


async def test_a_recording_in_the_folder_of_another_server_is_the_same_bytes(tmp_path: Path) -> None:
    async def find(_: str) -> Recorded:
        return Recorded(BROADCAST, ((EPOCH, None),))

    found: dict[str, str] = {}
    async with AsyncExitStack() as stack:
        show = await stack.enter_async_context(a_show(tmp_path / "there"))
        await show.fill(3)
        await show.window.end()
        there = Starlette(routes=[Mount("/vod", routes=vod_routes(Vod(show.origin, find)))])
        url = await stack.enter_async_context(serving(there, port=free_port()))
        passing, origin = Passing(a_guide(found)), Origin(ManualClock(), tmp_path / "here")
        stack.push_async_callback(passing.close)
        stack.push_async_callback(origin.close)
        here = Starlette(routes=[Mount("/vod", routes=vod_routes(Vod(origin, find), None, passing))])
        street = Street(
            show,
            await stack.enter_async_context(httpx.AsyncClient(base_url=url)),
            await stack.enter_async_context(
                httpx.AsyncClient(transport=httpx.ASGITransport(here), base_url="http://here")
            ),
            found,
        )
        lists = "/vod/rec_1/720p/index.m3u8"
        assert (await street.here.get(lists)).json()["code"] == "storage_away"
        found["rec_1"] = url
        assert "#EXT-X-STREAM-INF" in same(await street.both("/vod/rec_1/index.m3u8")).text
        assert same(await street.both(lists)).text.count("#EXTINF") == 3
        assert same(await street.both("/vod/rec_1/720p/seg2.m4s")).status_code == 200
        assert same(await street.both("/vod/rec_1/720p/seg9.m4s")).status_code == 404


async def test_two_that_each_take_the_other_for_the_owner_ask_once(street: Street) -> None:
    one: dict[str, str] = {}
    other: dict[str, str] = {}
    async with served_by_neighbour(one) as first, served_by_neighbour(other) as second:
        one["bc_lost"], other["bc_lost"] = second, first
        async with httpx.AsyncClient(base_url=first) as client:
            assert (await client.get("/live/bc_lost/index.m3u8")).status_code == 404
