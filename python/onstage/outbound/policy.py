"""What the operator allows beyond the public internet."""

import re
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from onstage.errors import StartError
from onstage.outbound.addresses import Address, Network

LOWEST_FREE_PORT = 1024
_WITH_PORT = re.compile(r"(?P<host>\[[^\]]*\]|[^:\[\]]+):(?P<port>\d{1,5})")


@dataclass(frozen=True, slots=True)
class Allowed:
    """One entry of the list: a network or a host, on one port or (None) on every one."""

    network: Network | None = None
    host: str | None = None
    port: int | None = None

    def has_address(self, address: Address, port: int) -> bool:
        """Whether the entry allows that address."""
        return self.network is not None and address in self.network and self.port in (None, port)

    def has_host(self, host: str, port: int) -> bool:
        """Whether the entry allows that host, by name or by its literal address."""
        if self.host is not None:
            return self.host == host and self.port in (None, port)
        address = literal(host)
        return address is not None and self.has_address(address, port)


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules for one server. Without any argument: HTTPS to public addresses."""

    allowed: tuple[Allowed, ...] = ()
    low_ports: frozenset[int] = frozenset({80, 443})  # of those below 1024; the others are other services' own
    is_http_allowed: bool = False

    def names(self, host: str, port: int) -> bool:
        """Whether the operator named this host and port."""
        return any(one.has_host(host, port) for one in self.allowed)

    def has_address(self, address: Address, port: int) -> bool:
        """Whether the operator named the network of this address."""
        return any(one.has_address(address, port) for one in self.allowed)


def literal(host: str) -> Address | None:
    """The address that `host` is, if it is one."""
    try:
        return ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def read_policy(allow: str, low_ports: str, *, is_http_allowed: bool) -> Policy:
    """The policy as the settings have it, both lists separated by commas.

    Raises:
        StartError: an entry is neither a network, nor a host, nor a port.
    """
    return Policy(
        allowed=tuple(_allowed(entry) for entry in _entries(allow)),
        low_ports=frozenset(_low_port(entry) for entry in _entries(low_ports)),
        is_http_allowed=is_http_allowed,
    )


def _entries(text: str) -> list[str]:
    return [entry.strip().lower() for entry in text.split(",") if entry.strip()]


def _low_port(entry: str) -> int:
    if not entry.isascii() or not entry.isdigit() or not 0 < int(entry) < LOWEST_FREE_PORT:
        raise StartError(f"outbound_ports: {entry!r} is no port below {LOWEST_FREE_PORT}.")
    return int(entry)


def _allowed(entry: str) -> Allowed:
    found = _WITH_PORT.fullmatch(entry)
    host, port = (entry, None) if found is None else (found["host"], int(found["port"]))
    wrong = StartError(
        f"outbound_allow: {entry!r} is no network (10.0.0.0/8), address, host, or one of them with a port."
    )
    if not _is_port(port):
        raise wrong
    try:
        return Allowed(network=ip_network(host.removeprefix("[").removesuffix("]")), port=port)
    except ValueError as cause:
        if re.fullmatch(r"(?=.*[a-z])[a-z0-9]([a-z0-9._-]*[a-z0-9])?", host) is None:
            raise wrong from cause
        return Allowed(host=host, port=port)


def _is_port(port: int | None) -> bool:
    return port is None or 0 < port < 65_536
