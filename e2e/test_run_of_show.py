"""One evening: a poster before the show, its look changed live, somebody who waits backstage, its recording."""

import io
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import FilePayload, Locator, Page, Route, ViewportSize, expect

from e2e.browser import average_colour, chromium
from e2e.cameras import BLUE, RED
from e2e.people import enter_studio, enter_watch, identity_of, shows, tile_centre
from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until

POSTER, BACKGROUND, GREEN = (90, 40, 140), (200, 160, 20), (20, 180, 60)
PHONE, SCREEN = ViewportSize(width=390, height=844), ViewportSize(width=1600, height=900)
CORNER = (0.02, 0.02, 0.1, 0.1)
"""Of the composed picture: the background, while nobody is in it."""
NEAR = 40


async def test_an_evening_from_the_poster_to_the_recording(server: OnstageServer, tmp_path: Path) -> None:
    await server.call("PATCH", "/v1/rooms/show", {"settings": {"poster_url": "/poster.png"}})
    async with chromium(tmp_path, RED) as host, chromium(tmp_path, BLUE) as viewer:
        await viewer.route("**/poster.png", send_poster)
        await enter_watch(viewer, await server.link("show", "viewer"))
        await sees_the_poster(viewer, tmp_path)
        await enter_studio(host, await server.link("show", "host"), "Hanna")
        await host.get_by_test_id("go-live").click()
        show = await on_air(server)
        await server.call("POST", f"/v1/broadcasts/{show['id']}/outputs", {"type": "recording"})
        for page in (host, viewer):
            await expect(page.get_by_test_id("recorded")).to_be_visible()
        await shows(viewer.get_by_test_id("player"), RED)
        await the_look_is_changed(host, viewer.get_by_test_id("player"), tmp_path)
        await somebody_waits_backstage(server, host, viewer, tmp_path)
        await server.call("POST", f"/v1/broadcasts/{show['id']}/stop")
        await the_recording_is_watched(viewer, tmp_path)


async def send_poster(route: Route) -> None:
    await route.fulfill(body=png(POSTER, (1280, 720)), content_type="image/png")


def png(colour: tuple[int, int, int], size: tuple[int, int]) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


async def sees_the_poster(viewer: Page, folder: Path) -> None:
    poster = viewer.get_by_test_id("not-live").get_by_test_id("poster")
    await expect(poster).to_be_visible()
    assert await poster.evaluate("(image) => image.naturalWidth") == 1280
    await pictures_of(viewer, folder, "poster")


async def pictures_of(page: Page, folder: Path, name: str) -> None:
    """Screenshots of the page as it is now, for people: on a phone and on a large screen."""
    before = page.viewport_size
    for device, size in (("phone", PHONE), ("screen", SCREEN)):
        await page.set_viewport_size(size)
        await page.screenshot(path=folder / f"{name}_{device}.png")
    assert before is not None
    await page.set_viewport_size(before)


async def on_air(server: OnstageServer) -> dict[str, Any]:
    async def all_of_them() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await server.call("GET", "/v1/rooms/show/broadcasts"))["data"]
        return found

    return (await until(all_of_them, what="the show"))[0]


async def the_look_is_changed(host: Page, player: Locator, folder: Path) -> None:
    """By the host, in the panel; seen in the composed picture."""
    await host.get_by_test_id("look").click()
    panel = host.get_by_role("dialog", name="Look of the show")
    await panel.get_by_role("button", name="Hide Hanna in the show").click()
    await panel.get_by_label("Colour").fill("#14b43c")
    await is_coloured(player, CORNER, GREEN)
    picture = FilePayload(name="wall.png", mimeType="image/png", buffer=png(BACKGROUND, (640, 360)))
    await panel.get_by_label("File of the picture").set_input_files(picture)
    await is_coloured(player, CORNER, BACKGROUND)
    await panel.get_by_role("button", name="Hanna is not seen in the show").click()
    await panel.get_by_label("Hanna", exact=True).fill("Host of the evening")
    await panel.get_by_role("button", name="Show the name of Hanna").click()
    await expect(panel.get_by_role("button", name="Take away the name of Hanna")).to_be_visible()
    await pictures_of(host, folder, "look")
    await panel.get_by_role("button", name="Done").click()


async def is_coloured(player: Locator, share: tuple[float, float, float, float], colour: tuple[int, int, int]) -> None:
    async def is_it() -> bool:
        found = await average_colour(player, share)
        return all(abs(one - wanted) < NEAR for one, wanted in zip(found, colour, strict=True))

    await until(is_it, what=f"{colour} in the picture", deadline_s=30)


async def somebody_waits_backstage(server: OnstageServer, host: Page, viewer: Page, folder: Path) -> None:
    """They are on stage, and in no picture of the show until they are called."""
    other = await viewer.context.new_page()
    await enter_watch(other, await server.link("show", "viewer"))
    identity, player = await identity_of(other), viewer.get_by_test_id("player")
    path = f"/v1/rooms/show/participants/{identity}/promote"
    await server.call("POST", path, {"force": True, "backstage": True})
    await shows(host.get_by_test_id(f"stage-tile-{identity}").locator("video"), BLUE)
    await other.evaluate("window.onstage.session.chat.send('ready')")
    await shows(player, RED, tile_centre(1, 0))
    await host.get_by_test_id(f"call-{identity}").click()
    await shows(player, BLUE, tile_centre(2, 1))
    await other.close()


async def the_recording_is_watched(viewer: Page, folder: Path) -> None:
    await viewer.get_by_test_id("watch-recording").wait_for()
    await pictures_of(viewer, folder, "over")
    await viewer.get_by_test_id("watch-recording").click()
    recording = viewer.get_by_test_id("recording")
    await shows(recording, RED)
    played, whole = await recording.evaluate("(video) => [video.currentTime, video.duration]")
    assert played < whole / 2, "it is played from its beginning"
    await pictures_of(viewer, folder, "recording")
