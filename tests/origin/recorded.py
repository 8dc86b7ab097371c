"""Shows of real media in a folder, for what is made of recordings."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from obstore.store import LocalStore

from onstage.model.media import Init
from onstage.origin.assets.source import Source
from onstage.origin.live.broadcast import BroadcastWindow
from onstage.origin.origin import Origin
from onstage.origin.recordings.film import Film, Spans
from onstage.origin.recordings.vod import read_film
from onstage.origin.storing.local_folder import LocalFolder
from onstage.origin.storing.storage import BroadcastStore
from tests.probe.media import PROFILE, Reel, a_reel
from tests.support.clock import EPOCH, ManualClock

BROADCAST = "bc_recorded"
PARTS_PER_SEGMENT = PROFILE.segment_frames // PROFILE.part_frames
ALL: Spans = ((EPOCH, None),)


async def publish(window: BroadcastWindow, reels: Sequence[Reel], *, dies_at: int = -1) -> None:
    """Every part of the reels in turn. At part `dies_at` the composer dies; the next goes on from the next keyframe."""
    await _begin(window, reels)
    is_waiting = False
    for number in range(len(reels[0].parts)):
        if number == dies_at:
            await window.on_discontinuity()
            is_waiting = True
        if is_waiting and not reels[0].parts[number].is_independent:
            continue
        if is_waiting:
            await _begin(window, reels)
            is_waiting = False
        for reel in reels:
            await window.on_part(replace(reel.parts[number], rendition=reel.rendition.name))
    await window.end()
    keeper = window.keeper
    assert keeper is not None
    await keeper.writes.drain()


async def _begin(window: BroadcastWindow, reels: Sequence[Reel]) -> None:
    for reel in reels:
        await window.on_init(Init(reel.rendition, reel.init))


async def recorded(folder: Path, seconds: int, *, names: Sequence[str] = ("tiny",), dies_at: int = -1) -> None:
    """A show that was recorded and is over."""
    origin = Origin(ManualClock(), folder)
    window = await origin.open(BROADCAST, "rm_recorded", PROFILE, is_recorded=True)
    reel = a_reel(seconds)
    reels = [replace(reel, rendition=replace(reel.rendition, name=name)) for name in names]
    await publish(window, reels, dies_at=dies_at)
    await origin.close()


async def film(folder: Path, spans: Spans = ALL) -> Film:
    with ThreadPoolExecutor(1) as executor:
        local = LocalFolder(folder / BROADCAST, executor)
        store = BroadcastStore(BROADCAST, LocalStore(prefix=folder), local)
        return await read_film(store, spans)


async def source(folder: Path, spans: Spans = ALL) -> Source:
    return Source(LocalStore(prefix=folder), BROADCAST, await film(folder, spans))
