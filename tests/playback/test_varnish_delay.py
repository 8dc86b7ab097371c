"""Whether a reload that Varnish joins to another is later than one that the origin answers itself."""

import asyncio
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.playback.test_varnish import edge_of
from tests.playback.venue import Venue
from tests.support.waiting import until

CLIENTS = 200
HELD_S = 0.3
NOT_LATER_S = 0.05


class Waiting:
    """A reload that is held, over a socket of its own, with nothing between it and the clock."""

    def __init__(self, url: str, path: str) -> None:
        self._where = urlsplit(url)
        self._request = f"GET {path} HTTP/1.1\r\nHost: {self._where.netloc}\r\nConnection: close\r\n\r\n".encode()
        self._is_open = asyncio.Event()
        self.answered_s = 0.0
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        reader, writer = await asyncio.open_connection(self._where.hostname, self._where.port)
        writer.write(self._request)
        await writer.drain()
        self._is_open.set()
        status = await reader.readline()
        self.answered_s = time.monotonic()
        await reader.read()
        writer.close()
        assert status.startswith(b"HTTP/1.1 200"), status

    async def is_asked(self) -> None:
        await self._is_open.wait()


async def delays_s(venue: Venue, url: str, part: int, *, held: int) -> list[float]:
    """From the part's publication to the first byte of each answer, the soonest first; so many wait at the origin."""
    path = f"/live/{venue.media_list}?_HLS_msn=4&_HLS_part={part}"
    clients = [Waiting(url, path) for _ in range(CLIENTS)]
    await asyncio.gather(*(one.is_asked() for one in clients))
    await until(lambda: venue.window.stats().held_requests > 0, what="a reload to be held")
    await asyncio.sleep(HELD_S)  # Varnish takes its time to see all of them
    assert venue.window.stats().held_requests == held
    await venue.show.feed(1)
    published_s = time.monotonic()
    await asyncio.gather(*(one.task for one in clients))
    return sorted(one.answered_s - published_s for one in clients)


@pytest.mark.soak
async def test_a_collapsed_reload_is_no_later_than_a_direct_one(venue: Venue, tmp_path: Path) -> None:
    async with edge_of(venue, tmp_path) as edge:
        ways = [(edge.cache.url, 1), (edge.origin_url, CLIENTS)] * 2
        delays = [await delays_s(venue, url, part, held=held) for part, (url, held) in enumerate(ways)]
    through, direct = delays[::2], delays[1::2]
    for name, found in (("through Varnish", through), ("direct", direct)):
        for one in found:
            p50, p95 = one[CLIENTS // 2], one[CLIENTS * 95 // 100]
            print(f"{name}: p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms, last {one[-1] * 1000:.0f} ms")
    for fraction in (50, 95):
        at = CLIENTS * fraction // 100
        assert min(one[at] for one in through) < min(one[at] for one in direct) + NOT_LATER_S
