"""What a composition of four people costs, and how well it shows them.

Four mixed inputs (H.264 and VP8, 720p and 360p, 30 pictures a second) from publishers that only send pre-encoded
films, a livekit-server of our own, and one composer under its supervisor: grid, 1280x720, 2.5 Mb/s. Measured over
`MEASURED_S` after everybody is in the picture; the floor is x264 alone, on the same pictures in the same run.
"""

import asyncio
import logging
import statistics
import sys
import tempfile
import time
from pathlib import Path

import structlog

from bench.cheap_people import READY, TONES_HZ
from bench.composed import distinct_fps, gaps, offsets_ms, pictures, read_codes, sound_of, whole_segments
from bench.house import percentile
from bench.process_cost import Cost, cost, pss_mb
from bench.reels import CAMERAS, FRAME_RATE, FRAMES, picture
from bench.report import Row, write
from onstage.children import spawn
from onstage.clock import SystemClock
from onstage.composer.encoder import VideoEncoder
from onstage.composer.layout import Scene, arrange
from onstage.composer.picture import Picture
from onstage.composer.supervisor import ComposerSpec, ComposerSupervisor, Report, Restarted
from onstage.composer.tiles import TileKey
from onstage.composer.video import Painter, Style, View
from onstage.composer.wire import Canvas, Stats
from onstage.media.engine import Engine, EngineGrant, service_grant
from onstage.model.layout import Layout
from onstage.model.media import DEFAULT_PROFILE, Init, Part, ResumePoint, Rung, SegmentEnd
from onstage.model.presentation import Presentation
from onstage.model.role import Level, Source
from tests.support.livekit import livekit_house
from tests.support.waiting import until

SETTLE_S = 6.0
MEASURED_S = 24.0
CANVAS = Canvas(1280, 720)
VIDEO_BPS = 2_500_000
RUNG = Rung("720p", CANVAS.width, CANVAS.height, VIDEO_BPS)
ROOM = "rm_bench"
NAMES = ("Ada", "Grace", "Vera", "Katherine")
TILES = arrange(Layout(), CANVAS, Scene([TileKey(name) for name in NAMES]))
MOST_X264 = 4.0
LEAST_FPS = 29.5
MOST_OFFSET_MS = 45.0


class Sink:
    """Takes the media, and the moment at which each part was handed over."""

    def __init__(self) -> None:
        self.init = b""
        self.parts: list[tuple[float, Part]] = []
        self.stats: list[Stats] = []
        self.deaths: list[Restarted] = []

    async def on_init(self, init: Init) -> None:
        """Keep it."""
        self.init = init.data

    async def on_part(self, part: Part) -> None:
        """Keep it."""
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

    def everybody_is_shown(self) -> bool:
        """Whether four tiles move."""
        return bool(self.stats) and sum(tile.distinct_fps > 20 for tile in self.stats[-1].tiles) == len(CAMERAS)


class Measured:
    """One run: what came out, and what it took."""

    def __init__(self, sink: Sink, spent: Cost, seconds: float, pss: float, since_s: float) -> None:
        self.sink = sink
        self.spent = spent
        self.seconds = seconds
        self.pss = pss
        self.parts = [(at, part) for at, part in sink.parts if at >= since_s]


def _grant(identity: str) -> EngineGrant:
    return EngineGrant(
        room=ROOM,
        identity=identity,
        name=identity,
        level=Level.STAGE,
        sources=frozenset({Source.CAMERA, Source.MICROPHONE}),
        can_subscribe=False,
    )


async def run() -> Measured:
    """Start everything, let it settle, measure, stop."""
    with tempfile.TemporaryDirectory() as folder:
        async with livekit_house(Path(folder)) as house:
            url = house.engine.internal_url
            said: list[str] = []
            tokens = [house.engine.access_token(_grant(name)) for name in NAMES]
            people = await spawn(
                [sys.executable, "-m", "bench.cheap_people", url, *tokens], name="people", on_line=said.append
            )
            try:
                await until(lambda: READY in said, deadline_s=90, what=f"everybody to publish ({said[-3:]})")
                return await _compose(house.engine, url)
            finally:
                await people.stop()


async def _compose(engine: Engine, url: str) -> Measured:
    async def token() -> str:
        return engine.access_token(service_grant(ROOM, "composer"))

    sink = Sink()
    spec = ComposerSpec("bc_bench", url, (RUNG,), 128_000, False, "default", Presentation("Bench"))
    supervisor = ComposerSupervisor(spec, sink, report=sink.report, engine_token=token, clock=SystemClock())
    supervisor.start()
    await until(sink.everybody_is_shown, deadline_s=40, what=f"four moving tiles ({sink.deaths})")
    await asyncio.sleep(SETTLE_S)
    assert supervisor.pid is not None, "the composer is dead"
    before, since_s = cost(supervisor.pid), time.monotonic()
    await asyncio.sleep(MEASURED_S)
    spent, seconds = cost(supervisor.pid).since(before), time.monotonic() - since_s
    measured = Measured(sink, spent, seconds, pss_mb(supervisor.pid), since_s)
    await supervisor.stop()
    return measured


def x264_alone(seconds: float) -> float:
    """Cores that x264 takes with our settings for the same four people, painted beforehand."""
    painter = Painter(CANVAS, "Bench")
    views = [View(tile, tile.key.identity) for tile in TILES]
    painter.lay_out(views, Style())
    encoder = VideoEncoder(RUNG, DEFAULT_PROFILE)
    spent = 0.0
    count = round(seconds * FRAME_RATE)
    for tick in range(count):
        for view, camera in zip(views, CAMERAS, strict=True):
            packed = picture(camera, tick % FRAMES)
            painter.tile(view).paint_picture(Picture.of_buffer(packed.tobytes(), camera.width, camera.height))
        began = time.thread_time()
        encoder.encode(painter.frame, start_ticks=tick * 3000, is_idr=tick % DEFAULT_PROFILE.segment_frames == 0)
        spent += time.thread_time() - began
    return spent / count * FRAME_RATE


def rows_of(run: Measured) -> list[Row]:
    """The numbers of a run."""
    cores = run.spent.total_s / run.seconds
    alone = x264_alone(8)
    parts = whole_segments([part for _, part in run.parts])
    codes = read_codes(pictures(run.sink.init, parts), TILES)
    worst = min(map(distinct_fps, codes))
    handed_ms = [(at - part.composed_at_s) * 1000 for at, part in run.parts]
    sound = sound_of(run.sink.init, parts)
    offset = offsets_ms(sound, TONES_HZ[0], codes[0])
    lost = sum(gaps(sound, hz) for hz in TONES_HZ[1:])
    late = run.sink.stats[-1].late_ticks
    rows = [
        Row("cores", cores, "core", alone, cores / alone, f"<= {MOST_X264} x x264 alone", cores <= MOST_X264 * alone),
        Row("memory (PSS)", run.pss, "MB", bar=None),
        Row("distinct pictures/s, worst tile", worst, "1/s", bar=f">= {LEAST_FPS}", holds=worst >= LEAST_FPS),
        *(
            Row(f"distinct pictures/s, {name}", distinct_fps(one), "1/s")
            for name, one in zip(NAMES, codes, strict=True)
        ),
        Row("codes that can't be read", sum(one.count(None) for one in codes) / sum(map(len, codes)), "share"),
        Row("last picture composed to part handed over, p50", percentile(handed_ms, 0.5), "ms"),
        Row("last picture composed to part handed over, p99", percentile(handed_ms, 0.99), "ms", bar="<= 40"),
        Row("ticks late", late, "ticks"),
        Row("gaps in three steady tones", lost, "gaps", bar="0", holds=lost == 0),
        Row("composer died", len(run.sink.deaths), "times", bar="0", holds=not run.sink.deaths),
    ]
    if offset:
        middle = float(statistics.median(offset))
        bar = f"|x| <= {MOST_OFFSET_MS:g}"
        rows.append(Row("sound after picture, p50", middle, "ms", bar=bar, holds=abs(middle) <= MOST_OFFSET_MS))
        rows.append(Row("sound after picture, spread", max(offset) - min(offset), "ms"))
    threads = sorted(run.spent.seconds.items(), key=lambda one: -one[1])
    return rows + [Row(f"thread {name}", s / run.seconds, "core") for name, s in threads if s / run.seconds >= 0.002]


async def main() -> None:
    """Measure and write."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # the table is what counts
    write("composer", rows_of(await run()))


if __name__ == "__main__":
    asyncio.run(main())
