"""What becomes of deliveries: taken in order under a lease, sent by `webhooks/`, and written down here.

The lease makes one process at a time serve an endpoint. If that process dies, another one goes on when the lease has
run out; what had been sent but not written down is sent again, under the same `webhook-id` (at least once). One that
was only late finds that the lease is another's: it may still write what was delivered, and nothing else.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from onstage.actions.context import Context
from onstage.actions.emit import emit_for_project
from onstage.events import WebhookDisabled
from onstage.model.records import Attempt, DeliveryStatus, Endpoint, WebhookDelivery
from onstage.model.retries import Retries
from onstage.store import deliveries, webhooks
from onstage.store.database import Tx
from onstage.store.deliveries import Backlog, Due, Sendable

LEASED_FOR = timedelta(seconds=20)
"""Longer than an attempt takes; how long an endpoint waits when the process that served it has died."""
BATCH = 20
"""Deliveries taken at once: what a crash can repeat at most."""
ATTEMPTS_LOGGED = 20
KEPT_FOR = timedelta(days=30)
_random = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Turn:
    """An endpoint that we have leased, and its next deliveries, all due, in order."""

    endpoint: Endpoint
    batch: list[Sendable]


@dataclass(frozen=True, slots=True)
class Tried:
    """A delivery, and the attempt that was just made."""

    delivery: WebhookDelivery
    attempt: Attempt


async def take(ctx: Context, holder: str, endpoint_id: str) -> Turn | None:
    """The endpoint's turn, if something is due and nobody else serves it."""
    async with ctx.database.begin() as tx:
        return await _take(ctx, tx, holder, endpoint_id)


async def _take(ctx: Context, tx: Tx, holder: str, endpoint_id: str) -> Turn | None:
    now = ctx.clock.now()
    endpoint = await webhooks.lease(tx, endpoint_id, holder, now=now, until=now + LEASED_FOR)
    if endpoint is None:
        await webhooks.release(tx, endpoint_id, holder)  # it was disabled while we had it
        return None
    batch = await deliveries.oldest_pending(tx, endpoint_id, limit=BATCH)
    if batch and _is_due(batch[0], now):
        return Turn(endpoint, batch)
    await webhooks.release(tx, endpoint_id, holder)
    return None


def _is_due(one: Sendable, now: datetime) -> bool:
    return one.delivery.next_attempt_at is None or one.delivery.next_attempt_at <= now


async def record(
    ctx: Context, holder: str, endpoint_id: str, tried: list[Tried], *, retries: Retries, is_last: bool
) -> Turn | None:
    """Write what came of a batch, of which only the last attempt may have failed; and what is next.

    None: the lease is given back, because nothing is due, the endpoint is gone or disabled, or this was to be the last;
    or it ran out, and another process took it.
    """
    async with ctx.database.begin() as tx:
        found = await webhooks.lock(tx, endpoint_id)
        if found is None:
            return None
        endpoint, leased_to = found
        delivered = [one for one in tried if one.attempt.is_delivered]
        if leased_to != holder:
            await _record_late(ctx, tx, delivered)
            return None
        if delivered:
            await deliveries.save(tx, [_delivered(one, ctx.clock.now()) for one in delivered])
            endpoint = await _recovered(tx, endpoint)
        for one in tried[len(delivered) :]:
            await _failed(ctx, tx, endpoint, one, retries)
        if is_last or len(delivered) < len(tried):
            await webhooks.release(tx, endpoint_id, holder)
            return None
        return await _take(ctx, tx, holder, endpoint_id)


async def _record_late(ctx: Context, tx: Tx, delivered: list[Tried]) -> None:
    """Write deliveries into what the one who has the lease now made of them, so that they are not sent once more."""
    for one in delivered:
        current = await deliveries.get(tx, one.delivery.endpoint_id, one.delivery.id)
        if current is not None:
            done = _delivered(replace(one, delivery=current.delivery), ctx.clock.now())
            await deliveries.save(tx, [done])


def _tried(one: Tried) -> WebhookDelivery:
    log = (*one.delivery.log, one.attempt)[-ATTEMPTS_LOGGED:]
    return replace(one.delivery, attempts=one.delivery.attempts + 1, log=log)


def _delivered(one: Tried, now: datetime) -> WebhookDelivery:
    done = {"status": DeliveryStatus.DELIVERED, "finished_at": now, "next_attempt_at": None, "error": None}
    return replace(_tried(one), **done)  # type: ignore[arg-type]  # the fields are named above


async def _recovered(tx: Tx, endpoint: Endpoint) -> Endpoint:
    if endpoint.failing_since is None:
        return endpoint
    well = replace(endpoint, failing_since=None)
    await webhooks.save(tx, well)
    return well


async def _failed(ctx: Context, tx: Tx, endpoint: Endpoint, one: Tried, retries: Retries) -> None:
    """Let the delivery wait for its next attempt, or give it up; and the endpoint, if it is hopeless."""
    now = ctx.clock.now()
    failing = replace(endpoint, failing_since=endpoint.failing_since or one.attempt.at)
    since = failing.failing_since or now
    waiting = _tried(one)
    if one.attempt.is_gone:
        await deliveries.save(tx, [_given_up(waiting, now, "The receiver said that it is gone (410).")])
        await _disable(ctx, tx, failing, "The receiver said that it is gone (410).")
    elif endpoint.is_enabled and now - since >= retries.disable_after:
        await deliveries.save(tx, [replace(waiting, next_attempt_at=None)])
        await _disable(ctx, tx, failing, _nothing_since(since))
    elif now - max(since, waiting.created_at) >= retries.give_up_after:
        # The next one is due at once: it may be this event alone that the receiver can't stand.
        await deliveries.save(tx, [_given_up(waiting, now, _nothing_since(since))])
        await webhooks.save(tx, failing)
    else:
        pause = retries.pause(now - since, jitter=_random.uniform(-1, 1))
        await deliveries.save(tx, [replace(waiting, next_attempt_at=now + pause)])
        await webhooks.save(tx, failing)


def _nothing_since(time: datetime) -> str:
    return f"The receiver has taken nothing since {time:%Y-%m-%d %H:%M} UTC."


def _given_up(delivery: WebhookDelivery, now: datetime, error: str) -> WebhookDelivery:
    return replace(delivery, status=DeliveryStatus.FAILED, finished_at=now, next_attempt_at=None, error=error)


async def _disable(ctx: Context, tx: Tx, endpoint: Endpoint, reason: str) -> None:
    if not endpoint.is_enabled:  # by somebody else, while the attempt was on its way
        return await webhooks.save(tx, endpoint)
    off = replace(endpoint, is_enabled=False, disabled_reason=reason, updated_at=ctx.clock.now())
    await webhooks.save(tx, off)
    event = WebhookDisabled(endpoint_id=off.id, url=off.url, reason=reason)
    return await emit_for_project(ctx, tx, off.project_id, event)


async def when_due(ctx: Context, holder: str, endpoint_id: str) -> Due | None:
    """When `holder` should serve the endpoint next; None: there is nothing to do, or somebody else does it."""
    async with ctx.database.read() as tx:
        return await deliveries.next_due(tx, endpoint_id, holder, now=ctx.clock.now())


async def endpoints_with_work(ctx: Context, *, limit: int) -> list[str]:
    """Endpoints that have something due and are served by nobody."""
    async with ctx.database.read() as tx:
        return await webhooks.with_work(tx, now=ctx.clock.now(), limit=limit)


async def release_all(ctx: Context, holder: str) -> None:
    """Give back every lease of a process that stops."""
    async with ctx.database.begin() as tx:
        await webhooks.release_all(tx, holder)


async def read_backlog(ctx: Context) -> Backlog:
    """What is pending, of all projects."""
    async with ctx.database.read() as tx:
        return await deliveries.backlog(tx)


async def forget_old_deliveries(ctx: Context) -> None:
    """Delete deliveries that were finished 30 days ago."""
    async with ctx.database.begin() as tx:
        await deliveries.forget_before(tx, ctx.clock.now() - KEPT_FOR)
