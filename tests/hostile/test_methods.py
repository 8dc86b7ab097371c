"""Methods that a path does not take, and bytes that are no HTTP: refused, and nothing is done."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from tests.api.answers.operations import DOCUMENT
from tests.api.answers.scene import Scene, open_scene, opened_doors
from tests.hostile.raw import Wire, ask
from tests.support.buses import Buses
from tests.support.gateway import ServedHouse
from tests.support.problems import code
from tests.support.stores import Store
from tests.support.tally import tally

pytestmark = pytest.mark.asyncio(loop_scope="module")

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "MOVE", "get", "X" * 100)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors(tmp_path_factory: pytest.TempPathFactory, schema: Store, buses: Buses) -> AsyncIterator[ServedHouse]:
    async with opened_doors(tmp_path_factory.mktemp("house"), schema, buses) as opened:
        yield opened


def address(scene: Scene, path: str) -> str:
    """One that the document's path stands for."""
    names = {"room": scene.room, "project": scene.house.project.id}
    return "/".join(names.get(part[1:-1], "nothing") if part.startswith("{") else part for part in path.split("/"))


@pytest.mark.parametrize("path", DOCUMENT.raw["paths"])
async def test_a_path_takes_the_methods_that_are_documented_and_tells_them(doors: ServedHouse, path: str) -> None:
    scene = await open_scene(doors)
    documented = {method.upper() for method in DOCUMENT.raw["paths"][path]}
    taken = ", ".join(method for method in _METHODS if method in documented)
    lines = (f"Authorization: {scene.basic}", "Content-Length: 0")
    for method in _METHODS:
        if method not in documented:
            answer = await ask(doors.url, method, address(scene, path), *lines)
            assert (answer.status, answer.headers["allow"]) == (405, taken), method
            assert answer.headers["content-type"] == "application/problem+json"
            tally("hostile methods")


@pytest.mark.parametrize("method", _METHODS)
async def test_nowhere_takes_no_method(doors: ServedHouse, method: str) -> None:
    answer = await ask(doors.url, method, "/v1/nowhere", "Content-Length: 0")
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "allow" not in answer.headers
    tally("hostile methods")


async def test_a_preflight_tells_nothing_of_what_is_there(doors: ServedHouse) -> None:
    scene = await open_scene(doors)
    asking = {"Origin": "https://app.example", "Access-Control-Request-Method": "DELETE"}
    async with httpx.AsyncClient(base_url=doors.url) as browser:
        there = await browser.options(f"/v1/rooms/{scene.room}", headers=asking)
        nowhere = await browser.options("/v1/rooms/nothing", headers=asking)
        plain = await browser.options(f"/v1/rooms/{scene.room}")
    assert (there.status_code, dict(there.headers) | {"date": ""}) == (200, dict(nowhere.headers) | {"date": ""})
    assert code(plain) == "method_not_allowed"
    tally("hostile methods", 3)


_FRAMINGS = [
    "POST {path} HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST {path} HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345",
    "POST {path} HTTP/1.1\r\nHost: here\r\nContent-Length: -1\r\n\r\n",
    "POST {path} HTTP/1.1\r\nHost: here\r\nContent-Length: +5\r\n\r\n12345",
    "POST {path} HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: xchunked\r\n\r\n",
    "POST {path} HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
    "POST {path} HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
    "GET {path} HTTP/9.9\r\nHost: here\r\n\r\n",
    "GE T {path} HTTP/1.1\r\nHost: here\r\n\r\n",
    "GET  {path}  HTTP/1.1\r\nHost: here\r\n\r\n",
    "GET {path} HTTP/1.1\r\nHost : here\r\n\r\n",
    "GET {path} HTTP/1.1\r\n Host: here\r\n\r\n",
    "GET {path} HTTP/1.1\r\nHost: here\r\nX: a\0b\r\n\r\n",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
    "\r\n\r\n\r\n\r\n\r\nGARBAGE\r\n\r\n",
]


@pytest.mark.parametrize("text", _FRAMINGS, ids=lambda text: repr(text)[:40])
async def test_what_is_no_http_is_refused_or_cut(doors: ServedHouse, text: str) -> None:
    scene = await open_scene(doors)
    async with Wire(scene.served.url) as wire:
        await wire.send(text.replace("{path}", f"/v1/rooms/{scene.room}/end"))
        assert (await wire.status_or_cut()) in {None, 400, 401, 404, 405, 413, 501, 505}
    assert (await scene.send(scene.call("get_room"))).status_code == 200
    tally("hostile framings")
