"""From the call that starts a broadcast to its first part, fetched and decoded."""

import asyncio
import io
import time
from urllib.parse import urljoin

import av
import httpx

from bench.house import ROOM, onstage, people_on_stage, percentile
from bench.report import Row, write
from onstage.origin.segments.constants import FIRST_MSN
from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until

RUNS = 5
BAR_S = 3.0


async def one_start_s(server: OnstageServer) -> tuple[float, float]:
    """Seconds from the call to a picture of the first part, and to the first list that hls.js would begin with."""
    began = time.monotonic()
    broadcast = await server.call("POST", f"/v1/rooms/{ROOM}/broadcasts")
    multivariant = await _once_there(server, broadcast["playback_path"])
    child = next(line for line in multivariant.text.splitlines() if line and not line.startswith("#"))
    url = urljoin(str(multivariant.url), child)
    await _decode_first_picture(server, url)
    first_part_s = time.monotonic() - began
    await _once_there(server, url)  # held until a segment is complete
    first_segment_s = time.monotonic() - began
    await server.call("POST", f"/v1/broadcasts/{broadcast['id']}/stop")
    await _until_ended(server, broadcast["id"])
    return first_part_s, first_segment_s


async def _decode_first_picture(server: OnstageServer, url: str) -> None:
    playlist = await _once_there(server, f"{url}?_HLS_msn={FIRST_MSN}&_HLS_part=0")
    lines = playlist.text.splitlines()
    init = next(line for line in lines if line.startswith("#EXT-X-MAP")).split('"')[1]
    part = next(line for line in lines if line.startswith("#EXT-X-PART:")).partition('URI="')[2].split('"')[0]
    media = b"".join([(await server.http.get(urljoin(url, name))).content for name in (init, part)])
    with av.open(io.BytesIO(media), "r") as container:
        next(container.decode(video=0))


async def _once_there(server: OnstageServer, url: str) -> httpx.Response:
    async def answer() -> httpx.Response | None:
        got = await server.http.get(url)
        return got if got.status_code == 200 else None

    got = await until(answer, what=url)
    assert got is not None, "until returns what is true"
    return got


async def _until_ended(server: OnstageServer, broadcast_id: str) -> None:
    async def is_ended() -> bool:
        return bool((await server.call("GET", f"/v1/broadcasts/{broadcast_id}"))["status"] == "ended")

    await until(is_ended, what="the broadcast to end")


async def main() -> None:
    """Measure and write."""
    async with onstage() as server, people_on_stage(server):
        times = [await one_start_s(server) for _ in range(RUNS)]
    parts, segments = [part for part, _ in times], [segment for _, segment in times]
    rows = [
        Row("start call to first part decoded, p50", percentile(parts, 0.5), "s", bar=f"<= {BAR_S}"),
        Row("start call to first part decoded, worst", max(parts), "s", bar=f"<= {BAR_S}", holds=max(parts) <= BAR_S),
        Row("start call to first complete segment (hls.js begins with one), p50", percentile(segments, 0.5), "s"),
    ]
    write("start", rows)


if __name__ == "__main__":
    asyncio.run(main())
