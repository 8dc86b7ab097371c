"""The guard: what a URL that somebody gave us may name, and which addresses stand behind it."""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address
from types import MappingProxyType

from pydantic import AnyUrl, ValidationError

from onstage.errors import ErrorCode, FieldProblem, OnstageError
from onstage.outbound.addresses import why_not_public
from onstage.outbound.policy import LOWEST_FREE_PORT, Policy, literal

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host, as text. Raises `OSError` when it has none."""

HTTP: Mapping[str, int] = MappingProxyType({"https": 443, "http": 80})
"""Schemes that are allowed, with their ports; plain `http` only to whom the operator named."""
RTMP: Mapping[str, int] = MappingProxyType({"rtmps": 443, "rtmp": 1935})
"""Schemes of live targets. Plain `rtmp` is what most of them still take, so it needs no word of the operator."""
LONGEST_URL = 2_000
_UNCLEAN = re.compile(r"[\x00-\x20\x7f\\]")  # URL parsers differ on these, and attacks live on the difference
_WITH_HOST = re.compile(r"[A-Za-z]+://[^/?#]")
_RESOLVED_WITHIN_S = 5.0
_RESOLVERS = ThreadPoolExecutor(8, "resolve")  # of our own: a name server that hangs must not hold up file I/O


class NotAllowed(Exception):  # noqa: N818 - it is the answer of a guard, not a fault
    """Why a request may not be sent; the text is for whoever gave the URL."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that was found to be allowed, in its normal form (WHATWG URL)."""

    url: str
    host: str
    port: int


async def system_resolve(host: str, port: int) -> list[str]:
    """The machine's own resolver."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_RESOLVERS, ask)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Guard:
    """Says what may be reached. Used when a URL is registered, and again for each connection."""

    def __init__(self, policy: Policy | None = None, *, resolve: Resolve = system_resolve) -> None:
        """Without a policy, only public addresses over HTTPS."""
        self._policy = policy or Policy()
        self._resolve = resolve

    async def check(self, url: str, *, path: str = "url", schemes: Mapping[str, int] = HTTP) -> Target:
        """The target of a URL, every address of which may be reached now; `path` names the field in the error.

        Raises:
            OnstageError: `url_not_allowed`.
        """
        try:
            target = self.read(url, schemes=schemes)
            await self.addresses(target.host, target.port)
        except NotAllowed as cause:
            raise OnstageError(
                ErrorCode.URL_NOT_ALLOWED,
                f"The URL {cause}.",
                expected=f"{next(iter(schemes))} to a public host, without credentials",
                errors=[FieldProblem(path, str(cause))],
            ) from cause
        return target

    def read(self, url: str, *, schemes: Mapping[str, int] = HTTP) -> Target:
        """The target of a URL whose form is allowed; its addresses are not looked at.

        Raises:
            NotAllowed: the form is not.
        """
        if len(url) > LONGEST_URL or _UNCLEAN.search(url):
            raise NotAllowed("is too long, or holds spaces, control characters or backslashes")
        if _WITH_HOST.match(url) is None:
            raise NotAllowed("has no scheme or no host")
        try:
            parsed = AnyUrl(url)
        except ValidationError as cause:
            raise NotAllowed("can't be read") from cause
        default = schemes.get(parsed.scheme)
        if default is None:
            raise NotAllowed(f"has the scheme {parsed.scheme!r}, not {' or '.join(schemes)}")
        if parsed.username is not None or parsed.password is not None:
            raise NotAllowed("holds credentials; requests are signed instead")
        host = (parsed.host or "").removesuffix(".").lower()
        if not host:
            raise NotAllowed("has no host")
        port = default if parsed.port is None else parsed.port
        self._check_port(parsed.scheme, host, port)
        return Target(str(parsed).partition("#")[0], host, port)

    def _check_port(self, scheme: str, host: str, port: int) -> None:
        if self._policy.names(host, port):
            return
        if scheme == "http" and not self._policy.is_http_allowed:
            raise NotAllowed("is not encrypted; use https, or let the operator allow it (ONSTAGE_OUTBOUND_ALLOW)")
        if port < LOWEST_FREE_PORT and port not in self._policy.low_ports:
            raise NotAllowed(f"has the port {port}, which belongs to another service")

    async def addresses(self, host: str, port: int) -> list[str]:
        """The addresses to connect to. One that is not allowed forbids the host: it could be the next one taken.

        Raises:
            NotAllowed: an address is not, or there is none.
        """
        given = literal(host)
        try:
            async with asyncio.timeout(_RESOLVED_WITHIN_S):
                found = [str(given)] if given is not None else await self._resolve(host, port)
        except (OSError, UnicodeError) as cause:  # a time-out is an OSError too
            raise NotAllowed("names a host that has no address") from cause
        if not found:
            raise NotAllowed("names a host that has no address")
        if not self._policy.names(host, port):
            for address in found:
                self._check_address(address, port)
        return found

    def _check_address(self, text: str, port: int) -> None:
        address = ip_address(text)
        why = why_not_public(address)
        if why is not None and not self._policy.has_address(address, port):
            raise NotAllowed(
                f"leads to an address that is not public but {why}; the operator may allow it (ONSTAGE_OUTBOUND_ALLOW)"
            )
