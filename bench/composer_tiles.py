"""What a composition costs by its number of tiles and its size; with a ladder, where there is one."""

import asyncio
import logging
from collections.abc import Iterator

import structlog

from bench.composed import distinct_fps, pictures, read_codes, whole_segments
from bench.report import Row, write
from bench.staged import Measured, composing, measure, measured_s, staged, tiles_of
from onstage.model.media import Rung

SETTLE_S = 3.0
MEASURED_S = 8.0
TILES = (1, 4, 9, 16)
P720, P1080 = Rung("720p", 1280, 720, 2_500_000), Rung("1080p", 1920, 1080, 4_500_000)
P480, P360 = Rung("480p", 848, 480, 1_400_000), Rung("360p", 640, 360, 800_000)
LADDERS = {"720p": (P720,), "720p, 3 rungs": (P720, P480, P360), "1080p": (P1080,)}
"""By what the rows are called; best rung first."""
LADDER_ABOVE = {"720p, 3 rungs": "720p"}
"""A ladder that is measured, and the one rung it is held against."""
MOST_FOR_LADDER = 0.25
LEAST_FPS = 29.5


async def cases() -> dict[tuple[str, int], Measured]:
    """Every ladder with every number of tiles, one after the other."""
    measured: dict[tuple[str, int], Measured] = {}
    for people in TILES:
        async with staged(people) as stage:
            for name, rungs in LADDERS.items():
                async with composing(stage, rungs) as (supervisor, sink):
                    seconds = measured_s(MEASURED_S)
                    measured[name, people] = await measure(supervisor, sink, settle_s=SETTLE_S, seconds=seconds)
    return measured


def rows_of(measured: dict[tuple[str, int], Measured]) -> Iterator[Row]:
    """The numbers of every case, and what a ladder costs more."""
    for (name, people), run in measured.items():
        case = f"{name}, {people} tile{'s' if people > 1 else ''}"
        worst = _worst_fps(run, LADDERS[name][0], people)
        yield Row(f"{case}: cores", run.cores, "core")
        yield Row(f"{case}: memory (PSS)", run.pss, "MB")
        yield Row(f"{case}: ticks late", run.late_ticks, "ticks")
        yield Row(
            f"{case}: distinct pictures/s, worst tile", worst, "1/s", bar=f">= {LEAST_FPS}", holds=worst >= LEAST_FPS
        )
        if name in LADDER_ABOVE:
            one = measured[LADDER_ABOVE[name], people].cores
            more = run.cores - one
            bar = f"<= {MOST_FOR_LADDER} core more"
            yield Row(f"{case}: above one rung", more, "core", one, None, bar, more <= MOST_FOR_LADDER)


def _worst_fps(run: Measured, rung: Rung, people: int) -> float:
    parts = whole_segments([part for _, part in run.parts])
    codes = read_codes(pictures(run.sink.init, parts), tiles_of(people, rung))
    return min(map(distinct_fps, codes))


async def main() -> None:
    """Measure and write."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    write("composer_tiles", list(rows_of(await cases())))


if __name__ == "__main__":
    asyncio.run(main())
