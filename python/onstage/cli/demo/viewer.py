"""A viewer of our own: the watch page in a headless Chromium, measured once a second."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.async_api import Page, Playwright, async_playwright

from onstage.cli.demo import clock_code
from onstage.cli.demo.person import ASPECT
from onstage.composer.layout import Scene, arrange
from onstage.composer.tiles import TileKey
from onstage.composer.wire import Canvas
from onstage.errors import StartError
from onstage.model.layout import Layout

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
MOST_PEOPLE = 4
_READ = Path(__file__).with_name("viewer.js").read_text()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the page showed at one moment."""

    at_ms: float  # the page's wall clock
    decoded: int  # pictures since the page was opened
    glass_to_glass_ms: int | None  # None: no clock could be read


def code_places(canvas: Canvas, people: int) -> list[tuple[float, float, float]]:
    """Where the first person's clock code stands in the composed grid of so many people, and of any other number."""
    return [_first_place(canvas, count) for count in sorted(range(1, MOST_PEOPLE + 1), key=lambda n: n != people)]


def _first_place(canvas: Canvas, count: int) -> tuple[float, float, float]:
    seats = [TileKey(str(seat)) for seat in range(count)]
    tile = arrange(Layout(), canvas, Scene(seats))[0].rect
    x, y, width, height = clock_code.covered(tile, ASPECT)
    place = clock_code.Place.within(width, height)
    return x + place.left, y + place.top, place.square


class HeadlessViewer:
    """One page in one browser, for the length of an `async with`."""

    def __init__(self, url: str, canvas: Canvas) -> None:
        self._url = url
        self._canvas = canvas
        self._playwright: Playwright | None = None
        self._page: Page | None = None

    async def __aenter__(self) -> Self:
        chromium = shutil.which("chromium")
        if chromium is None:
            raise StartError("Chromium is missing: scripts/setup-debian.sh chromium")
        self._playwright = await async_playwright().start()
        browser = await self._playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        self._page = await browser.new_page(ignore_https_errors=True)
        await self._page.goto(self._url)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._page is not None and self._page.context.browser is not None:
            await self._page.context.browser.close()
        if self._playwright is not None:
            await self._playwright.stop()

    async def read(self, people: int) -> Reading:
        """What is shown now, when `people` are on stage."""
        assert self._page is not None, "inside `async with`"
        places = code_places(self._canvas, people)
        options = {"places": places, "bits": clock_code.BITS, "leastContrast": clock_code.LEAST_CONTRAST}
        seen = await self._page.evaluate(_READ, options)
        code = seen["code"]
        age = None if code is None else clock_code.age_ms(code, seen["now"] / 1000)
        return Reading(at_ms=seen["now"], decoded=seen["decoded"], glass_to_glass_ms=age)
