"""What people do on the pages, and what they see."""

from playwright.async_api import Locator, Page, expect

from e2e.browser import average_colour
from e2e.cameras import Colour, is_colour
from onstage.composer.layout import Scene, arrange
from onstage.composer.tiles import TileKey
from onstage.composer.wire import Canvas
from onstage.model.layout import Layout
from tests.support.waiting import until

CANVAS = Canvas(1280, 720)
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


async def enter_studio(page: Page, link: str, name: str) -> None:
    """Through the prejoin onto the stage."""
    await page.goto(link)
    await page.get_by_label("Your name").fill(name)
    await page.get_by_test_id("prejoin-join").click()
    await expect(page.get_by_test_id("go-live")).to_be_visible()


async def enter_watch(page: Page, link: str) -> None:
    """Onto the watch page; marked, so that a reload would be noticed."""
    await page.goto(link)
    await expect(page.get_by_test_id("raise-hand")).to_be_visible()
    await page.evaluate("window.neverReloaded = true")


async def identity_of(page: Page) -> str:
    """The identity the page joined under."""
    return str(await page.evaluate("window.onstage.session.state.me.identity"))


async def participant_id_of(page: Page) -> str:
    """The page's participant id."""
    return str(await page.evaluate("window.onstage.session.state.me.id"))


def tile_centre(seats: int, index: int) -> tuple[float, float, float, float]:
    """The middle of a tile of the composed grid, in shares of the picture."""
    rect = arrange(Layout(), CANVAS, Scene([TileKey(str(seat)) for seat in range(seats)]))[index].rect
    width, height = rect.width / CANVAS.width, rect.height / CANVAS.height
    x, y = rect.x / CANVAS.width, rect.y / CANVAS.height
    return x + 0.4 * width, y + 0.4 * height, 0.2 * width, 0.2 * height


async def shows(
    video: Locator, colour: Colour, share: tuple[float, float, float, float] = (0.4, 0.4, 0.2, 0.2)
) -> None:
    """Return once that part of the video is in the person's colour."""

    async def is_shown() -> bool:
        return await video.count() == 1 and is_colour(await average_colour(video, share), colour)

    await until(is_shown, what=f"{colour.name} in the picture")


async def plays(page: Page) -> None:
    """Return once the player's picture advances."""
    player = page.get_by_test_id("player")
    begins_at = float(await player.evaluate("(video) => video.currentTime"))

    async def advanced() -> bool:
        return float(await player.evaluate("(video) => video.currentTime")) > begins_at + 1.0

    await until(advanced, what="the player to advance")
