"""The probe over ladders of our own composer's media, in every low-latency profile, on virtual time."""

import asyncio
from functools import cache

import av
import httpx
import numpy as np
import pytest

from onstage.composer.outlet import Outlet
from onstage.composer.wire import Start
from onstage.model.ladder import Ladder
from onstage.model.media import PROFILES, Init, Part, Rung, SegmentEnd
from onstage.model.presentation import Presentation
from onstage.origin.live.broadcast import BroadcastWindow
from onstage.origin.origin import Origin
from tests.origin.script import capture_time
from tests.origin.serving import an_app
from tests.probe.mutating import MutatingOrigin
from tests.probe.show import URL, broken
from tests.support.asgi_transport import StreamingASGITransport
from tests.support.virtual_time import LoopClock, run_virtually
from tools.probe.walk import Walk

RUNGS = (Rung("72p", 128, 72, 100_000), Rung("36p", 64, 36, 40_000))
FRAME_RATE = 30
WARM_UP_SEGMENTS = 7
PROBED_SEGMENTS = 3

Made = tuple[int, Part | SegmentEnd]


@cache
def a_film(profile_name: str) -> tuple[list[Init], list[Made]]:
    """Everything the composer makes, with the frame after which it came."""
    profile = PROFILES[profile_name]
    ladder = Ladder(RUNGS, 64_000)
    start = Start(
        "bc_1", "ws://x", "t", RUNGS, 64_000, ladder.is_audio_apart(profile), profile_name, Presentation("A show")
    )
    outlet = Outlet(start, lambda: 0.0)
    frames = (WARM_UP_SEGMENTS + PROBED_SEGMENTS + 2) * profile.segment_frames
    made: list[Made] = []
    for number in range(frames):
        sound = np.full((2, 1600), 0.1 * np.sin(number), np.float32)
        wall = capture_time(number * 3000)
        made += [(number + 1, one) for one in outlet.take(_picture(number), sound, wall)]
    return outlet.inits(), made


def _picture(number: int) -> av.VideoFrame:
    picture = np.full((72 * 3 // 2, 128), 128, np.uint8)
    picture[:72, (number * 3) % 128 :] = 60
    return av.VideoFrame.from_ndarray(picture, format="yuv420p")


async def perform(window: BroadcastWindow, inits: list[Init], made: list[Made], dies_at: int | None) -> None:
    """Hand each over at its moment; at frame `dies_at` the composer dies, and another goes on with the next segment."""
    began = asyncio.get_running_loop().time()
    for init in inits:
        await window.on_init(init)
    is_waiting = False
    seen_end = False
    for frame, one in made:
        if dies_at is not None and frame >= dies_at and not is_waiting and not seen_end:
            await window.on_discontinuity()
            is_waiting = seen_end = True
        if is_waiting and isinstance(one, Part) and one.is_independent and _begins_segment(one, inits, window):
            for init in inits:
                await window.on_init(init)
            is_waiting = False
        if is_waiting:
            continue
        await asyncio.sleep(max(0.0, began + frame / FRAME_RATE - asyncio.get_running_loop().time()))
        await (window.on_part(one) if isinstance(one, Part) else window.on_segment_end(one))


def _begins_segment(part: Part, inits: list[Init], window: BroadcastWindow) -> bool:
    return part.rendition == inits[0].rendition.name and part.start_ticks % window.profile.segment_ticks == 0


def probed(profile_name: str, *, dies: bool = False) -> Walk:
    profile = PROFILES[profile_name]
    segment_s = profile.segment_frames / FRAME_RATE
    inits, made = a_film(profile_name)
    dies_at = int((WARM_UP_SEGMENTS + 0.4) * profile.segment_frames) if dies else None

    async def main() -> Walk:
        origin = Origin(LoopClock(), None)
        window = await origin.open("bc_probe", "rm_probe", profile)
        show = asyncio.create_task(perform(window, inits, made, dies_at))
        await asyncio.sleep(WARM_UP_SEGMENTS * segment_s)
        async with httpx.AsyncClient(
            transport=StreamingASGITransport(MutatingOrigin(an_app(origin)), b"HTTP/2")
        ) as client:
            walk = Walk(URL, client)
            await walk.run(PROBED_SEGMENTS * segment_s)
        show.cancel()
        await asyncio.gather(show, return_exceptions=True)
        await origin.close()
        return walk

    return run_virtually(main())


@pytest.mark.parametrize(("profile", "renditions"), [("default", 3), ("turbo", 2), ("safe", 3)])
def test_a_ladder_breaks_no_rule(profile: str, renditions: int) -> None:
    walk = probed(profile)
    assert broken(walk.ledger) == {}
    followed = {saved.name.split("-")[0] for saved in walk.saved if saved.name[0].isdigit()}
    assert followed == {str(number) for number in range(renditions)}
    held = {one.rule.id for one in walk.ledger.findings() if one.verdict == "held"}
    assert {"list.reports", "update.in-sync", "update.reports-true", "media.codecs", "media.bandwidth"} <= held


def test_a_ladder_whose_composer_dies_breaks_no_rule() -> None:
    walk = probed("default", dies=True)
    assert {name: evidence for name, evidence in broken(walk.ledger).items() if name != "update.cadence"} == {}
    last = [saved.text for saved in walk.saved if saved.name.startswith(("0-list", "1-list", "2-list"))]
    assert any("#EXT-X-DISCONTINUITY\n" in text for text in last)
