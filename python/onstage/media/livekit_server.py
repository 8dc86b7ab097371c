"""Our own livekit-server, run as a supervised child when no outside engine is configured.

Its signalling and API listen on loopback only: browsers come through Onstage's origin. Media has one UDP port and one
TCP port on every address of the machine.
"""

import asyncio
import contextlib
import errno
import ipaddress
import json
import os
import secrets
import socket
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog

from onstage.children import Child, spawn
from onstage.clock import Clock
from onstage.errors import StartError

LOOPBACK = "127.0.0.1"
READY_TIMEOUT_S = 10.0
STOP_GRACE_S = 3.0
_EMPTY_STOP_S = 0.3  # more than it takes with nobody connected
_READY_POLL_S = 0.02
_RESTART_DELAYS_S = (0.0, 0.5, 1.0, 2.0, 5.0)
_STEADY_S = 60.0  # up for this long: the next crash starts at the first delay again

# Clients are handed a STUN server in any case, and public ones unless we name one. Nothing listens here: host
# candidates and, behind NAT, ONSTAGE_MEDIA_IP are what connects.
_NO_STUN = f"{LOOPBACK}:3478"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LiveKitServerOptions:
    """How to run it."""

    program: Path
    folder: Path  # ours alone: configuration and keys
    webhook_url: str  # gets what happens
    http_port: int = 7880  # on loopback
    tcp_port: int = 7881
    udp_port: int = 7882
    media_ip: str | None = None  # the address clients reach this machine at; None: all its own addresses


@dataclass(frozen=True, slots=True)
class ApiKey:
    """The pair that signs tokens, calls and webhooks."""

    key: str
    secret: str

    def __repr__(self) -> str:
        return f"ApiKey(key={self.key!r}, secret=…)"


class LiveKitServer:
    """Starts livekit-server, starts it again when it dies, and ends it with us."""

    def __init__(self, options: LiveKitServerOptions, clock: Clock) -> None:
        self._options = options
        self._clock = clock
        self._child: Child | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self.api_key = _kept_key(options.folder)
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
        path = _write_config(self._options, self.api_key)
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


def _kept_key(folder: Path) -> ApiKey:
    """The key pair of an earlier run, so that clients' tokens outlive a restart; or a new one."""
    path = folder / "livekit-key.json"
    try:
        return ApiKey(**json.loads(path.read_text()))
    except FileNotFoundError:
        pair = ApiKey(f"onstage{secrets.token_hex(6)}", secrets.token_urlsafe(48))
    except (ValueError, TypeError) as cause:
        raise StartError(f"{path} is not a key file of ours: move it away.") from cause
    _write_private(path, json.dumps(asdict(pair)))
    return pair


def _write_config(options: LiveKitServerOptions, pair: ApiKey) -> Path:
    path = options.folder / "livekit.yaml"
    _write_private(path, json.dumps(_config(options, pair), indent=2))  # JSON is YAML
    return path


def _config(options: LiveKitServerOptions, pair: ApiKey) -> dict[str, Any]:
    return {
        "port": options.http_port,
        "bind_addresses": [LOOPBACK],
        "rtc": _rtc_config(options),
        "keys": {pair.key: pair.secret},
        "webhook": {"api_key": pair.key, "urls": [options.webhook_url]},
        "room": {"empty_timeout": 60, "departure_timeout": 20},
        "logging": {"json": True, "level": "warn"},
    }


def _rtc_config(options: LiveKitServerOptions) -> dict[str, Any]:
    """Which addresses the engine offers to clients.

    Without a media address: all the machine's own, loopback too, so a browser here and one on the same network both
    find it. With one, that address takes the place of all others (a public address in front of NAT). Full ICE, not
    lite: the engine also sends checks to its clients, so those on this machine connect even when the given
    address cannot be reached from here.
    """
    rtc: dict[str, Any] = {
        "udp_port": options.udp_port,
        "tcp_port": options.tcp_port,
        "use_external_ip": False,
        "enable_loopback_candidate": True,
        "stun_servers": [_NO_STUN],
    }
    if options.media_ip is not None:
        rtc["node_ip"] = options.media_ip
        if ipaddress.ip_address(options.media_ip).is_loopback:
            rtc["interfaces"] = {"includes": ["lo"]}
    return rtc


def _write_private(path: Path, text: str) -> None:
    """Replace `path`, readable by us only from its first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    new.replace(path)


def _check_ports(options: LiveKitServerOptions) -> None:
    _check_port(socket.SOCK_STREAM, LOOPBACK, options.http_port)
    _check_port(socket.SOCK_STREAM, "", options.tcp_port)
    _check_port(socket.SOCK_DGRAM, "", options.udp_port)


def _check_port(kind: socket.SocketKind, host: str, port: int) -> None:
    name = "TCP" if kind is socket.SOCK_STREAM else "UDP"
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does: TIME_WAIT is no obstacle
        try:
            probe.bind((host, port))
        except OSError as cause:
            why = "is taken" if cause.errno == errno.EADDRINUSE else f"cannot be used ({cause.strerror})"
            raise StartError(f"{name} port {port} of the media engine {why}.") from cause


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
    """Its log is debug to us: it names people, and warns of every closed data channel. Its errors are for our log."""
    try:
        entry = json.loads(line)
        is_error = entry.get("level") == "error"
    except (ValueError, AttributeError):
        entry, is_error = {}, False
    if is_error:
        log.warning("livekit_server_failed", message=entry.get("msg", ""), error=entry.get("error", ""))
    else:
        log.debug("livekit_server_said", line=line)


def _message_of(line: str) -> str:
    try:
        entry = json.loads(line)
        return str(entry.get("error") or entry.get("msg") or line)
    except (ValueError, AttributeError):
        return line
