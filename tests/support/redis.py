"""A redis-server of the tests' own; it can be stopped, frozen and started again on the same port."""

import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.support.serving import free_port

_STARTS_WITHIN_S = 20.0
_POLL_S = 0.02


class RedisServer:
    """One server on loopback that keeps nothing."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start, and return when it answers."""
        settings = {"port": str(self.port), "bind": "127.0.0.1", "save": "", "appendonly": "no"}
        flags = [part for name, value in settings.items() for part in (f"--{name}", value)]
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "redis-server", *flags],
            stdout=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
        )
        ends_at = time.monotonic() + _STARTS_WITHIN_S
        while not self._answers():
            assert self._process.poll() is None, "redis-server ended: `make setup-dev` installs it"
            assert time.monotonic() < ends_at, "Redis does not answer"
            time.sleep(_POLL_S)

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
            probe.sendall(b"PING\r\n")
            return probe.recv(16).startswith(b"+PONG")
        return False

    def stop(self) -> None:
        """As an operator does."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """It holds its connections, and says nothing any more."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(number)
            self._process.wait(_STARTS_WITHIN_S)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end(signal.SIGKILL)
