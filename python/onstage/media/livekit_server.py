"""Our own livekit-server, run as a supervised child when no outside engine is configured.

Its signalling and API listen on loopback only: browsers come through Onstage's origin. Media has one UDP port and one
TCP port on every address of the machine.
"""

import asyncio
import contextlib
import errno
import json
import socket
from collections.abc import Awaitable, Callable

import structlog

from onstage.children import Child, spawn
from onstage.clock import Clock
from onstage.errors import StartError
from onstage.media.livekit_config import LOOPBACK, LiveKitServerOptions, kept_key, write_config

READY_TIMEOUT_S = 10.0
STOP_GRACE_S = 3.0
_EMPTY_STOP_S = 0.3  # more than it takes with nobody connected
_READY_POLL_S = 0.02
_RESTART_DELAYS_S = (0.0, 0.5, 1.0, 2.0, 5.0)
_STEADY_S = 60.0  # up for this long: the next crash starts at the first delay again

log = structlog.get_logger(__name__)


class LiveKitServer:
    """Starts livekit-server, starts it again when it dies, and ends it with us."""

    def __init__(self, options: LiveKitServerOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._child: Child | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self.api_key = kept_key(options.folder)
        self.on_down: Callable[[str], Awaitable[None]] | None = None
        self.on_up: Callable[[], Awaitable[None]] | None = None

    @property
    def url(self) -> str:
        """Its HTTP address."""
        return f"http://{LOOPBACK}:{self._options.http_port}"

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return self._child.pid if self._child is not None and self._child.returncode is None else None

    async def start(self) -> None:
        """Return once it answers.

        Raises:
            StartError: No such program, a port is taken, or it does not come up.
        """
        _check_ports(self._options)
        child = await self._launch()
        self._supervisor = asyncio.create_task(self._supervise(child), name="livekit-server supervisor")

    async def stop(self) -> None:
        """End it: SIGTERM, then SIGKILL after `STOP_GRACE_S`."""
        if self._supervisor is not None:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)
            self._supervisor = None
        if self._child is not None:
            # The first SIGTERM lets it wait for everybody to leave, which they do not; the second ends it.
            self._child.terminate()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_EMPTY_STOP_S):
                    await self._child.wait()
            await self._child.stop(STOP_GRACE_S)

    async def _launch(self) -> Child:
        """One start, up to the first answer."""
        path = write_config(self._options, self.api_key)
        try:
            child = await spawn(
                [str(self._options.program), "--config", str(path)], name="livekit-server", on_line=_forward_line
            )
        except FileNotFoundError:
            raise StartError(
                f"There is no livekit-server at {self._options.program}: run scripts/setup-livekit.sh, "
                "or set ONSTAGE_LIVEKIT_URL to use one of your own."
            ) from None
        self._child = child
        await self._until_ready(child)
        log.info("livekit_server_started", pid=child.pid, url=self.url)
        return child

    async def _until_ready(self, child: Child) -> None:
        gives_up_at = self._clock.monotonic() + READY_TIMEOUT_S
        while not await _answers(self._options.http_port):
            if child.returncode is not None:
                last = _message_of(child.tail[-1]) if child.tail else "it wrote nothing"
                raise StartError(f"livekit-server ended at its start: {last}")
            if self._clock.monotonic() > gives_up_at:
                await child.stop(STOP_GRACE_S)
                raise StartError(f"livekit-server did not answer on port {self._options.http_port} in time.")
            await self._clock.sleep(_READY_POLL_S)

    async def _supervise(self, child: Child) -> None:
        failures = 0
        while True:
            came_up_at = self._clock.monotonic()
            code = await child.wait()
            if self._clock.monotonic() - came_up_at > _STEADY_S:
                failures = 0
            log.error("livekit_server_died", exit_code=code, last_line=child.tail[-1] if child.tail else "")
            if self.on_down is not None:
                await self.on_down(f"livekit-server ended with exit code {code}")
            child, failures = await self._relaunch(failures)
            if self.on_up is not None:
                await self.on_up()

    async def _relaunch(self, failures: int) -> tuple[Child, int]:
        while True:
            await self._clock.sleep(_RESTART_DELAYS_S[min(failures, len(_RESTART_DELAYS_S) - 1)])
            failures += 1
            try:
                return await self._launch(), failures
            except StartError as error:
                log.error("livekit_server_restart_failed", reason=str(error), attempts=failures)


def _check_ports(options: LiveKitServerOptions) -> None:
    _check_port(socket.SOCK_STREAM, LOOPBACK, options.http_port, "ONSTAGE_LIVEKIT_PORT")
    _check_port(socket.SOCK_STREAM, "", options.tcp_port, "ONSTAGE_MEDIA_TCP_PORT")
    _check_port(socket.SOCK_DGRAM, "", options.udp_port, "ONSTAGE_MEDIA_UDP_PORT")


def _check_port(kind: socket.SocketKind, host: str, port: int, setting: str) -> None:
    name = "TCP" if kind is socket.SOCK_STREAM else "UDP"
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: TIME_WAIT is no obstacle
        try:
            probe.bind((host, port))
        except OSError as cause:
            why = "is taken" if cause.errno == errno.EADDRINUSE else f"cannot be used ({cause.strerror})"
            raise StartError(
                f"{name} port {port} of the media engine {why}: {setting} names another. A second server on this "
                "machine needs its own ONSTAGE_LIVEKIT_PORT, ONSTAGE_MEDIA_TCP_PORT and ONSTAGE_MEDIA_UDP_PORT."
            ) from cause


async def _answers(port: int) -> bool:
    """Whether `GET /` is answered with 200."""
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(1.0):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            writer.write(b"GET / HTTP/1.0\r\n\r\n")
            status = await reader.readline()
            writer.close()
            return b" 200 " in status
    return False


def _forward_line(line: str) -> None:
    """All of its log is debug to us: it names people, and it calls every closed data channel an error."""
    log.debug("livekit_server_said", line=line)


def _message_of(line: str) -> str:
    try:
        entry = json.loads(line)
        return str(entry.get("error") or entry.get("msg") or line)
    except (ValueError, AttributeError):
        return line
