"""The webhooks of a house, delivered by the real dispatcher over real sockets, on the machine's clock.

Pauses are scaled, so that a night of retries takes a second.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from onstage.actions import deliveries, webhooks
from onstage.actions.context import Context, Unattended
from onstage.actions.rooms import RoomChange, update_room
from onstage.actions.webhooks import NewEndpoint
from onstage.clock import Clock, SystemClock
from onstage.model.records import DeliveryStatus, Endpoint
from onstage.model.retries import Retries
from onstage.store.deliveries import Sendable
from onstage.webhooks.courier import HttpCourier
from onstage.webhooks.delivery import MOST_AT_ONCE, Dispatcher
from tests.support.house import House
from tests.support.waiting import until

SCALE = 1e-4
"""Minutes are milliseconds, 24 hours are 9 seconds."""


@dataclass(slots=True)
class Counted:
    """What the dispatcher counts."""

    attempts: Counter[str] = field(default_factory=Counter)
    pending: int = -1
    oldest_age_s: float = -1.0

    def webhook_attempted(self, outcome: str) -> None:
        self.attempts[outcome] += 1

    def webhook_backlog(self, pending: int, oldest_age_s: float) -> None:
        self.pending, self.oldest_age_s = pending, oldest_age_s


class Waking(Unattended):
    """After a change, the dispatcher is told."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    async def deliveries_due(self, endpoint_ids: Any) -> None:
        self._dispatcher.wake(endpoint_ids)


class Later(SystemClock):
    """The machine's clock, ahead: for a dispatcher, so much has passed since another one was at work."""

    def __init__(self, passed: timedelta) -> None:
        self._passed = passed

    def now(self) -> datetime:
        return super().now() + self._passed


class PostOffice:
    """A dispatcher at work, and what tests ask of it."""

    def __init__(
        self,
        ctx: Context,
        house: House,
        *,
        scale: float = SCALE,
        clock: Clock | None = None,
        most_at_once: int = MOST_AT_ONCE,
    ) -> None:
        self.ctx = replace(ctx, clock=clock or SystemClock())
        self.house = house
        self.counted = Counted()
        self.courier = HttpCourier(self.ctx.outbound, self.ctx.keyring, self.ctx.clock)
        self.ctx.courier = self.courier
        retries = Retries(scale)
        self.dispatcher = Dispatcher(self.ctx, self.courier, self.counted, retries=retries, most_at_once=most_at_once)
        self.ctx.after_change = Waking(self.dispatcher)

    async def __aenter__(self) -> Self:
        await self.dispatcher.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.dispatcher.stop()

    async def endpoint(self, url: str, *events: str, room: str | None = None, enabled: bool = True) -> Endpoint:
        new = NewEndpoint(url, events or None, is_enabled=enabled)
        return (await webhooks.create_endpoint(self.ctx, self.house.server, room, new))[0]

    async def happen(self, count: int = 1, *, room: str | None = None) -> list[str]:
        """So many `room.updated`; the new titles, in order."""
        titles = [f"title {number}" for number in range(count)]
        for title in titles:
            await update_room(self.ctx, self.house.server, room or self.house.room.id, RoomChange(title=title))
        return titles

    async def now(self, endpoint: Endpoint) -> Endpoint:
        return await webhooks.read_endpoint(self.ctx, self.house.server, endpoint.id)

    async def deliveries(self, endpoint: Endpoint) -> list[Sendable]:
        """All of the endpoint's, oldest first."""
        found = await deliveries.read_deliveries(
            self.ctx, self.house.server, endpoint.id, status=None, event=None, after=None, limit=10_000
        )
        return list(reversed(found))

    async def statuses(self, endpoint: Endpoint) -> list[DeliveryStatus]:
        return [one.delivery.status for one in await self.deliveries(endpoint)]

    async def until_quiet(self, endpoint: Endpoint) -> list[Sendable]:
        """The endpoint's deliveries, once none is pending."""

        async def is_quiet() -> bool:
            return DeliveryStatus.PENDING not in await self.statuses(endpoint)

        await until(is_quiet, what="nothing to be pending")
        return await self.deliveries(endpoint)

    async def until_status(self, endpoint: Endpoint, *expected: DeliveryStatus) -> None:
        """Until the oldest deliveries have these statuses."""

        async def is_so() -> bool:
            return (await self.statuses(endpoint))[: len(expected)] == list(expected)

        await until(is_so, what=f"{expected}")

    async def until_disabled(self, endpoint: Endpoint) -> Endpoint:
        async def is_off() -> bool:
            return not (await self.now(endpoint)).is_enabled

        await until(is_off, what="the endpoint to be disabled")
        return await self.now(endpoint)
