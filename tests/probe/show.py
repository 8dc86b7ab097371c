"""A real origin with a show of real media, probed on virtual time, with anything between it and the probe."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
from starlette.types import ASGIApp

from onstage.model.captions import Caption, CaptionTrack
from onstage.model.ids import BroadcastId
from onstage.model.media import Init
from onstage.origin.live.broadcast import BroadcastWindow
from onstage.origin.origin import Origin
from tests.origin.script import capture_time
from tests.origin.serving import an_app
from tests.probe.media import PROFILE, Reel, a_reel
from tests.support.asgi_transport import StreamingASGITransport
from tests.support.virtual_time import LoopClock, run_virtually
from tools.probe.ledger import Ledger
from tools.probe.walk import Walk

URL = "https://onstage.test/live/bc_probe/index.m3u8"
ENGLISH = CaptionTrack(language="en", name="English")
WARM_UP_S = 14
PROBED_S = 6
REEL_S = 40
Wrapper = Callable[[ASGIApp], ASGIApp]


async def perform(window: BroadcastWindow, reels: list[Reel], *, dies_at: int | None, ends_at: int | None) -> None:
    """Publish each part at its moment. At part `dies_at` the composer dies; another goes on from the next IDR."""
    start = asyncio.get_running_loop().time()
    is_waiting = False
    for reel in reels:
        await window.on_init(Init(reel.rendition, reel.init))
    for index in range(len(reels[0].parts)):
        if index == ends_at:
            await window.end()
            return
        if index == dies_at:
            await window.on_discontinuity()
            is_waiting = True
        if is_waiting and not reels[0].parts[index].is_independent:
            continue
        due = (index + 1) * float(PROFILE.part_target_s)
        await asyncio.sleep(max(0.0, start + due - asyncio.get_running_loop().time()))
        for reel in reels:
            if is_waiting:
                await window.on_init(Init(reel.rendition, reel.init))
            await window.on_part(replace(reel.parts[index], rendition=reel.rendition.name))
        is_waiting = False


def probe(
    wrapper: Wrapper = lambda app: app,
    *,
    renditions: int = 1,
    dies_at: int | None = None,
    ends_at: int | None = None,
    is_stalled: bool = False,
    http_version: bytes = b"HTTP/2",
    seconds: float = PROBED_S,
    warm_up_s: float = WARM_UP_S,
    has_captions: bool = False,
) -> Walk:
    """Run a show and the probe over it; the walk has the findings."""

    async def main() -> Walk:
        origin = Origin(LoopClock(), None)
        window = await origin.open("bc_probe", "rm_probe", PROFILE, captions=[ENGLISH] if has_captions else [])
        window.annotate([], [_said(second) for second in range(REEL_S) if has_captions])
        reel = a_reel(REEL_S)
        reels = [replace(reel, rendition=replace(reel.rendition, name=f"tiny{n}")) for n in range(renditions)]
        show = asyncio.create_task(perform(window, reels, dies_at=dies_at, ends_at=ends_at))
        await asyncio.sleep(warm_up_s)
        if is_stalled:
            show.cancel()
        transport = StreamingASGITransport(wrapper(an_app(origin)), http_version)
        async with httpx.AsyncClient(transport=transport) as client:
            walk = Walk(URL, client)
            await walk.run(seconds, is_stalled=is_stalled)
        show.cancel()
        await asyncio.gather(show, return_exceptions=True)
        await origin.close()
        return walk

    return run_virtually(main())


def _said(second: int) -> Caption:
    starts = capture_time(second * 90_000 + 30_000)
    return Caption(f"cap_{second}", BroadcastId("bc_probe"), "en", starts, starts + timedelta(seconds=0.9), "Hello")


def broken(ledger: Ledger) -> dict[str, tuple[str, ...]]:
    """Broken rules with their evidence."""
    return {one.rule.id: one.evidence for one in ledger.findings() if one.verdict == "broken"}
