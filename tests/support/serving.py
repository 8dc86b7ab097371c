"""A real HTTP server on the test's own event loop: granian, as in production."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from granian.constants import Interfaces
from granian.server.embed import Server
from starlette.applications import Starlette

from tests.support.waiting import until

_MOST_CONCURRENT = 100_000
"""As `onstage serve` has it: players hold requests open, and granian answers no more than some hundred by default."""


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port nobody uses now, and nobody gets by chance: it lies below those that outgoing connections take."""
    while True:
        port = random.randrange(15_000, 32_000)
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("", port))
            except OSError:
                continue
        return port


async def is_open(host: str, port: int) -> bool:
    """Whether something listens there."""
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


@asynccontextmanager
async def serving(app: Starlette, *, port: int, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """Serve `app` while the block runs. Gives its URL."""
    server = Server(
        app,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        backpressure=_MOST_CONCURRENT,
        log_enabled=False,
    )
    running = asyncio.create_task(server.serve())
    try:
        await until(lambda: is_open(host, port), what="the test's HTTP server")
        yield f"http://{host}:{port}"
    finally:
        server.stop()  # type: ignore[no-untyped-call]  # granian leaves its type out
        await running
