"""What the origin's requests cost, beside nginx serving the same bytes in the same run; and how soon it lets go.

A real show of four people runs meanwhile. Processor time is that of the server's process alone, from /proc, less what
it takes without viewers: so a rate per core, which neither the clients nor the composer on this machine can spoil.
h2load (C, HTTP/2) asks for parts; `held_reloads` (Go) plays a thousand players. The moment of publication is taken to
be that at which the first player has the new playlist. Everything uses HTTP/2 and TLS 1.3.
"""

import asyncio
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from bench.house import percentile
from bench.nginx_files import FileServer, nginx_files
from bench.process_cost import total_s
from bench.report import Row, write
from bench.stage_of_server import people_publishing
from bench.staged import measured_s
from tests.support.livekit import ROOT
from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until
from tools.probe.playlist import MediaList, parse_media

MEASURED_S = 12.0
PART_REQUESTS = 3_000
ROUNDS = 3
PLAYERS, PLAYERS_WITH_PARTS = 1_000, 150
MOST_LATE_MS = 50.0
LEAST_PARTS, LEAST_TOGETHER = 0.9, 0.6
_HELD = ROOT / ".tools" / "bin" / "held-reloads"
_NO_LIMITS = {f"RATE_LIMIT_{whose}": "off" for whose in ("PROJECT", "PARTICIPANT", "ADDRESS")}


@dataclass(frozen=True, slots=True)
class Show:
    """A running show on a running server."""

    server: OnstageServer
    playlist_url: str

    async def playlist(self) -> MediaList:
        """As it is now."""
        return parse_media((await self.server.http.get(self.playlist_url)).raise_for_status().text)

    async def newest_part(self) -> str:
        """The URL of one that stays fetchable for some seconds."""
        parts = [part for segment in (await self.playlist()).segments for part in segment.parts]
        return urljoin(self.playlist_url, parts[-1].uri)


async def start_show(server: OnstageServer, room: str, quality: str) -> Show:
    """Broadcast a room, and wait until it can be played at length."""
    broadcast = await server.call("POST", f"/v1/rooms/{room}/broadcasts", {"quality": quality})

    async def playlist_url() -> str | None:
        answer = await server.http.get(broadcast["playback_path"])
        lines = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
        return urljoin(str(answer.url), lines[0]) if answer.is_success else None

    url = await until(playlist_url, what="the show to be playable")
    assert url is not None, "until returns what is true"
    show = Show(server, url)

    async def is_long() -> bool:
        return len((await show.playlist()).complete) >= 2

    await until(is_long, what="two segments")
    return show


async def spent_by(pid: int, work: Callable[[], Awaitable[Any]], idle: float) -> tuple[float, Any]:
    """Processor seconds of a process while something is done, less its own; and what came of it."""
    before, began = total_s([pid]), time.monotonic()
    result = await work()
    return max(total_s([pid]) - before - idle * (time.monotonic() - began), 1e-3), result


async def idle_cores(pid: int) -> float:
    """What a process takes with no viewer."""
    before, began = total_s([pid]), time.monotonic()
    await asyncio.sleep(4)
    return (total_s([pid]) - before) / (time.monotonic() - began)


async def h2load(url: str, requests: int) -> None:
    """Ask for one URL so many times, over a few connections."""
    process = await asyncio.create_subprocess_exec(
        *("h2load", "-n", str(requests), "-c", "8", "-m", "4", url), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    output, _ = await process.communicate()
    assert f"{requests} succeeded" in output.decode(), output.decode()


async def parts_per_core(show: Show, peer: FileServer, idle: float) -> tuple[float, float]:
    """Parts a core-second: ours and nginx's, in turn on several parts."""
    ours, theirs = 0.0, 0.0
    for number in range(ROUNDS):
        url = await show.newest_part()
        copy = peer.root / f"part{number}.m4s"
        copy.write_bytes((await show.server.http.get(url)).raise_for_status().content)
        ours += (await spent_by(show.server.pid, partial(h2load, url, PART_REQUESTS), idle))[0]
        there = f"{peer.url}/{copy.name}"
        theirs += (await spent_by(peer.worker_pid, partial(h2load, there, PART_REQUESTS), 0.0))[0]
    return ROUNDS * PART_REQUESTS / ours, ROUNDS * PART_REQUESTS / theirs


async def play(*flags: str, clients: int) -> dict[str, Any]:
    """Players for a while."""
    seconds = measured_s(MEASURED_S)
    process = await asyncio.create_subprocess_exec(
        *(str(_HELD), "-clients", str(clients), "-seconds", str(seconds), *flags), stdout=subprocess.PIPE
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), seconds + 40)
    finally:
        if process.returncode is None:
            process.kill()
    report: dict[str, Any] = json.loads(output)
    return report


async def together_per_core(show: Show, peer: FileServer, idle: float) -> tuple[float, float]:
    """Requests a core-second, half of them held reloads (nginx: the playlist as a file), half of them the new part."""
    (peer.root / "list.m3u8").write_text((await show.playlist()).text)
    (peer.root / "part.m4s").write_bytes((await show.server.http.get(await show.newest_part())).content)

    async def ours() -> Any:
        return await play("-url", show.playlist_url, "-parts", clients=PLAYERS_WITH_PARTS)

    async def theirs() -> Any:
        flags = ("-url", f"{peer.url}/list.m3u8", "-static-part", f"{peer.url}/part.m4s")
        return await play(*flags, clients=PLAYERS_WITH_PARTS)

    our_s, our_report = await spent_by(show.server.pid, ours, idle)
    their_s, their_report = await spent_by(peer.worker_pid, theirs, 0.0)
    return our_report["requests"] / our_s, their_report["requests"] / their_s


def lateness_ms(report: dict[str, Any]) -> list[float]:
    """How much later than the first each player got each playlist; releases that many miss are left out."""
    whole = [one["at"] for one in report["releases"] if len(one["at"]) >= PLAYERS * 0.9]
    return [(at - min(times)) / 1e6 for times in whole for at in times]


async def measured(server: OnstageServer) -> list[Row]:
    """All of it."""
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            files = server.data_dir / "tls-cert.pem", server.data_dir / "tls-key.pem"
            peer = await stack.enter_async_context(nginx_files(Path(folder) / "nginx", *files))
            await server.call("POST", "/v1/rooms", {"name": "quiet"})
            quiet = await start_show(server, "quiet", "low")
            held = await play("-url", quiet.playlist_url, clients=PLAYERS)
            await stack.enter_async_context(people_publishing(server, "busy"))
            busy = await start_show(server, "busy", "high")
            idle = await idle_cores(server.pid)
            parts, their_parts = await parts_per_core(busy, peer, idle)
            both, their_both = await together_per_core(busy, peer, idle)
            size = len((await server.http.get(await busy.newest_part())).content)
    late = lateness_ms(held)
    return [
        _beside("parts per core-second", parts, their_parts, LEAST_PARTS),
        _beside("parts and held reloads per core-second", both, their_both, LEAST_TOGETHER),
        Row("a part", size / 1000, "kB"),
        Row("held reloads released after the first, p50", percentile(late, 0.5), "ms"),
        _released("held reloads released after the first, p99", percentile(late, 0.99)),
        Row("held reloads released after the first, worst", max(late), "ms"),
        Row("players at once", PLAYERS, "players"),
        Row("requests of theirs that failed", held["failed"], "requests", bar="0", holds=held["failed"] == 0),
        Row("the server without viewers", idle, "core"),
    ]


def _beside(name: str, value: float, peer: float, least: float) -> Row:
    ratio = value / peer
    return Row(name, value, "1/s", peer, ratio, f">= {least} x", ratio >= least)


def _released(name: str, value: float) -> Row:
    return Row(name, value, "ms", bar=f"<= {MOST_LATE_MS:g}", holds=value <= MOST_LATE_MS)


def build_players() -> None:
    """Some seconds, once."""
    source = ROOT / "bench" / "held_reloads"
    subprocess.run(["go", "build", "-o", str(_HELD), "."], cwd=source, check=True, env={**os.environ, "GOFLAGS": ""})


async def main() -> None:
    """Measure and write."""
    build_players()
    with tempfile.TemporaryDirectory() as folder:
        server = OnstageServer(Path(folder) / "data", is_secure=True, settings=_NO_LIMITS)
        await server.start()
        try:
            await server.make_project()
            rows = await measured(server)
        finally:
            await server.stop()
    write("origin", rows)


if __name__ == "__main__":
    asyncio.run(main())
