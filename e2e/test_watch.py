"""What a viewer can choose on the watch page, and what belongs to a moment of the show, in a real browser."""

import re
from pathlib import Path
from typing import Any

from playwright.async_api import Page, expect

from e2e.browser import chromium
from e2e.cameras import BLUE
from e2e.people import enter_watch, plays
from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until

LADDER = [{"height": 720, "video_bps": 1_500_000}, {"height": 360, "video_bps": 500_000}]
NEAR_MS = 700
_FOLLOW = """() => {
  window.told = [];
  const { player } = window.onstage;
  player.on("metadata", ({ payload }) => window.told.push([payload, Date.now() - player.latencyMs]));
}"""
_GO_BACK = """() => {
  const { session, player } = window.onstage;
  player.seekTo(Date.parse(session.state.broadcast.live_at) + 3000);
}"""
_CAPTION = """(video) => [...video.textTracks].filter((track) => track.mode === "showing")
  .flatMap((track) => [...(track.activeCues ?? [])].map((cue) => cue.getCueAsHTML().textContent))"""


async def test_a_viewer_chooses_quality_and_captions_and_goes_back_in_time(
    server: OnstageServer, tmp_path: Path
) -> None:
    start = {"ladder": LADDER, "captions": [{"language": "en", "name": "English"}]}
    show = await server.call("POST", "/v1/rooms/show/broadcasts", start)
    async with chromium(tmp_path, BLUE) as page:
        await enter_watch(page, await server.link("show", "viewer"))
        await plays(page)
        await page.evaluate(_FOLLOW)
        await changes_quality(page)
        await gets_metadata_with_its_picture(page, server, show)
        await reads_captions(page, server, show)
        await goes_back_and_to_live_again(page, show)
        stats = await page.evaluate("window.onstage.player.stats")
        assert (stats["stalls"], stats["recoveries"]) == (0, 0), stats


async def changes_quality(page: Page) -> None:
    """Down and up again, without a gap."""
    await page.get_by_test_id("player-menu").click()
    for height in (360, 720):
        await page.get_by_role("radio", name=re.compile(rf"^{height}p")).check()
        await until(lambda height=height: shows_lines(page, height), what=f"{height} lines")
    await page.get_by_role("radio", name="Automatic").check()
    await page.get_by_label("Show figures").check()
    await expect(page.get_by_test_id("stats")).to_contain_text(re.compile("1280 . 720"))
    await page.keyboard.press("Escape")


async def shows_lines(page: Page, height: int) -> bool:
    return bool(await page.get_by_test_id("player").evaluate("(video, height) => video.videoHeight === height", height))


async def gets_metadata_with_its_picture(page: Page, server: OnstageServer, show: dict[str, Any]) -> None:
    path = f"/v1/broadcasts/{show['id']}/metadata"
    sent = [await server.call("POST", path, {"payload": f"offer {number}"}) for number in range(3)]

    async def told() -> list[Any]:
        found: list[Any] = await page.evaluate("window.told")
        return found if len(found) == len(sent) else []

    heard = await until(told, what="the metadata")
    assert [payload for payload, _ in heard] == [one["payload"] for one in sent]
    at = await page.evaluate("(moments) => moments.map(Date.parse)", [one["at"] for one in sent])
    assert [
        round(seen - moment) for (_, seen), moment in zip(heard, at, strict=True) if abs(seen - moment) > NEAR_MS
    ] == []


async def reads_captions(page: Page, server: OnstageServer, show: dict[str, Any]) -> None:
    await page.get_by_test_id("player-menu").click()
    await page.get_by_role("radio", name="English").check()
    await page.keyboard.press("Escape")
    line = {"text": "Good evening, <everybody>."}
    await server.call("POST", f"/v1/broadcasts/{show['id']}/captions", {"language": "en", "cues": [line]})

    async def is_read() -> bool:
        return line["text"] in await page.get_by_test_id("player").evaluate(_CAPTION)

    await until(is_read, what="the caption")


async def goes_back_and_to_live_again(page: Page, show: dict[str, Any]) -> None:
    await expect(page.get_by_test_id("seek")).to_be_visible()
    await page.evaluate(
        "window.onstage.player.seekTo(Date.parse(window.onstage.session.state.broadcast.live_at) + 3000)"
    )

    async def is_back(least_ms: int, most_ms: int) -> bool:
        latency = await page.evaluate("window.onstage.player.latencyMs")
        return latency is not None and least_ms < latency < most_ms

    await until(lambda: is_back(10_000, 120_000), what="the beginning of the show")
    await plays(page)
    await page.get_by_test_id("go-live").click()
    await until(lambda: is_back(0, 5_000), what="the live edge")
    await plays(page)
    assert show["dvr_window_s"] > 0
