"""A thread's own connection to a target: to an address that the server has checked, with time-outs on everything."""

import select
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

from onstage.model.outputs import OutputTrouble

CONNECT_WITHIN_S = 5.0
"""To each address."""
WRITE_WITHIN_S = 10.0
CLOSE_WITHIN_S = 2.0
_UNSENT_BYTES = 512 * 1024
"""Kept by the kernel, a second or two: more would only hide that the target is slow."""
_READ_BYTES = 16_384


class DownError(Exception):
    """The connection is not there, or not any more."""

    def __init__(self, trouble: OutputTrouble, detail: str) -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to connect to. `host` is what the certificate must be of."""

    addresses: tuple[str, ...]
    port: int
    host: str
    is_tls: bool


class Connection:
    """Bytes to and from a target. Errors are `DownError`."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Connect.

        Raises:
            DownError: It can't be connected to, or its certificate is not good.
        """
        self._socket = _connected(endpoint)

    def send(self, data: bytes) -> None:
        """Send all of it, soon enough."""
        try:
            self._socket.settimeout(WRITE_WITHIN_S)
            self._socket.sendall(data)
        except TimeoutError as cause:
            raise DownError(OutputTrouble.LOST, f"it took nothing for {WRITE_WITHIN_S:.0f} s") from cause
        except OSError as cause:
            raise DownError(OutputTrouble.LOST, _words(cause)) from cause

    def receive(self, within_s: float) -> bytes | None:
        """What has come; None if nothing comes for so long.

        Raises:
            DownError: The connection has ended.
        """
        try:
            if not self._is_readable(within_s):
                return None
            self._socket.settimeout(WRITE_WITHIN_S)
            data = self._socket.recv(_READ_BYTES)
        except (TimeoutError, ssl.SSLWantReadError):
            return None
        except OSError as cause:
            raise DownError(OutputTrouble.LOST, _words(cause)) from cause
        if not data:
            raise DownError(OutputTrouble.LOST, "closed by the server")
        return data

    def _is_readable(self, within_s: float) -> bool:
        if isinstance(self._socket, ssl.SSLSocket) and self._socket.pending():
            return True
        return bool(select.select([self._socket], [], [], within_s)[0])

    def close(self) -> None:
        """Let the other end read what was sent, and go."""
        try:
            self._socket.settimeout(CLOSE_WITHIN_S)
            self._socket.shutdown(socket.SHUT_WR)
            while self._is_readable(CLOSE_WITHIN_S) and self._socket.recv(_READ_BYTES):
                pass
        except (OSError, ValueError):
            pass  # it is gone already
        self._socket.close()


def _connected(endpoint: Endpoint) -> socket.socket:
    plain = _first_of(endpoint.addresses, endpoint.port)
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNSENT_BYTES)
    if not endpoint.is_tls:
        return plain
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=endpoint.host)
    except ssl.SSLCertVerificationError as cause:
        plain.close()
        raise DownError(OutputTrouble.CERTIFICATE, cause.verify_message) from cause
    except (OSError, ValueError) as cause:
        plain.close()
        raise DownError(OutputTrouble.UNREACHABLE, f"no TLS: {_words(cause)}") from cause


def _first_of(addresses: Sequence[str], port: int) -> socket.socket:
    failure = DownError(OutputTrouble.UNREACHABLE, "no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), CONNECT_WITHIN_S)
        except OSError as cause:
            failure = DownError(OutputTrouble.UNREACHABLE, _words(cause))
    raise failure


def _words(cause: Exception) -> str:
    match cause:
        case TimeoutError():
            return "it does not answer"
        case ssl.SSLError():
            return (cause.reason or "TLS failed").replace("_", " ").lower()
        case OSError() if cause.strerror:
            return cause.strerror
        case _:
            return type(cause).__name__
