"""Runs an `App` behind its socket until it is told to stop."""

import asyncio
import gc
import resource
import signal
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from onstage.app import App
from onstage.cli.tls import certificate
from onstage.config import Settings
from onstage.errors import StartError
from onstage.gateway.own_port import OwnPort, Pages

_log = structlog.get_logger(__name__)
_MOST_CONCURRENT = 100_000
"""Requests at once. Players hold theirs open until the next part, so the default of some hundred is far too few."""
_LISTEN_BACKLOG = 4_096
_STOP_WITHIN_S = 5.0
_LOOPBACK = "127.0.0.1"


def base_url(settings: Settings) -> str:
    """Where a browser on this machine, or behind the proxy, finds us."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = "localhost" if settings.host in ("127.0.0.1", "0.0.0.0", "::") else settings.host  # noqa: S104 - compared
    return f"{'https' if settings.has_tls else 'http'}://{host}:{settings.port}"


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[App]:
    """A started app that answers on its port, stopped at the end of the block.

    Raises:
        StartError: a part can't run here, or the port is taken.
    """
    _allow_many_sockets()
    for name, port in _ports(settings).items():
        _require_free_port(name, settings.host, port)
    internal_port = _free_loopback_port()
    app = App(settings, webhook_base=f"http://{_LOOPBACK}:{internal_port}")
    public, internal = _public_server(app), _internal_server(app, internal_port)
    gateway = OwnPort(app.gateway, Pages(settings.public_url, settings.port))
    listening = {asyncio.create_task(server.serve(), name="web server") for server in (public, internal)}
    try:
        await app.start()
        _require_listening(listening)
        await _listen_for_gateway(gateway, settings)
        _spare_collections()
        yield app
    finally:
        gateway.stop()
        app.let_go()
        for server in (public, internal):
            server.stop()  # type: ignore[no-untyped-call]  # granian has no types here
        await asyncio.wait(listening, timeout=_STOP_WITHIN_S)
        await app.stop()


def _public_server(app: App) -> Server:
    tls = certificate(app.settings)
    return Server(
        app.asgi,
        address=app.settings.host,
        port=app.settings.port,
        interface=Interfaces.ASGINL,
        backlog=_LISTEN_BACKLOG,
        backpressure=_MOST_CONCURRENT,
        # LiveKit's clients send their SDP offer in the request line.
        http1_settings=HTTP1Settings(max_buffer_size=1_048_576),
        log_enabled=False,
        ssl_cert=None if tls is None else tls[0],
        ssl_key=None if tls is None else tls[1],
    )


def _internal_server(app: App, port: int) -> Server:
    """For our own livekit-server alone: plain HTTP on loopback, whatever the public side speaks."""
    return Server(app.internal_asgi, address=_LOOPBACK, port=port, interface=Interfaces.ASGINL, log_enabled=False)


async def _listen_for_gateway(gateway: OwnPort, settings: Settings) -> None:
    """On the gateway's own port, if it is to have one."""
    if settings.gateway_port is None:
        return
    files, tls = certificate(settings), None
    if files is not None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.minimum_version = ssl.TLSVersion.TLSv1_3  # as on the public port
        tls.load_cert_chain(*files)
    await gateway.start(settings.host, settings.gateway_port, tls)


def _require_listening(servers: set[asyncio.Task[None]]) -> None:
    for server in servers:
        if server.done():
            error = server.exception()
            raise StartError(f"The web server ended at its start ({error or 'no reason given'}).")


def _free_loopback_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((_LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _allow_many_sockets() -> None:
    """Take as many files as we may have: each socket is one, and the limit that a shell sets is often 1 024."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _spare_collections() -> None:
    """Leave what stands by now out of later garbage collections: looking through it held everything up for 0.1 s."""
    gc.collect()
    gc.freeze()


def _ports(settings: Settings) -> dict[str, int]:
    ports = {"port": settings.port, "gateway_port": settings.gateway_port}
    return {name: port for name, port in ports.items() if port is not None}


def _require_free_port(name: str, host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as cause:
            reason = cause.strerror or "can't be used"
            raise StartError(f"{name}: {host}:{port} can't be listened on ({reason}).") from cause


async def until_told_to_stop(meanwhile: Callable[[], Awaitable[None]] | None = None) -> None:
    """Return at SIGINT or SIGTERM, or when `meanwhile` is done."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    waits = [asyncio.ensure_future(told.wait())]
    if meanwhile is not None:
        waits.append(asyncio.ensure_future(meanwhile()))  # type: ignore[arg-type]  # either kind of future will do
    done, pending = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in pending:
        wait.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for wait in done:
        wait.result()
