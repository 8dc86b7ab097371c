"""A livekit-server of the test's own, through the product's supervisor, webhook route and proxy."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from onstage.clock import SystemClock
from onstage.livekit.proxy import RtcProxy
from onstage.media.livekit_cluster import LiveKitEngine
from onstage.media.livekit_config import LiveKitServerOptions
from onstage.media.livekit_server import LiveKitServer
from tests.support.serving import free_port, serving

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / ".tools" / "bin" / "livekit-server"


@dataclass(frozen=True, slots=True)
class EngineHouse:
    """A running engine and where browsers reach it."""

    engine: LiveKitEngine
    server: LiveKitServer
    url: str  # http://…, Onstage's own origin in the test

    @property
    def ws_url(self) -> str:
        return self.url.replace("http", "ws", 1)


def server_options(folder: Path, webhook_url: str, *, media_ip: str | None = None) -> LiveKitServerOptions:
    return LiveKitServerOptions(
        program=PROGRAM,
        folder=folder,
        webhook_url=webhook_url,
        http_port=free_port(),
        tcp_port=free_port(),
        udp_port=free_port(socket.SOCK_DGRAM),
        media_ip=media_ip,
    )


@asynccontextmanager
async def livekit_house(
    folder: Path, *, host: str = "127.0.0.1", media_ip: str | None = None, routes: tuple[BaseRoute, ...] = ()
) -> AsyncIterator[EngineHouse]:
    """An engine with its child, and the origin in front of it; `host` is the address the origin listens on."""
    port = free_port()
    server = LiveKitServer(
        server_options(folder, f"http://{host}:{port}/engine/webhook", media_ip=media_ip), SystemClock()
    )
    engine = LiveKitEngine.with_own_server(server, SystemClock())

    async def receive_webhook(request: Request) -> Response:
        await engine.receive_webhook(await request.body(), request.headers["authorization"])
        return Response(status_code=204)

    proxy = RtcProxy(server.url)
    webhook = Route("/engine/webhook", receive_webhook, methods=["POST"])
    app = Starlette(routes=[webhook, *proxy.routes, *routes])
    async with serving(app, port=port, host=host) as url:
        try:
            await engine.start()
            yield EngineHouse(engine, server, url)
        finally:
            await engine.stop()
            await proxy.close()
