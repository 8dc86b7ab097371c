"""How much anybody may ask: a project's servers, a participant, an address. The doors count here, before they act.

Windows are fixed: a counter begins with the first request and is forgotten when its time is over.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from math import ceil
from typing import NoReturn, Protocol, TypeVar

import structlog
from limits import RateLimitItem

from onstage.actions.access import Caller, ServerCaller
from onstage.clock import Clock, SystemClock
from onstage.config import Network
from onstage.errors import ErrorCode, OnstageError

UNKNOWN_ADDRESS = "unknown"
_IPV6_NETWORK_BITS = 64
"""Who has one IPv6 address has at least so many more of the same network."""
_SWEEP_AT = 10_000
"""Counters beyond which those that are over are looked for."""
_AWAY_S = 5.0
"""How long a shared store that failed is left alone."""
Answer = TypeVar("Answer")
_FAILURES = {ErrorCode.CREDENTIALS_INVALID, ErrorCode.TOKEN_INVALID, ErrorCode.ROOM_CODE_NOT_FOUND}
"""What somebody is told who guesses. A token that was good once is no guess."""
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rates:
    """The limits; None is none."""

    project: RateLimitItem | None = None
    participant: RateLimitItem | None = None
    address: RateLimitItem | None = None
    failures: RateLimitItem | None = None


class Counters(Protocol):
    """Where it is counted."""

    async def add(self, key: str, window_s: int) -> int:
        """Count one more; how many it are in the window that is open."""
        ...

    async def count(self, key: str) -> int:
        """How many it are."""
        ...

    async def ends_in_s(self, key: str) -> float:
        """Seconds until the window is over."""
        ...

    async def close(self) -> None:
        """Count no more."""
        ...


class MemoryCounters:
    """Counted in this process, by our clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[str, tuple[int, float]] = {}  # how many, and when it is over
        self._sweep_at = _SWEEP_AT

    async def add(self, key: str, window_s: int) -> int:
        """Count one more; how many it are in the window that is open."""
        now_s = self._clock.monotonic()
        count, ends_at_s = self._windows.get(key, (0, 0.0))
        if ends_at_s <= now_s:
            self._sweep(now_s)
            count, ends_at_s = 0, now_s + window_s
        self._windows[key] = (count + 1, ends_at_s)
        return count + 1

    async def count(self, key: str) -> int:
        """How many it are."""
        count, ends_at_s = self._windows.get(key, (0, 0.0))
        return count if ends_at_s > self._clock.monotonic() else 0

    async def ends_in_s(self, key: str) -> float:
        """Seconds until the window is over."""
        return self._windows.get(key, (0, 0.0))[1] - self._clock.monotonic()

    async def close(self) -> None:
        """Nothing is held."""

    def _sweep(self, now_s: float) -> None:
        """Forget what is over, each time there is twice as much as was left: it costs little, and memory is bounded."""
        if len(self._windows) < self._sweep_at:
            return
        self._windows = {key: window for key, window in self._windows.items() if window[1] > now_s}
        self._sweep_at = max(_SWEEP_AT, 2 * len(self._windows))


class RateLimits:
    """Counts who asks, and refuses who asks too often."""

    def __init__(
        self, clock: Clock, rates: Rates, trusted: Sequence[Network] = (), shared: Counters | None = None
    ) -> None:
        """Set the limits.

        Args:
            clock: Whose time the windows go by.
            rates: How much in what time.
            trusted: Networks of proxies whose word about the client's address is taken.
            shared: Counters of all servers together; while they fail, each server counts for itself.
        """
        self._clock = clock
        self._rates = rates
        self._trusted = tuple(trusted)
        self._own = MemoryCounters(clock)
        self._shared = shared
        self._shared_again_s = 0.0

    async def count_address(self, address: str) -> None:
        """One more request from there.

        Raises:
            OnstageError: `rate_limited`, also for too many failures.
        """
        await self._count(self._rates.address, f"address {bucket_of(address)}", "requests from this address")
        rate = self._rates.failures
        if rate is None:
            return
        key = _window(rate, f"failures {bucket_of(address)}")
        if await self._ask(lambda counters: counters.count(key)) >= rate.amount:
            await self._refuse(rate, key, "wrong credentials from this address")

    @asynccontextmanager
    async def counting_failures(self, address: str) -> AsyncIterator[None]:
        """Count against the address if what is done within turns out to be a wrong guess."""
        try:
            yield
        except OnstageError as error:
            if error.code in _FAILURES:
                await self._count_failure(address)
            raise

    async def _count_failure(self, address: str) -> None:
        rate = self._rates.failures
        if rate is not None:
            key = _window(rate, f"failures {bucket_of(address)}")
            await self._ask(lambda counters: counters.add(key, rate.get_expiry()))

    async def count_caller(self, caller: Caller) -> None:
        """One more request of that project's servers, or of that participant.

        Raises:
            OnstageError: `rate_limited`.
        """
        if isinstance(caller, ServerCaller):
            await self._count(self._rates.project, f"project {caller.project_id}", "requests of this project")
        else:
            who = f"participant {caller.room_id} {caller.identity}"
            await self._count(self._rates.participant, who, "requests of this participant")

    async def close(self) -> None:
        """Count no more."""
        if self._shared is not None:
            await self._shared.close()

    def address_of(self, peer: str | None, forwarded_for: str | None) -> str:
        """The client's address: the peer's, or what the nearest proxy that is not ours was reached from."""
        hops = [] if forwarded_for is None else [one.strip() for one in forwarded_for.split(",")]
        address = peer or UNKNOWN_ADDRESS
        while hops and self._is_trusted(address):
            told = _parsed(hops.pop())
            if told is None:
                break
            address = str(told)
        return address

    def _is_trusted(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(parsed in network for network in self._trusted)

    async def _count(self, rate: RateLimitItem | None, who: str, what: str) -> None:
        if rate is None:
            return
        key = _window(rate, who)
        if await self._ask(lambda counters: counters.add(key, rate.get_expiry())) > rate.amount:
            await self._refuse(rate, key, what)

    async def _refuse(self, rate: RateLimitItem, key: str, what: str) -> NoReturn:
        ends_in_s = await self._ask(lambda counters: counters.ends_in_s(key))
        raise OnstageError(
            ErrorCode.RATE_LIMITED,
            f"There were too many {what}.",
            expected=f"at most {rate}",
            retry_after_s=max(1, ceil(ends_in_s)),
        )

    async def _ask(self, question: Callable[[Counters], Awaitable[Answer]]) -> Answer:
        shared = self._reachable()
        if shared is not None:
            try:
                return await question(shared)
            except Exception as error:  # noqa: BLE001 - whatever is wrong there, nobody is turned away for it
                self._give_up(error)
        return await question(self._own)

    def _reachable(self) -> Counters | None:
        return self._shared if self._clock.monotonic() >= self._shared_again_s else None

    def _give_up(self, error: Exception) -> None:
        self._shared_again_s = self._clock.monotonic() + _AWAY_S
        _log.warning("rate_limits_count_alone", error=type(error).__name__)


def unlimited() -> RateLimits:
    """Anybody may ask anything, and no proxy is trusted."""
    return RateLimits(SystemClock(), Rates())


def _window(rate: RateLimitItem, who: str) -> str:
    """The name of somebody's window: servers that are set to others must not wait for each other's end."""
    return f"{rate.get_expiry()}s {who}"


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed


def bucket_of(address: str) -> str:
    """Whom an address stands for: itself, or its IPv6 network."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, _IPV6_NETWORK_BITS), strict=False))
    return address if parsed is None else str(parsed)
