"""The studio's live targets: added with a masked key, seen live, removed; by keyboard, and named for screen readers."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from e2e.browser import chromium
from e2e.cameras import BLUE
from e2e.people import enter_studio
from tests.support.onstage_server import OnstageServer
from tests.support.rtmp import RtmpServer

KEY = "sesame-4711"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[OnstageServer]:
    running = OnstageServer(tmp_path / "data", settings={"OUTBOUND_ALLOW": "127.0.0.1"})
    await running.start()
    await running.make_project()
    await running.call("POST", "/v1/rooms", {"name": "show", "title": "The show"})
    yield running
    await running.stop()


async def test_a_host_adds_a_live_target_and_removes_it(server: OnstageServer, tmp_path: Path) -> None:
    with RtmpServer(tmp_path / "rtmp") as target:
        async with chromium(tmp_path, BLUE) as page:
            await enter_studio(page, await server.link("show", "host"), "Hanna")
            await expect(page.get_by_test_id("outputs")).to_have_count(0)
            await page.get_by_test_id("go-live").click()
            await page.get_by_role("button", name="Live targets").click()
            await page.get_by_label("Server URL").fill(f"{target.url}/live")
            await page.get_by_label("Stream key").fill(KEY)
            assert await page.get_by_label("Stream key").get_attribute("type") == "password"
            await page.keyboard.press("Enter")
            dialog = page.get_by_role("dialog", name="Live targets")
            await expect(dialog.locator(".chip")).to_have_text("Live")
            await expect(page.get_by_label("Stream key")).to_have_value("")
            await page.screenshot(path=tmp_path / "outputs.png")
            assert KEY not in await page.content()
            await dialog.get_by_role("button", name=f"Remove {target.url}/live").click()
            await expect(dialog.locator(".chip")).to_have_count(0)
            await page.get_by_label("Server URL").fill("rtmp://10.0.0.1/live/key")
            await page.keyboard.press("Enter")
            await expect(page.get_by_text("The server may not connect there.")).to_be_visible()
            await page.keyboard.press("Escape")
            await expect(dialog).to_have_count(0)
