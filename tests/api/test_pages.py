"""Whoever opens an address in a browser gets a page to read; programs get the problem."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from onstage.api.application import build_api
from onstage.api.pages import page_routes
from tests.support.problems import code

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture
async def visitor(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    (tmp_path / "index.html").write_text("<h1>The pages</h1>")
    (tmp_path / "not-found.html").write_text("<h1>Nothing here</h1>")
    api = build_api(None, public_url=None, routes=page_routes(tmp_path))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://onstage") as client:
        yield client


@pytest.mark.parametrize("path", ["/nonsense", "/watch/abc-defg-hij/more", "/v12", "/studio/", "/a%20b"])
async def test_a_browser_at_an_unknown_address_gets_a_page(visitor: httpx.AsyncClient, path: str) -> None:
    answer = await visitor.get(path, headers={"Accept": BROWSER})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "Nothing here" in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "",
        "application/json",
        "application/json, text/html",
        "text/html;q=0.5, application/json",
        "application/problem+json, text/html; q=0.9",
        "text/html;q=0",
        "text/html;q=much",
        ";;q=,,=",
    ],
)
async def test_a_program_at_an_unknown_address_gets_the_problem(visitor: httpx.AsyncClient, accept: str) -> None:
    assert code(await visitor.get("/nonsense", headers={"Accept": accept})) == "route_not_found"


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/nonsense"])
async def test_below_v1_everybody_gets_the_problem(visitor: httpx.AsyncClient, path: str) -> None:
    assert code(await visitor.get(path, headers={"Accept": BROWSER})) == "route_not_found"


async def test_only_looking_gets_a_page(visitor: httpx.AsyncClient) -> None:
    assert (
        (await visitor.head("/nonsense", headers={"Accept": BROWSER})).headers["content-type"].startswith("text/html")
    )
    assert code(await visitor.post("/nonsense", headers={"Accept": BROWSER})) == "route_not_found"


@pytest.mark.parametrize("path", ["/", "/studio", "/watch/abc-defg-hij"])
async def test_the_pages_are_for_any_client(visitor: httpx.AsyncClient, path: str) -> None:
    assert "The pages" in (await visitor.get(path)).text


async def test_pages_that_were_not_built_say_how_to_build_them(tmp_path: Path) -> None:
    api = build_api(None, public_url=None, routes=page_routes(tmp_path))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://onstage") as client:
        for path in ("/", "/nonsense"):
            answer = await client.get(path, headers={"Accept": BROWSER})
            assert answer.status_code == 503
            assert "make pages" in answer.text
