"""A real server for a bench, with a project, a room and people of the demo on its stage."""

import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from onstage.children import spawn
from onstage.cli.demo.people import IN_SEATS, ON_STAGE, TOKENS
from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until

ROOM = "bench"


@asynccontextmanager
async def onstage() -> AsyncIterator[OnstageServer]:
    """`onstage serve` in a process, on ports and a data folder of its own, with an empty room."""
    with tempfile.TemporaryDirectory() as folder:
        server = OnstageServer(Path(folder) / "data")
        await server.start()
        try:
            await server.make_project()
            await server.call("POST", "/v1/rooms", {"name": ROOM})
            yield server
        finally:
            await server.stop()


@asynccontextmanager
async def people_on_stage(server: OnstageServer) -> AsyncIterator[None]:
    """The demo's two hosts publish; its third person sits and raises a hand that nobody answers."""
    roles = dict.fromkeys(ON_STAGE, "host") | dict.fromkeys(IN_SEATS, "viewer")
    tokens = {identity: await token(server, identity, role) for identity, role in roles.items()}
    child = await spawn(
        [sys.executable, "-m", "onstage.cli.demo.people", server.url],
        name="people",
        env={**os.environ, TOKENS: json.dumps(tokens)},
        on_line=lambda _line: None,
    )
    try:
        await until(lambda: _publishing(server, len(ON_STAGE)), what="everybody to publish")
        yield
    finally:
        await child.stop()


async def token(server: OnstageServer, identity: str, role: str) -> str:
    """A participant token."""
    minted = await server.call("POST", f"/v1/rooms/{ROOM}/tokens", {"identity": identity, "role": role})
    return str(minted["token"])


async def _publishing(server: OnstageServer, count: int) -> bool:
    listed = await server.call("GET", f"/v1/rooms/{ROOM}/participants")
    return sum(len(one["tracks"]) == 2 for one in listed["data"]) == count


def percentile(values: list[float], share: float) -> float:
    """The value below which that share of them lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
