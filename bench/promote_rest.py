"""The REST call that promotes, on SQLite and on PostgreSQL: one caller, a server that does nothing else.

Neither database waits for the disk at a commit: SQLite in WAL mode with `synchronous = NORMAL`, PostgreSQL with
`synchronous_commit = off`, over its Unix socket.

The bar is for the store's part; somebody connected to the engine is told beside it, since there the answer waits for
the engine's own (up to 200 ms, design §10.3).
"""

import time

from livekit import rtc

from bench.house import ROOM, onstage, percentile
from bench.report import Row, write
from tests.support.onstage_server import OnstageServer
from tests.support.postgres import PostgresServer

RUNS = 300
BAR_MS = 20.0
_PATIENT = {"PRESENCE_GRACE_S": "600"}
"""Nobody opens a connection here, and nobody is to be written as gone for that."""


async def times_ms(server: OnstageServer, identity: str) -> list[float]:
    """Milliseconds of each forced promotion; the way back is not counted."""
    base = f"/v1/rooms/{ROOM}/participants/{identity}"
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        await server.call("POST", f"{base}/promote", {"force": True})
        times.append((time.perf_counter() - began) * 1e3)
        await server.call("POST", f"{base}/demote")
    return times


async def main() -> None:
    """Measure a viewer, whom the engine does not know, and somebody of the audience, connected to it."""
    rows: list[Row] = []
    async with onstage(**_PATIENT) as server:
        await join(server, "vic", "viewer")
        rows += told("a viewer, SQLite", await times_ms(server, "vic"), bar_ms=BAR_MS)
        engine = (await join(server, "amy", "audience"))["engine"]
        room = rtc.Room()
        await room.connect(engine["url"], engine["token"])
        rows += told("somebody whom the engine has to be told of", await times_ms(server, "amy"))
        await room.disconnect()
    with PostgresServer() as postgres:
        async with onstage(DATABASE_URL=postgres.url(), **_PATIENT) as server:
            await join(server, "vic", "viewer")
            rows += told("a viewer, PostgreSQL", await times_ms(server, "vic"), bar_ms=BAR_MS)
    write("promote_rest", rows)


async def join(server: OnstageServer, identity: str, role: str) -> dict[str, dict[str, str]]:
    """Somebody in the room: the answer to their join."""
    made = await server.call("POST", f"/v1/rooms/{ROOM}/tokens", {"identity": identity, "role": role})
    joined: dict[str, dict[str, str]] = await server.call("POST", "/v1/join", {"token": made["token"]})
    return joined


def told(who: str, times: list[float], *, bar_ms: float | None = None) -> list[Row]:
    """The rows of one series."""
    p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
    holds = None if bar_ms is None else p99 <= bar_ms
    bar = None if bar_ms is None else f"<= {bar_ms:g}"
    return [
        Row(f"promote {who}, p50", round(p50, 2), "ms"),
        Row(f"promote {who}, p99", round(p99, 2), "ms", bar=bar, holds=holds),
    ]
