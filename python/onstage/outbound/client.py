"""Requests to a URL that somebody gave us: bounded in time and size, to the address that was checked, no further."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import httpcore

from onstage.outbound.guard import Guard, NotAllowed

_MOST_CONNECTIONS = 200
_MOST_ADDRESSES = 4
_KEPT_OPEN_S = 10.0
_EXCERPT_BYTES = 1_000
_READ_AT_MOST = 64 * 1024  # what is left of a larger answer is cut off, and the connection with it
_LONGEST_REASON = 300
_GET_HEADERS = {"Accept": "*/*", "Accept-Encoding": "identity", "User-Agent": "Onstage"}


class Failure(Exception):  # noqa: N818 - the receiver's, not ours
    """No answer came; the text says why."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a receiver answered: the status, and how its body begins."""

    status: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, for everything until the status, and for the body after it."""

    connect_s: float = 5.0
    total_s: float = 15.0
    body_s: float = 2.0


class _PinnedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that the guard has just checked; names never reach the network below."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first of the host's addresses that takes one."""
        addresses = (await self._guard.addresses(host.removesuffix(".").lower(), port))[:_MOST_ADDRESSES]
        for address in addresses[:-1]:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._inner.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """Httpcore's pause between its own retries, of which we ask for none."""
        await self._inner.sleep(seconds)


class Outbound:
    """Posts and gets. httpcore follows no redirects, reads no proxy from the environment, and unpacks nothing."""

    def __init__(
        self,
        guard: Guard | None = None,
        *,
        timeouts: Timeouts | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Without a guard, the strictest one; `tls` None: the machine's certificate authorities."""
        self.guard = guard or Guard()
        self._timeouts = timeouts or Timeouts()
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            max_connections=_MOST_CONNECTIONS,
            keepalive_expiry=_KEPT_OPEN_S,
            network_backend=_PinnedNetwork(self.guard),
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.aclose()

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """What the receiver answered, whatever it was.

        Raises:
            Failure: it did not answer in time or in HTTP, or the URL may not be reached (any more).
        """
        with self._failing():
            target = self.guard.read(url)
            async with self._answer("POST", target.url, headers, body) as response:
                return Reply(response.status, await self._excerpt(response))

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Whatever goes wrong on the way is a `Failure`."""
        try:
            yield
        except NotAllowed as cause:
            raise Failure(f"the URL {cause}") from cause
        except TimeoutError as cause:
            raise Failure(f"no answer within {self._timeouts.total_s:g} s") from cause
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as cause:
            raise Failure(_reason(cause)) from cause

    @asynccontextmanager
    async def get(self, url: str) -> AsyncIterator[httpcore.Response]:
        """The answer to a GET, whose body is still to be read, with a bound on each wait for more of it.

        Raises:
            Failure: it did not answer in time or in HTTP, or the URL may not be reached (any more).
        """
        with self._failing():
            target = self.guard.read(url)
            async with self._answer("GET", target.url, _GET_HEADERS, None) as response:
                yield response

    @asynccontextmanager
    async def _answer(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> AsyncIterator[httpcore.Response]:
        total_s = self._timeouts.total_s
        limits = {"connect": self._timeouts.connect_s, "pool": total_s, "read": total_s}
        asked = self._pool.stream(
            method, url, headers=list(headers.items()), content=body, extensions={"timeout": limits}
        )
        async with asyncio.timeout(total_s) as deadline:
            async with asked as response:
                deadline.reschedule(None)
                yield response

    async def _excerpt(self, response: httpcore.Response) -> str:
        """The body's beginning. What comes late, broken, or without end is left: the status has said it all."""
        kept = bytearray()
        read = 0
        try:
            async with asyncio.timeout(self._timeouts.body_s):
                async for piece in response.aiter_stream():
                    kept += piece[: _EXCERPT_BYTES - len(kept)]
                    read += len(piece)
                    if read >= _READ_AT_MOST:
                        break
        except (TimeoutError, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
            pass
        return _plain(kept.decode("utf-8", "replace"))


def _plain(text: str) -> str:
    """Without control characters: it is shown in pages, and PostgreSQL keeps no NUL."""
    return "".join(one if one.isprintable() or one == "\n" else " " for one in text)


def _reason(cause: Exception) -> str:
    kind = type(cause).__name__
    said = str(cause) or str(cause.__cause__ or "")
    return _plain(f"{kind}: {said}" if said else kind)[:_LONGEST_REASON]
