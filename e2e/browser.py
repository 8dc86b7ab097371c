"""Chromium with a camera of one colour, and what can be seen on its pages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright

from e2e.cameras import Colour, write_camera
from onstage.cli.demo.viewer import CHROMIUM_FLAGS

# The average colour of a rectangle (in shares of the picture) of what a <video> shows now.
_AVERAGE = """(video, [x, y, width, height]) => {
  if (video.videoWidth === 0) return null;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  const [w, h] = [video.videoWidth, video.videoHeight];
  context.drawImage(video, x * w, y * h, width * w, height * h, 0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}"""


@asynccontextmanager
async def chromium(folder: Path, camera: Colour) -> AsyncIterator[Page]:
    """A page in a browser of its own, whose camera sends that colour. Problems on the page fail the test."""
    file = write_camera(folder / f"{camera.name}.y4m", camera)
    flags = [*CHROMIUM_FLAGS, f"--use-file-for-fake-video-capture={file}"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        page = await context.new_page()
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        yield page
        await browser.close()
        assert not problems, problems


async def average_colour(
    video: Locator, share: tuple[float, float, float, float] = (0.4, 0.4, 0.2, 0.2)
) -> tuple[float, float, float]:
    """The average RGB of a part of what a <video> shows; black when it shows nothing."""
    found = await video.evaluate(_AVERAGE, list(share))
    return tuple(found) if found else (0.0, 0.0, 0.0)
