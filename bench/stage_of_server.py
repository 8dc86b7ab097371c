"""The cheap people on the stage of a whole server, through its API."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bench.cheap_people import READY
from bench.reels import CAMERAS
from bench.staged import NAMES
from onstage.children import spawn
from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until


@asynccontextmanager
async def people_publishing(server: OnstageServer, room: str) -> AsyncIterator[None]:
    """A new room, in which one person for each camera publishes while the block runs."""
    await server.call("POST", "/v1/rooms", {"name": room})
    tokens = [await _engine_token(server, room, name) for name in NAMES[: len(CAMERAS)]]
    said: list[str] = []
    child = await spawn(
        [sys.executable, "-m", "bench.cheap_people", f"ws://127.0.0.1:{server.ports['LIVEKIT_PORT']}", *tokens],
        name="people",
        on_line=said.append,
    )
    try:
        await until(lambda: READY in said, deadline_s=180, what=f"everybody to publish ({said[-3:]})")
        yield
    finally:
        await child.stop()


async def _engine_token(server: OnstageServer, room: str, identity: str) -> str:
    minted = await server.call("POST", f"/v1/rooms/{room}/tokens", {"identity": identity, "role": "host"})
    joined = await server.call("POST", "/v1/join", {"token": minted["token"]})
    return str(joined["engine"]["token"])
