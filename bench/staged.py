"""A stage with people who cost next to nothing, and our composer on it: what the composer's benches share.

BENCH_SECONDS shortens (or lengthens) what is measured in each case.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from starlette.routing import BaseRoute

from bench.cheap_people import READY, SENT_LOG
from bench.process_cost import Cost, cost, pss_mb
from onstage.children import spawn
from onstage.clock import SystemClock
from onstage.composer.layout import Scene, arrange
from onstage.composer.supervisor import ComposerSpec, ComposerSupervisor, Report, Restarted
from onstage.composer.tiles import Tile, TileKey
from onstage.composer.wire import Canvas, Stats
from onstage.media.engine import Engine, EngineGrant, service_grant
from onstage.model.layout import Layout
from onstage.model.media import Init, Part, ResumePoint, Rung, SegmentEnd
from onstage.model.presentation import Presentation
from onstage.model.role import Level, Source
from tests.support.livekit import EngineHouse, livekit_house
from tests.support.waiting import until

ROOM = "rm_bench"
AUDIO_BPS = 128_000
NAMES = (
    *("Ada", "Grace", "Vera", "Katherine", "Lise", "Emmy", "Sofja", "Maria"),
    *("Hedy", "Rosalind", "Chien", "Dorothy", "Mary", "Joan", "Barbara", "Annie"),
)
_SHOWN_WITHIN_S = 60.0
_MOVES_FPS = 0.0
"""However busy the machine is: how well everybody moves is for the bench to say."""


def measured_s(usual: float) -> float:
    """How long to measure one case."""
    return float(os.environ.get("BENCH_SECONDS", usual))


def tiles_of(people: int, rung: Rung) -> list[Tile]:
    """Where everybody is in the composed picture."""
    return arrange(Layout(), Canvas(rung.width, rung.height), Scene([TileKey(name) for name in NAMES[:people]]))


class Sink:
    """Takes the media of the first rung, and the moment at which each part was handed over."""

    def __init__(self, rung: Rung) -> None:
        self.init = b""
        self.parts: list[tuple[float, Part]] = []
        self.stats: list[Stats] = []
        self.deaths: list[Restarted] = []
        self._rung = rung

    async def on_init(self, init: Init) -> None:
        """Keep it."""
        if init.rendition.name == self._rung.name:
            self.init = init.data

    async def on_part(self, part: Part) -> None:
        """Keep it."""
        if part.rendition == self._rung.name:
            self.parts.append((time.monotonic(), part))

    async def on_segment_end(self, end: SegmentEnd) -> None:
        """Of no interest here."""

    async def on_discontinuity(self) -> ResumePoint:
        """It should not come to that."""
        return ResumePoint(self.parts[-1][1].start_ticks + self.parts[-1][1].duration_ticks)

    async def report(self, report: Report) -> None:
        """Keep the statistics; a death is told at the end."""
        match report:
            case Stats():
                self.stats.append(report)
            case Restarted():
                self.deaths.append(report)

    def shows(self, people: int) -> bool:
        """Whether so many tiles move."""
        return bool(self.stats) and sum(tile.distinct_fps > _MOVES_FPS for tile in self.stats[-1].tiles) == people


@dataclass(slots=True)
class Measured:
    """One run of a composer: what came out, and what it took."""

    sink: Sink
    spent: Cost
    seconds: float
    pss: float
    since_s: float
    late_ticks: int
    parts: list[tuple[float, Part]] = field(init=False)

    def __post_init__(self) -> None:
        self.parts = [(at, part) for at, part in self.sink.parts if at >= self.since_s]

    @property
    def cores(self) -> float:
        """Of the composer's process."""
        return self.spent.total_s / self.seconds


@dataclass(frozen=True, slots=True)
class StagedHouse:
    """An engine in whose room people publish."""

    house: EngineHouse
    people: int
    sent_log: Path
    """When which picture was sent (`cheap_people.py`)."""

    @property
    def engine(self) -> Engine:
        """The engine."""
        return self.house.engine


@asynccontextmanager
async def staged(people: int, routes: Sequence[BaseRoute] = ()) -> AsyncIterator[StagedHouse]:
    """So many people publish while the block runs; `routes` are served beside the engine's."""
    with tempfile.TemporaryDirectory() as folder:
        async with livekit_house(Path(folder), routes=tuple(routes)) as house:
            said: list[str] = []
            tokens = [house.engine.access_token(_grant(name)) for name in NAMES[:people]]
            sent_log = Path(folder) / "sent"
            child = await spawn(
                [sys.executable, "-m", "bench.cheap_people", house.engine.internal_url, *tokens],
                name="people",
                env={**os.environ, SENT_LOG: str(sent_log)},
                on_line=said.append,
            )
            try:
                await until(lambda: READY in said, deadline_s=180, what=f"everybody to publish ({said[-3:]})")
                yield StagedHouse(house, people, sent_log)
            finally:
                await child.stop()


def _grant(identity: str) -> EngineGrant:
    return EngineGrant(
        room=ROOM,
        identity=identity,
        name=identity,
        level=Level.STAGE,
        sources=frozenset({Source.CAMERA, Source.MICROPHONE}),
        can_subscribe=False,
    )


@asynccontextmanager
async def composing(
    stage: StagedHouse, rungs: Sequence[Rung], *, name: str = "bc_bench"
) -> AsyncIterator[tuple[ComposerSupervisor, Sink]]:
    """A composer of the stage, with everybody in its picture, until the block ends."""

    async def token() -> str:
        return stage.engine.access_token(service_grant(ROOM, f"composer-{name}"))

    sink = Sink(rungs[0])
    presentation = Presentation("Bench")
    spec = ComposerSpec(
        name, stage.engine.internal_url, tuple(rungs), AUDIO_BPS, len(rungs) > 1, "default", presentation
    )
    supervisor = ComposerSupervisor(spec, sink, report=sink.report, engine_token=token, clock=SystemClock())
    supervisor.start()
    try:
        what = f"{stage.people} moving tiles ({sink.deaths})"
        await until(lambda: sink.shows(stage.people), deadline_s=_SHOWN_WITHIN_S, what=what)
        yield supervisor, sink
    finally:
        await supervisor.stop()


async def measure(supervisor: ComposerSupervisor, sink: Sink, *, settle_s: float, seconds: float) -> Measured:
    """Let it settle, then measure."""
    await asyncio.sleep(settle_s)
    assert supervisor.pid is not None, "the composer is dead"
    before, since_s, late = cost(supervisor.pid), time.monotonic(), sink.stats[-1].late_ticks
    await asyncio.sleep(seconds)
    spent, passed = cost(supervisor.pid).since(before), time.monotonic() - since_s
    return Measured(sink, spent, passed, pss_mb(supervisor.pid), since_s, sink.stats[-1].late_ticks - late)
