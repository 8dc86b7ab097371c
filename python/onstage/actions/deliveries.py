"""What was sent to an endpoint, and what is to be sent again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from onstage.actions.access import Caller
from onstage.actions.context import Context
from onstage.actions.cursors import wrong_cursor
from onstage.actions.outbox import WEBHOOK_EVENTS, announce, hears
from onstage.actions.webhooks import access_endpoint
from onstage.errors import ErrorCode, OnstageError
from onstage.model.ids import Prefix, new_id
from onstage.model.records import DeliveryStatus, Endpoint
from onstage.store import deliveries, events
from onstage.store.database import Tx
from onstage.store.deliveries import NewDelivery, Sendable
from onstage.store.events import Span

MOST_REPLAYED = 1_000
"""Events that one call replays; the next one goes on where it stopped."""
_A_MOMENT = timedelta(milliseconds=1)  # times are kept in milliseconds


@dataclass(frozen=True, slots=True)
class Range:
    """What to replay: from `since` until before `until`, or now; None of `events`: what the endpoint hears of."""

    since: datetime
    until: datetime | None = None
    events: tuple[str, ...] | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many events a call put on their way, and where the next one goes on; None: that was all."""

    count: int
    next_cursor: str | None


async def read_deliveries(
    ctx: Context,
    caller: Caller,
    endpoint_id: str,
    *,
    status: DeliveryStatus | None,
    event: str | None,
    after: str | None,
    limit: int,
) -> Sequence[Sendable]:
    """A page of the endpoint's deliveries, newest first.

    Raises:
        OnstageError: as `access_endpoint`; `malformed` for a cursor that is none.
    """
    async with ctx.database.read() as tx:
        endpoint = await access_endpoint(tx, caller, endpoint_id)
        if after is not None and await deliveries.get(tx, endpoint.id, after) is None:
            raise wrong_cursor()
        return await deliveries.page(tx, endpoint.id, status=status, event=event, after=after, limit=limit)


async def read_delivery(ctx: Context, caller: Caller, endpoint_id: str, delivery_id: str) -> Sendable:
    """One delivery.

    Raises:
        OnstageError: as `access_endpoint`, and `delivery_not_found`.
    """
    async with ctx.database.read() as tx:
        return (await _access_delivery(tx, caller, endpoint_id, delivery_id))[1]


async def _access_delivery(tx: Tx, caller: Caller, endpoint_id: str, delivery_id: str) -> tuple[Endpoint, Sendable]:
    endpoint = await access_endpoint(tx, caller, endpoint_id)
    found = await deliveries.get(tx, endpoint.id, delivery_id)
    if found is None:
        raise OnstageError(ErrorCode.DELIVERY_NOT_FOUND, f"The endpoint has no delivery {delivery_id!r}.")
    return endpoint, found


def _require_enabled(endpoint: Endpoint) -> None:
    if not endpoint.is_enabled:
        raise OnstageError(ErrorCode.WEBHOOK_DISABLED)


async def replay_delivery(ctx: Context, caller: Caller, endpoint_id: str, delivery_id: str) -> Sendable:
    """Send the delivery's event again: a new delivery, behind everything that waits.

    Raises:
        OnstageError: as `read_delivery`, and `webhook_disabled`.
    """
    async with ctx.database.begin() as tx:
        endpoint, found = await _access_delivery(tx, caller, endpoint_id, delivery_id)
        _require_enabled(endpoint)
        [made] = await _enqueue(ctx, tx, endpoint, [found.event.id])
        replayed = await deliveries.get(tx, endpoint.id, made)
    assert replayed is not None, "it was inserted in this transaction"
    return replayed


async def replay_range(ctx: Context, caller: Caller, endpoint_id: str, wanted: Range) -> Replayed:
    """Send again what happened in that time, oldest first, also from before the endpoint was there.

    Raises:
        OnstageError: as `access_endpoint`, and `webhook_disabled`.
    """
    async with ctx.database.read() as tx:  # whoever writes need not wait while a long past is put in order
        endpoint = await access_endpoint(tx, caller, endpoint_id)
        _require_enabled(endpoint)
        chosen = endpoint.events if wanted.events is None else wanted.events
        span = Span(
            project_id=endpoint.project_id,
            room_id=endpoint.room_id,
            names=[name for name in WEBHOOK_EVENTS if hears(chosen, name)],
            since=wanted.since,
            until=wanted.until or ctx.clock.now() + _A_MOMENT,
        )
        sent, following = await events.ids_within(tx, span, after=wanted.cursor, limit=MOST_REPLAYED)
    if sent:
        async with ctx.database.begin() as tx:
            endpoint = await access_endpoint(tx, caller, endpoint_id)
            _require_enabled(endpoint)
            await _enqueue(ctx, tx, endpoint, sent)
    return Replayed(len(sent), following)


async def _enqueue(ctx: Context, tx: Tx, endpoint: Endpoint, event_ids: Sequence[str]) -> list[str]:
    made = [NewDelivery(new_id(Prefix.DELIVERY), endpoint.id, one, is_replay=True) for one in event_ids]
    await deliveries.add(tx, made, ctx.clock.now())
    announce(ctx, tx, [endpoint.id])
    return [one.id for one in made]
