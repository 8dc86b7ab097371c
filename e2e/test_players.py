"""Players that are not ours play a show's ladder: Shaka, hls.js alone, and the browser's own HLS."""

import os
import signal
from pathlib import Path
from typing import Any

from playwright.async_api import Page, Route

from e2e.browser import chromium
from e2e.cameras import BLUE
from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until

ROOT = Path(__file__).parent.parent
PAGE = Path(__file__).parent / "players"
LIBRARIES = {
    "shaka.js": ROOT / "node_modules/shaka-player/dist/shaka-player.compiled.js",
    "hls.js": ROOT / "node_modules/hls.js/dist/hls.min.js",
}
LADDER = [{"height": 720, "video_bps": 1_500_000}, {"height": 360, "video_bps": 500_000}]
PLAYERS = ("shaka", "hls", "native")
CHOOSING = ("shaka", "hls")
LONGEST_BREAK_S = 0.6
LONGEST_STALL_S = 8.0
FRAME_RATE = 30
NATIVE_NEEDS_SEGMENTS = 4
"""Chromium's own player gives up when it has taken all that is listed before it begins to play."""


async def test_other_players_change_rungs_and_outlive_the_composer(server: OnstageServer, tmp_path: Path) -> None:
    show = await server.call("POST", "/v1/rooms/show/broadcasts", {"ladder": LADDER})
    url = f"{server.url}/live/{show['room_id']}/index.m3u8"
    playlist = f"/live/{show['id']}/720p/index.m3u8"
    async with chromium(tmp_path, BLUE) as page:
        await page.route(f"{server.url}/players/*", serve)
        await page.goto(f"{server.url}/players/players.html")
        await until(lambda: has_segments(server, playlist, 2), what="the show")
        for name in CHOOSING:
            await page.evaluate("([name, url]) => start(name, url)", [name, url])
        await until(lambda: has_segments(server, playlist, NATIVE_NEEDS_SEGMENTS), what="a list for Chromium")
        assert await page.evaluate("videos.native.canPlayType('application/vnd.apple.mpegurl')") == "maybe"
        await page.evaluate("(url) => start('native', url)", url)
        await all_play(page, 1)

        await begin(page)
        # Longer on each than a segment: hls.js that comes back within one goes on behind the part it had left off
        # with, which nothing can decode after the other rung's parts (seen with 1.7.4: a hole of half a second).
        for height, played_s in ((360, 5), (720, 9)):
            for name in CHOOSING:
                await page.evaluate("([name, height]) => choose(name, height)", [name, height])
            await all_show(page, height)
            await all_play(page, played_s)
        for name in PLAYERS:
            plays_without_a_gap(name, await seen(page, name))

        await begin(page)
        [composer] = server.composer_pids()
        os.kill(composer, signal.SIGKILL)
        await all_play(page, 10)
        for name in PLAYERS:
            outlived_the_composer(name, await seen(page, name))
        assert "#EXT-X-DISCONTINUITY\n" in (await server.http.get(playlist)).text


async def serve(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    await route.fulfill(path=LIBRARIES.get(name, PAGE / name))


async def has_segments(server: OnstageServer, playlist: str, count: int) -> bool:
    return (await server.http.get(playlist)).text.count("#EXTINF") >= count


async def begin(page: Page) -> None:
    for name in PLAYERS:
        await page.evaluate("(name) => begin(name)", name)


async def seen(page: Page, name: str) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate("(name) => seen(name)", name)
    return found


async def all_play(page: Page, seconds: float) -> None:
    """Return once each has played for so many seconds since it was last begun with."""

    async def found() -> list[dict[str, Any]]:
        return [await seen(page, name) for name in PLAYERS]

    async def played() -> bool:
        behind = [one for one in await found() if one["playedS"] <= seconds]
        return not behind

    try:
        await until(played, deadline_s=60.0, what="all to play")
    except AssertionError as late:
        raise AssertionError(await found()) from late


async def all_show(page: Page, height: int) -> None:
    """Return once what was chosen is on screen."""

    async def is_shown() -> bool:
        return [(await seen(page, name))["height"] for name in CHOOSING] == [height] * len(CHOOSING)

    await until(is_shown, what=f"{height} lines")


def plays_without_a_gap(name: str, found: dict[str, Any]) -> None:
    assert found["longestS"] <= LONGEST_BREAK_S, (name, found)
    assert (found["sources"], found["gaps"]) == (0, 0), (name, found)
    assert found["pictures"] >= 0.9 * FRAME_RATE * found["playedS"], (name, found)
    assert name == "native" or {360, 720} <= set(found["heights"]), (name, found)


def outlived_the_composer(name: str, found: dict[str, Any]) -> None:
    assert found["longestS"] <= LONGEST_STALL_S, (name, found)
    assert found["sources"] == 0, (name, found)
