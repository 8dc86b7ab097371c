"""What a composition of four people costs, and how well it shows them.

Four mixed inputs (H.264 and VP8, 720p and 360p, 30 pictures a second) from publishers that only send pre-encoded
films, a livekit-server of our own, and one composer under its supervisor: grid, 1280x720, 2.5 Mb/s. Measured over
`MEASURED_S` after everybody is in the picture; the floor is x264 alone, on the same pictures in the same run.
"""

import asyncio
import logging
import statistics
import time

import structlog

from bench.cheap_people import TONES_HZ
from bench.composed import distinct_fps, gaps, offsets_ms, pictures, read_codes, sound_of, whole_segments
from bench.house import percentile
from bench.reels import CAMERAS, FRAME_RATE, FRAMES, picture
from bench.report import Row, write
from bench.staged import NAMES, Measured, composing, measure, measured_s, staged, tiles_of
from onstage.composer.encoder import VideoEncoder
from onstage.composer.picture import Picture
from onstage.composer.style import Style
from onstage.composer.tile_painter import View
from onstage.composer.video import Painter
from onstage.composer.wire import Canvas
from onstage.model.media import DEFAULT_PROFILE, Rung

SETTLE_S = 6.0
MEASURED_S = 24.0
CANVAS = Canvas(1280, 720)
VIDEO_BPS = 2_500_000
RUNG = Rung("720p", CANVAS.width, CANVAS.height, VIDEO_BPS)
PEOPLE = len(CAMERAS)
TILES = tiles_of(PEOPLE, RUNG)
MOST_X264 = 4.0
LEAST_FPS = 29.5
MOST_OFFSET_MS = 45.0


async def run() -> Measured:
    """Start everything, let it settle, measure, stop."""
    async with staged(PEOPLE) as stage, composing(stage, [RUNG]) as (supervisor, sink):
        return await measure(supervisor, sink, settle_s=SETTLE_S, seconds=measured_s(MEASURED_S))


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
            painter.tile(view.tile.key).show(Picture.of_buffer(packed.tobytes(), camera.width, camera.height))
        painter.paint()
        began = time.thread_time()
        encoder.encode(painter.frame, start_ticks=tick * 3000, is_idr=tick % DEFAULT_PROFILE.segment_frames == 0)
        spent += time.thread_time() - began
    return spent / count * FRAME_RATE


def rows_of(run: Measured) -> list[Row]:
    """The numbers of a run."""
    cores = run.cores
    alone = x264_alone(8)
    parts = whole_segments([part for _, part in run.parts])
    codes = read_codes(pictures(run.sink.init, parts), TILES)
    worst = min(map(distinct_fps, codes))
    handed_ms = [(at - part.composed_at_s) * 1000 for at, part in run.parts]
    sound = sound_of(run.sink.init, parts)
    offset = offsets_ms(sound, TONES_HZ[0], codes[0])
    lost = sum(gaps(sound, hz) for hz in TONES_HZ[1:])
    rows = [
        Row("cores", cores, "core", alone, cores / alone, f"<= {MOST_X264} x x264 alone", cores <= MOST_X264 * alone),
        Row("memory (PSS)", run.pss, "MB", bar=None),
        Row("distinct pictures/s, worst tile", worst, "1/s", bar=f">= {LEAST_FPS}", holds=worst >= LEAST_FPS),
        *(
            Row(f"distinct pictures/s, {name}", distinct_fps(one), "1/s")
            for name, one in zip(NAMES[:PEOPLE], codes, strict=True)
        ),
        Row("codes that can't be read", sum(one.count(None) for one in codes) / sum(map(len, codes)), "share"),
        Row("last picture composed to part handed over, p50", percentile(handed_ms, 0.5), "ms"),
        Row("last picture composed to part handed over, p99", percentile(handed_ms, 0.99), "ms", bar="<= 40"),
        Row("ticks late", run.late_ticks, "ticks"),
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
