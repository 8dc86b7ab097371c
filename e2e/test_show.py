"""A whole show: two browsers, one stage, one composed picture, one viewer brought on stage and sent back."""

from pathlib import Path

from playwright.async_api import Page, expect

from e2e.browser import chromium
from e2e.cameras import BLUE, RED
from e2e.people import (
    enter_studio,
    enter_watch,
    identity_of,
    participant_id_of,
    plays,
    shows,
    tile_centre,
)
from tests.support.onstage_server import OnstageServer


async def test_a_viewer_is_brought_on_stage_and_sent_back_without_reloading(
    server: OnstageServer, tmp_path: Path
) -> None:
    async with chromium(tmp_path, RED) as host, chromium(tmp_path, BLUE) as viewer:
        await enter_studio(host, await server.link("show", "host"), "Hanna")
        missing = media_that_was_not_there(viewer)
        await enter_watch(viewer, await server.link("show", "viewer"))
        await expect(viewer.get_by_test_id("not-live")).to_be_visible()
        await server.call("POST", "/v1/rooms/show/broadcasts")

        player = viewer.get_by_test_id("player")
        await shows(player, RED)
        identity, participant_id = await identity_of(viewer), await participant_id_of(viewer)

        await viewer.get_by_test_id("raise-hand").click()
        await host.get_by_test_id(f"hand-{identity}").wait_for()
        await host.get_by_test_id(f"promote-{identity}").first.click()
        await viewer.get_by_test_id("invite-accept").click()

        await shows(host.get_by_test_id(f"stage-tile-{identity}").locator("video"), BLUE)
        await shows(viewer.get_by_test_id(f"stage-tile-{await identity_of(host)}").locator("video"), RED)
        await composed_shows_both(server, viewer, tmp_path)
        assert await participant_id_of(viewer) == participant_id

        await host.get_by_test_id(f"demote-{identity}").first.click()
        await plays(viewer)
        await shows(player, RED)
        await expect(host.get_by_test_id(f"stage-tile-{identity}")).to_have_count(0)
        assert await participant_id_of(viewer) == participant_id
        assert await viewer.evaluate("window.neverReloaded") is True
        assert missing == []


def media_that_was_not_there(page: Page) -> list[str]:
    """The addresses under `/live` that the page asks for in vain from now on."""
    missing: list[str] = []
    page.on("response", lambda answer: missing.append(answer.url) if "/live/" in answer.url and not answer.ok else None)
    return missing


async def composed_shows_both(server: OnstageServer, viewer: Page, tmp_path: Path) -> None:
    """A second viewer, in another tab, sees the two in their tiles: who came first stands first."""
    other = await viewer.context.new_page()
    await enter_watch(other, await server.link("show", "viewer"))
    player = other.get_by_test_id("player")
    await shows(player, RED, tile_centre(2, 0))
    await shows(player, BLUE, tile_centre(2, 1))
    await other.screenshot(path=tmp_path / "watch.png")
    await other.close()
