"""From a forced promotion to the first picture that another participant decodes; browsers on both sides."""

import asyncio
import time

from playwright.async_api import Browser, Page, async_playwright

from bench.house import ROOM, onstage, percentile
from bench.report import Row, write
from onstage.cli.demo.viewer import CHROMIUM_FLAGS
from tests.support.onstage_server import OnstageServer

RUNS = 7
BARS_MS = {"viewer": 800.0, "audience": 400.0}
_PATIENCE_MS = 20_000

# Resolves with the wall time at which the first picture of somebody's tile was presented.
_FIRST_PICTURE = """(testId) => new Promise((resolve) => {
  const look = () => {
    const video = document.querySelector(`[data-testid="${testId}"] video`);
    if (video === null) return requestAnimationFrame(look);
    video.requestVideoFrameCallback(() => resolve(Date.now()));
  };
  look();
})"""


async def enter(page: Page, link: str) -> str:
    """Come in as a viewer or as audience; gives the identity."""
    await page.goto(link)
    await page.get_by_test_id("raise-hand").wait_for(timeout=_PATIENCE_MS)
    return str(await page.evaluate("window.onstage.session.state.me.identity"))


async def enter_studio(page: Page, link: str) -> None:
    """Come on stage as a host who sends nothing: two browsers that encode would measure the machine."""
    await page.goto(link)
    await page.get_by_label("Your name").fill("Host")
    await page.get_by_label("Turn the camera off").click()
    await page.get_by_label("Mute the microphone").click()
    await page.get_by_test_id("prejoin-join").click()
    await page.get_by_test_id("go-live").wait_for(timeout=_PATIENCE_MS)


async def promotions_ms(server: OnstageServer, browser: Browser, host: Page, role: str) -> list[float]:
    """Times of so many promotions, each of somebody who came in anew."""
    link = await server.link(ROOM, role)
    times: list[float] = []
    for _ in range(RUNS):
        context = await browser.new_context()
        guest = await context.new_page()
        identity = await enter(guest, link)
        shown = asyncio.ensure_future(host.evaluate(_FIRST_PICTURE, f"stage-tile-{identity}"))
        await asyncio.sleep(1.0)  # the page has settled: nobody is promoted in the second they came
        began_ms = time.time() * 1000
        await server.call("POST", f"/v1/rooms/{ROOM}/participants/{identity}/promote", {"force": True})
        times.append(await shown - began_ms)
        await context.close()
        await server.call("POST", f"/v1/rooms/{ROOM}/participants/{identity}/remove")
    return times


async def main() -> None:
    """Measure and write."""
    rows: list[Row] = []
    async with onstage() as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(CHROMIUM_FLAGS))
        host = await browser.new_page()
        await enter_studio(host, await server.link(ROOM, "host"))
        for role, bar_ms in BARS_MS.items():
            times = await promotions_ms(server, browser, host, role)
            p50 = percentile(times, 0.5)
            what = f"promotion to first picture elsewhere, from {role}"
            rows.append(Row(f"{what}, p50", p50, "ms", bar=f"<= {bar_ms:.0f}", holds=p50 <= bar_ms))
            rows.append(Row(f"{what}, worst of {RUNS}", max(times), "ms"))
        await browser.close()
    write("promote", rows)


if __name__ == "__main__":
    asyncio.run(main())
