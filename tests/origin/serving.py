"""An origin on a clock of the test's own, asked over ASGI."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from obstore.store import ObjectStore
from starlette.applications import Starlette
from starlette.routing import Mount

from onstage.errors import OnstageError
from onstage.model.captions import CaptionTrack
from onstage.model.media import DEFAULT_PROFILE, LatencyProfile, Rendition
from onstage.origin.doors.http import live_routes
from onstage.origin.live.broadcast import BroadcastWindow
from onstage.origin.origin import Origin
from onstage.origin.storing.keeping import OnStorage
from tests.origin.script import PARTS_PER_SEGMENT, RENDITION, a_part, an_init
from tests.support.clock import ManualClock, settle

ROOM, BROADCAST = "rm_test", "bc_test"
LIST = f"/live/{BROADCAST}/720p/index.m3u8"
SMALL = replace(RENDITION, name="360p", width=640, height=360, peak_bps=800_000, average_bps=700_000)


@dataclass
class Show:
    """A broadcast in an origin, and a client of it."""

    clock: ManualClock
    origin: Origin
    window: BroadcastWindow
    client: httpx.AsyncClient

    async def feed(self, parts: int, *renditions: Rendition) -> None:
        """Publish whole parts of each, with their init segments where they are due; of one 720p if none is named."""
        everything = renditions or (RENDITION,)
        for _ in range(parts):
            for rendition in everything:
                await self._init(rendition)
            for rendition in everything:
                await self.part(rendition)

    async def part(self, rendition: Rendition) -> None:
        """Send the next whole part of one rendition."""
        window = self.window.rendition(rendition.name).window
        await self.window.on_part(a_part(window.next_ticks, first=window.open is None, rendition=rendition.name))

    async def _init(self, rendition: Rendition) -> None:
        try:
            due = self.window.rendition(rendition.name).window.is_init_due
        except OnstageError:  # not there yet
            due = True
        if due:
            await self.window.on_init(an_init(f"init {rendition.name}", rendition))

    async def fill(self, segments: int, parts: int = 0) -> None:
        await self.feed(segments * PARTS_PER_SEGMENT + parts)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    async def held(self, path: str) -> "asyncio.Task[httpx.Response]":
        """A request that does not come back yet."""
        request = asyncio.create_task(self.get(path))
        await settle()
        assert not request.done(), f"{path} was answered at once"
        return request


@asynccontextmanager
async def a_show(
    folder: Path | None = None,
    profile: LatencyProfile = DEFAULT_PROFILE,
    *,
    objects: ObjectStore | None = None,
    dvr_window_s: int = 0,
    captions: Sequence[CaptionTrack] = (),
    on_storage: OnStorage | None = None,
) -> AsyncIterator[Show]:
    clock = ManualClock()
    origin = Origin(clock, folder, objects=objects, on_storage=on_storage)
    window = await origin.open(BROADCAST, ROOM, profile, dvr_window_s=dvr_window_s, captions=captions)
    transport = httpx.ASGITransport(app=an_app(origin))
    async with httpx.AsyncClient(transport=transport, base_url="http://onstage.test") as client:
        yield Show(clock, origin, window, client)
    await origin.close()


def an_app(origin: Origin) -> Starlette:
    return Starlette(routes=[Mount("/live", routes=live_routes(origin))])
