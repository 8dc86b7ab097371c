"""Things that die while people watch (design §8)."""

import os
import signal
from pathlib import Path

from playwright.async_api import Page

from e2e.browser import chromium
from e2e.cameras import BLUE, RED
from e2e.people import enter_studio, enter_watch, identity_of, participant_id_of, plays, shows
from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until

LONGEST_STALL_S = 6.0

# Counts what must not happen to the player, and the longest time its picture stood still.
_WATCH_PLAYER = """() => {
  const video = document.querySelector('[data-testid="player"]');
  const seen = { longestStall: 0, loads: 0, video };
  window.seen = seen;
  video.addEventListener("emptied", () => seen.loads++);  // a new source empties the element
  let [last, since] = [video.currentTime, performance.now()];
  setInterval(() => {
    if (video.currentTime !== last) [last, since] = [video.currentTime, performance.now()];
    seen.longestStall = Math.max(seen.longestStall, (performance.now() - since) / 1000);
  }, 50);
}"""
_SEEN = """() => ({
  longestStall: window.seen.longestStall,
  loads: window.seen.loads,
  isSame: window.seen.video === document.querySelector('[data-testid="player"]'),
})"""


async def test_the_viewer_plays_on_when_the_composer_is_killed(server: OnstageServer, tmp_path: Path) -> None:
    async with chromium(tmp_path, RED) as host, chromium(tmp_path, BLUE) as viewer:
        await enter_studio(host, await server.link("show", "host"), "Hanna")
        await enter_watch(viewer, await server.link("show", "viewer"))
        broadcast = await server.call("POST", "/v1/rooms/show/broadcasts")
        await shows(viewer.get_by_test_id("player"), RED)
        playlist = f"/live/{broadcast['id']}/720p/index.m3u8"
        before = await _media_sequence(server, playlist)
        await viewer.evaluate(_WATCH_PLAYER)

        [composer] = server.composer_pids()
        os.kill(composer, signal.SIGKILL)
        await until(lambda: _has_discontinuity(server, playlist), what="a discontinuity in the playlist")
        await _plays_past_discontinuity(viewer)

        seen = await viewer.evaluate(_SEEN)
        assert seen["isSame"]
        assert seen["loads"] == 0
        assert seen["longestStall"] <= LONGEST_STALL_S
        assert await _media_sequence(server, playlist) >= before
        assert (await server.call("GET", f"/v1/broadcasts/{broadcast['id']}"))["status"] == "live"
        assert server.composer_pids() != [composer]


async def test_the_show_goes_on_when_the_server_is_killed_and_started_again(
    server: OnstageServer, tmp_path: Path
) -> None:
    async with chromium(tmp_path, RED) as host, chromium(tmp_path, BLUE) as viewer:
        await enter_studio(host, await server.link("show", "host"), "Hanna")
        await enter_watch(viewer, await server.link("show", "viewer"))
        broadcast = await server.call("POST", "/v1/rooms/show/broadcasts")
        await shows(viewer.get_by_test_id("player"), RED)
        ids = [await participant_id_of(page) for page in (host, viewer)]
        await viewer.get_by_test_id("raise-hand").click()
        hand = host.get_by_test_id(f"hand-{await identity_of(viewer)}")
        await hand.wait_for()
        playlist = f"/live/{broadcast['id']}/720p/index.m3u8"
        before = await _media_sequence(server, playlist)

        await server.kill()
        await server.start()

        assert (await server.call("GET", f"/v1/broadcasts/{broadcast['id']}"))["status"] in ("starting", "live")
        await until(lambda: _has_discontinuity(server, playlist), what="a discontinuity in the playlist")
        assert await _media_sequence(server, playlist) >= before
        await plays(viewer)
        await shows(viewer.get_by_test_id("player"), RED)
        people = (await server.call("GET", "/v1/rooms/show/participants"))["data"]
        assert {one["id"]: one["role"] for one in people} == dict(zip(ids, ("host", "viewer"), strict=True))
        await hand.wait_for()
        assert [await participant_id_of(page) for page in (host, viewer)] == ids


async def _playlist(server: OnstageServer, path: str) -> str:
    answer = await server.http.get(path)
    return answer.text if answer.is_success else ""


async def _media_sequence(server: OnstageServer, path: str) -> int:
    lines = (await _playlist(server, path)).splitlines()
    return int(next(line for line in lines if line.startswith("#EXT-X-MEDIA-SEQUENCE")).partition(":")[2])


async def _has_discontinuity(server: OnstageServer, path: str) -> bool:
    return "#EXT-X-DISCONTINUITY\n" in await _playlist(server, path)


async def _plays_past_discontinuity(viewer: Page) -> None:
    """The picture has gone on for longer than the player had in its buffer when the composer died."""
    await plays(viewer)
    for _ in range(3):
        await plays(viewer)
