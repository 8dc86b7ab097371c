"""Our composer beside the way browser-based recorders do it: the same stage, tiles, size and encoder settings.

Ours and theirs run one after the other on a stage that goes on, with 1 and with 4 tiles. All processes of each side are
counted; what both need (people, media server) is not. Latency is from a camera's picture being sent to the last byte of
the composed picture that shows it. What is left to save on our side is told by the threads of `composer`.
"""

import asyncio
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass

import structlog

from bench.browser_way import Page, browser_way
from bench.composed import distinct_fps
from bench.house import percentile
from bench.picture_ages import SentLog, of_file, of_parts, read
from bench.process_cost import pss_mb, total_s
from bench.report import Row, write
from bench.staged import ROOM, StagedHouse, composing, measure, measured_s, staged, tiles_of
from onstage.media.engine import service_grant
from onstage.model.media import Rung

SETTLE_S = 6.0
MEASURED_S = 20.0
TILES = (1, 4)
RUNG = Rung("720p", 1280, 720, 2_500_000)
MOST_CPU, MOST_MEMORY, MOST_LATENCY = 0.85, 0.25, 0.6
LEAST_FPS = 29.5


@dataclass(frozen=True, slots=True)
class Side:
    """What one way took, and gave."""

    cores: float
    pss: float
    processes: int
    worst_fps: float
    ages_ms: list[float]


async def ours(stage: StagedHouse) -> Side:
    """Our composer."""
    async with composing(stage, [RUNG]) as (supervisor, sink):
        run = await measure(supervisor, sink, settle_s=SETTLE_S, seconds=measured_s(MEASURED_S))
    pictures = of_parts(sink.init, run.parts)
    codes, ages = read(pictures, tiles_of(stage.people, RUNG), SentLog(stage.sent_log))
    return Side(run.cores, run.pss, 1, min(map(distinct_fps, codes)), ages)


async def theirs(stage: StagedHouse, page: Page) -> Side:
    """The browser's way."""
    tiles = tiles_of(stage.people, RUNG)
    token = stage.engine.access_token(service_grant(ROOM, "browser"))
    page.is_ready = False
    async with browser_way(page, stage.house.url, stage.house.ws_url, token, tiles, RUNG) as way:
        await asyncio.sleep(SETTLE_S)
        pids = way.pids
        before, began = total_s(pids), time.monotonic()
        await asyncio.sleep(measured_s(MEASURED_S))
        cores, ended = (total_s(pids) - before) / (time.monotonic() - began), time.monotonic()
        pss = sum(pss_mb(pid) for pid in pids)
    pictures = of_file(bytes(way.grab.data), way.grab.came, began, ended)
    codes, ages = read(pictures, tiles, SentLog(stage.sent_log))
    return Side(cores, pss, len(pids), min(map(distinct_fps, codes)), ages)


def rows_of(people: int, mine: Side, peer: Side) -> Iterator[Row]:
    """The numbers of both, and the bars."""
    case = f"{people} tile{'s' if people > 1 else ''}"
    yield _held(f"{case}: cores", mine.cores, peer.cores, "core", MOST_CPU)
    yield _held(f"{case}: memory (PSS)", mine.pss, peer.pss, "MB", MOST_MEMORY)
    for share, bar in ((0.5, MOST_LATENCY), (0.95, None)):
        name = f"{case}: camera's picture sent to composed picture out, p{share * 100:.0f}"
        yield _held(name, percentile(mine.ages_ms, share), percentile(peer.ages_ms, share), "ms", bar)
    yield Row(
        f"{case}: distinct pictures/s, worst tile",
        mine.worst_fps,
        "1/s",
        peer.worst_fps,
        mine.worst_fps / peer.worst_fps,
        f">= {LEAST_FPS}",
        mine.worst_fps >= LEAST_FPS,
    )
    yield Row(f"{case}: processes", mine.processes, "processes", peer.processes)


def _held(name: str, value: float, peer: float, unit: str, most: float | None) -> Row:
    ratio = value / peer
    bar = None if most is None else f"<= {most} x"
    return Row(name, value, unit, peer, ratio, bar, None if most is None else ratio <= most)


async def main() -> None:
    """Measure and write."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    rows: list[Row] = []
    for people in TILES:
        page = Page()
        async with staged(people, page.routes) as stage:
            rows += rows_of(people, await ours(stage), await theirs(stage, page))
    write("composer_peer", rows)


if __name__ == "__main__":
    asyncio.run(main())
