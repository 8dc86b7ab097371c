"""From a publisher's picture to the watch page's screen, read from a clock in the picture; and the origin's share."""

import asyncio
import re
import time

from bench.house import ROOM, onstage, people_on_stage, percentile
from bench.report import Row, write
from onstage.cli.demo.viewer import HeadlessViewer
from onstage.composer.wire import Canvas
from tests.support.onstage_server import OnstageServer

SETTLE_S = 20.0
"""The player begins some way behind and plays a tenth faster until it is where it should be."""
MEASURE_S = 40.0
_EVERY_S = 0.23  # not a divisor of a part: readings fall on all phases
_P50_BAR_S, _P95_BAR_S, _PUBLISH_BAR_MS = 2.0, 2.5, 40.0


async def ages_s(viewer: HeadlessViewer, seconds: float) -> list[float]:
    """Ages of what is on the screen, sampled for so long."""
    ages: list[float] = []
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        reading = await viewer.read(people=2)
        if reading.glass_to_glass_ms is not None:
            ages.append(reading.glass_to_glass_ms / 1000)
        await asyncio.sleep(_EVERY_S)
    return ages


async def publish_p99_ms(server: OnstageServer) -> float:
    """The upper bound of the histogram's bucket that holds the 99th percentile."""
    text = (await server.http.get("/metrics")).text
    buckets = [
        (float(bound), float(count))
        for bound, count in re.findall(r'onstage_part_publish_seconds_bucket\{le="([^"]+)"\} (\S+)', text)
    ]
    total = buckets[-1][1]
    return next(bound for bound, count in buckets if count >= 0.99 * total) * 1000


async def main() -> None:
    """Measure and write."""
    async with onstage() as server, people_on_stage(server):
        await server.call("POST", f"/v1/rooms/{ROOM}/broadcasts")
        page = await server.link(ROOM, "viewer")
        async with HeadlessViewer(page, Canvas(1280, 720)) as viewer:
            await ages_s(viewer, SETTLE_S)
            ages = await ages_s(viewer, MEASURE_S)
        publish_ms = await publish_p99_ms(server)
    p50, p95 = percentile(ages, 0.5), percentile(ages, 0.95)
    rows = [
        Row("glass to glass, p50", p50, "s", bar=f"<= {_P50_BAR_S}", holds=p50 <= _P50_BAR_S),
        Row("glass to glass, p95", p95, "s", bar=f"<= {_P95_BAR_S}", holds=p95 <= _P95_BAR_S),
        Row("glass to glass, readings", len(ages), "count"),
        Row(
            "last frame composed to part fetchable, p99 (bucket's upper bound)",
            publish_ms,
            "ms",
            bar=f"<= {_PUBLISH_BAR_MS}",
            holds=publish_ms <= _PUBLISH_BAR_MS,
        ),
    ]
    write("glass_to_glass", rows)


if __name__ == "__main__":
    asyncio.run(main())
