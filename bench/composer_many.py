"""How many shows this machine composes at once, and what composers do when it is one too many.

Each show has four people, 720p, 2.5 Mb/s; all compose one stage, whose people and media server are here as well.
Shows are added until ticks are late. A composer that is late repeats pictures rather than fall behind (design §10.16).
"""

import asyncio
import logging
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass

import structlog

from bench.composed import distinct_fps, pictures, read_codes, whole_segments
from bench.process_cost import cost
from bench.report import Row, write
from bench.staged import Sink, composing, measured_s, staged, tiles_of
from onstage.composer.supervisor import ComposerSupervisor
from onstage.model.media import Rung

SETTLE_S = 4.0
MEASURED_S = 8.0
MOST_SHOWS = 6
PEOPLE = 4
RUNG = Rung("720p", 1280, 720, 2_500_000)
MOST_LATE = 0.01
"""Share of ticks; more, and a show doesn't fit."""


@dataclass(frozen=True, slots=True)
class Together:
    """So many shows at once: the worst of each number."""

    shows: int
    cores: float
    late: float
    repeated: float
    worst_fps: float
    encode_ms: float

    @property
    def fits(self) -> bool:
        """Whether nobody is late."""
        return self.late <= MOST_LATE


async def together(running: list[tuple[ComposerSupervisor, Sink]]) -> Together:
    """Measure those that run."""
    await asyncio.sleep(SETTLE_S)
    before, spent, began = [sink.stats[-1] for _, sink in running], _spent(running), time.monotonic()
    await asyncio.sleep(measured_s(MEASURED_S))
    after, seconds = [sink.stats[-1] for _, sink in running], time.monotonic() - began
    ticks = [max(now.ticks - then.ticks, 1) for then, now in zip(before, after, strict=True)]
    late = [now.late_ticks - then.late_ticks for then, now in zip(before, after, strict=True)]
    repeated = [now.repeated - then.repeated for then, now in zip(before, after, strict=True)]
    return Together(
        shows=len(running),
        cores=(_spent(running) - spent) / seconds / len(running),
        late=max(count / of for count, of in zip(late, ticks, strict=True)),
        repeated=max(count / of for count, of in zip(repeated, ticks, strict=True)),
        worst_fps=min(_worst_fps(sink, began) for _, sink in running),
        encode_ms=max(one.encode_ms_p99 for one in after),
    )


def _spent(running: list[tuple[ComposerSupervisor, Sink]]) -> float:
    return sum(cost(supervisor.pid).total_s for supervisor, _ in running if supervisor.pid is not None)


def _worst_fps(sink: Sink, since_s: float) -> float:
    parts = whole_segments([part for at, part in sink.parts if at >= since_s])
    return min(map(distinct_fps, read_codes(pictures(sink.init, parts), tiles_of(PEOPLE, RUNG))))


async def until_late() -> list[Together]:
    """Add shows, one after the other, until one is late or there are enough."""
    measured: list[Together] = []
    async with staged(PEOPLE) as stage, AsyncExitStack() as shows:
        running: list[tuple[ComposerSupervisor, Sink]] = []
        while len(running) < MOST_SHOWS and (not measured or measured[-1].fits):
            running.append(await shows.enter_async_context(composing(stage, [RUNG], name=f"bc_{len(running)}")))
            measured.append(await together(running))
    return measured


def rows_of(measured: list[Together]) -> list[Row]:
    """The numbers of each step, and how many fit."""
    rows = [Row("shows that fit beside their stage", sum(one.fits for one in measured), "shows")]
    for one in measured:
        case = f"{one.shows} at once"
        rows += [
            Row(f"{case}: cores each", one.cores, "core"),
            Row(f"{case}: ticks late, worst show", one.late, "share", bar=f"<= {MOST_LATE}", holds=one.fits),
            Row(f"{case}: pictures repeated, worst show", one.repeated, "share"),
            Row(f"{case}: distinct pictures/s, worst tile of all", one.worst_fps, "1/s"),
            Row(f"{case}: x264 for one picture, p99 of the worst show", one.encode_ms, "ms"),
        ]
    return rows


async def main() -> None:
    """Measure and write."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    write("composer_many", rows_of(await until_late()))


if __name__ == "__main__":
    asyncio.run(main())
