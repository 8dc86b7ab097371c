"""The watch page in a room that is public, becomes signed while it plays, and public again."""

from pathlib import Path

from playwright.async_api import Page

from e2e.browser import chromium
from e2e.cameras import RED
from e2e.people import enter_studio, enter_watch, plays, shows
from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until


async def test_the_watch_page_plays_on_while_its_room_becomes_signed(server: OnstageServer, tmp_path: Path) -> None:
    async with chromium(tmp_path, RED) as host, chromium(tmp_path, RED) as viewer:
        await enter_studio(host, await server.link("show", "host"), "Hanna")
        broadcast = await server.call("POST", "/v1/rooms/show/broadcasts")
        asked = asked_for(viewer)
        await enter_watch(viewer, await server.link("show", "viewer"))
        await plays(viewer)
        assert not any("/~" in url for url in asked)

        await set_access(server, "signed")
        await until(lambda: any("/live/~" in url for url in asked), what="the page to play by a token")
        await plays(viewer)
        await shows(viewer.get_by_test_id("player"), RED)
        stranger = await server.http.get(f"/live/{broadcast['id']}/index.m3u8")
        assert (stranger.status_code, stranger.json()["code"]) == (403, "playback_token_missing")
        await plays_for_who_comes_later(server, viewer)

        await set_access(server, "public")
        await plays(viewer)
        assert await viewer.evaluate("window.onstage.player.stats.loads") == 1
        assert await viewer.evaluate("window.neverReloaded") is True


async def plays_for_who_comes_later(server: OnstageServer, viewer: Page) -> None:
    """Another tab joins the signed room, and never asks without its token."""
    other = await viewer.context.new_page()
    asked = asked_for(other)
    await enter_watch(other, await server.link("show", "viewer"))
    await plays(other)
    assert asked
    assert all("/live/~" in url for url in asked)
    await other.close()


async def set_access(server: OnstageServer, access: str) -> None:
    await server.call("PATCH", "/v1/rooms/show", {"settings": {"playback": {"access": access}}})


def asked_for(page: Page) -> list[str]:
    """What the page asks for under `/live` from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/live/" in request.url else None)
    return asked
