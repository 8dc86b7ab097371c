"""A real server for a bench, with a project, a room and people of the demo on its stage."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from onstage.cli.demo.cast import ROLES, playing
from onstage.cli.demo.people import ON_STAGE
from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until

ROOM = "bench"
_AS_USUAL = {"SPARE_COMPOSERS": "1"}
_NO_LIMITS = {f"RATE_LIMIT_{whose}": "off" for whose in ("PROJECT", "PARTICIPANT", "ADDRESS")}


@asynccontextmanager
async def onstage(**settings: str) -> AsyncIterator[OnstageServer]:
    """`onstage serve` in a process, on ports and a data folder of its own, with an empty room; nobody is too fast."""
    with tempfile.TemporaryDirectory() as folder:
        server = OnstageServer(Path(folder) / "data", settings=_AS_USUAL | _NO_LIMITS | settings)
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
    tokens = {identity: await token(server, identity, role) for identity, role in ROLES.items()}
    async with playing(server.url, tokens, on_line=lambda _line: None):
        await until(lambda: _publishing(server, len(ON_STAGE)), what="everybody to publish")
        yield


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
