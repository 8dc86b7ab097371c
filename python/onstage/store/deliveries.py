"""Queries on webhook deliveries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Integer,
    RowMapping,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from onstage.model.ids import DeliveryId, EndpointId
from onstage.model.records import Attempt, DeliveryStatus, WebhookDelivery, WebhookEvent
from onstage.store.database import Tx
from onstage.store.tables import events, webhook_endpoints
from onstage.store.tables import webhook_deliveries as deliveries

IS_PENDING = deliveries.c.status == literal_column("'pending'")  # as text: the index of what is pending needs it
_EVENT = [column.label(f"event_{column.name}") for column in events.c if column.name not in ("id", "recipients")]


@dataclass(frozen=True, slots=True)
class Sendable:
    """A delivery and the event it delivers."""

    delivery: WebhookDelivery
    event: WebhookEvent


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery to be."""

    id: str
    endpoint_id: str
    event_id: str
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """When an endpoint's next delivery is due, and whose endpoint it is."""

    at: datetime
    project_id: str


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many deliveries to enabled endpoints are pending, and since when the oldest is."""

    pending: int
    oldest_at: datetime | None


_ADD = insert(deliveries)


async def add(tx: Tx, made: Collection[NewDelivery], now: datetime) -> None:
    """Insert pending deliveries, in this order."""
    rows = [
        {
            "id": one.id,
            "endpoint_id": one.endpoint_id,
            "event_id": one.event_id,
            "status": DeliveryStatus.PENDING,
            "attempts": 0,
            "created_at": now,
            "is_replay": one.is_replay,
            "log": [],
        }
        for one in made
    ]
    await tx.connection.execute(_ADD, rows)


def _attempt(data: dict[str, Any]) -> Attempt:
    return Attempt(**data | {"at": datetime.fromisoformat(data["at"])})


def _attempt_data(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": attempt.at.isoformat(),
        "duration_ms": attempt.duration_ms,
        "status": attempt.status,
        "error": attempt.error,
        "excerpt": attempt.excerpt,
    }


def _sendable(row: RowMapping) -> Sendable:
    delivery = WebhookDelivery(
        id=DeliveryId(row["id"]),
        endpoint_id=EndpointId(row["endpoint_id"]),
        event_id=row["event_id"],
        position=row["position"],
        status=DeliveryStatus(row["status"]),
        attempts=row["attempts"],
        next_attempt_at=row["next_attempt_at"],
        created_at=row["created_at"],
        is_replay=row["is_replay"],
        log=tuple(_attempt(one) for one in row["log"]),
        finished_at=row["finished_at"],
        error=row["error"],
    )
    event = WebhookEvent(
        id=row["event_id"],
        project_id=row["event_project_id"],
        room_id=row["event_room_id"],
        seq=row["event_seq"],
        name=row["event_name"],
        at=row["event_at"],
        data=row["event_data"],
    )
    return Sendable(delivery, event)


_OF_ENDPOINT: Select[Any] = (
    select(deliveries, *_EVENT)
    .join(events, events.c.id == deliveries.c.event_id)
    .where(deliveries.c.endpoint_id == bindparam("endpoint_id"))
)
_OLDEST_PENDING = (
    _OF_ENDPOINT.where(IS_PENDING).order_by(deliveries.c.position).limit(bindparam("limit", type_=Integer))
)


async def oldest_pending(tx: Tx, endpoint_id: str, *, limit: int) -> list[Sendable]:
    """The endpoint's next deliveries, in order."""
    rows = await tx.connection.execute(_OLDEST_PENDING, {"endpoint_id": endpoint_id, "limit": limit})
    return [_sendable(row) for row in rows.mappings()]


_IS_OURS = or_(
    webhook_endpoints.c.leased_until.is_(None),
    webhook_endpoints.c.leased_until <= bindparam("now"),
    webhook_endpoints.c.lease_holder == bindparam("holder"),
)
_NEXT_DUE = (
    select(deliveries.c.next_attempt_at, webhook_endpoints.c.project_id)
    .join(webhook_endpoints, webhook_endpoints.c.id == deliveries.c.endpoint_id)
    .where(deliveries.c.endpoint_id == bindparam("endpoint_id"), IS_PENDING)
    .where(webhook_endpoints.c.is_enabled, _IS_OURS)
    .order_by(deliveries.c.position)
    .limit(1)
)


async def next_due(tx: Tx, endpoint_id: str, holder: str, *, now: datetime) -> Due | None:
    """When the enabled endpoint's next delivery is due; None: there is none, or another holder has the lease."""
    which = {"endpoint_id": endpoint_id, "holder": holder, "now": now}
    row = (await tx.connection.execute(_NEXT_DUE, which)).first()
    return None if row is None else Due(row.next_attempt_at or now, row.project_id)


async def get(tx: Tx, endpoint_id: str, delivery_id: str) -> Sendable | None:
    """The endpoint's delivery of that id."""
    query = _OF_ENDPOINT.where(deliveries.c.id == delivery_id)
    row = (await tx.connection.execute(query, {"endpoint_id": endpoint_id})).mappings().first()
    return None if row is None else _sendable(row)


async def page(
    tx: Tx, endpoint_id: str, *, status: DeliveryStatus | None, event: str | None, after: str | None, limit: int
) -> Sequence[Sendable]:
    """The endpoint's deliveries, newest first; at most `limit`, from behind `after`."""
    query = _OF_ENDPOINT.order_by(deliveries.c.position.desc()).limit(limit)
    if status is not None:
        query = query.where(deliveries.c.status == status)
    if event is not None:
        query = query.where(events.c.name == event)
    if after is not None:
        place = select(deliveries.c.position).where(deliveries.c.id == after).scalar_subquery()
        query = query.where(deliveries.c.position < place)
    return [_sendable(row) for row in (await tx.connection.execute(query, {"endpoint_id": endpoint_id})).mappings()]


_SAVE = update(deliveries).where(deliveries.c.position == bindparam("at_position"), IS_PENDING)


async def save(tx: Tx, changed: Collection[WebhookDelivery]) -> None:
    """Write what became of pending deliveries; one that was decided meanwhile stays as it is."""
    rows = [
        {
            "at_position": one.position,
            "status": one.status,
            "attempts": one.attempts,
            "next_attempt_at": one.next_attempt_at,
            "finished_at": one.finished_at,
            "error": one.error,
            "log": [_attempt_data(attempt) for attempt in one.log],
        }
        for one in changed
    ]
    await tx.connection.execute(_SAVE, rows)


async def try_now(tx: Tx, endpoint_id: str) -> None:
    """Let the endpoint's pending deliveries wait no longer."""
    query = update(deliveries).where(
        deliveries.c.endpoint_id == endpoint_id,
        IS_PENDING,
        deliveries.c.next_attempt_at.is_not(None),
    )
    await tx.connection.execute(query.values(next_attempt_at=None))


async def forget_before(tx: Tx, moment: datetime) -> None:
    """Delete what was finished before, and what waits since before for an endpoint that is disabled."""
    disabled = select(webhook_endpoints.c.id).where(webhook_endpoints.c.is_enabled.is_(False))
    abandoned = and_(
        deliveries.c.endpoint_id.in_(disabled),
        IS_PENDING,
        deliveries.c.created_at < moment,
    )
    await tx.connection.execute(delete(deliveries).where(deliveries.c.finished_at < moment))
    await tx.connection.execute(delete(deliveries).where(abandoned))


_BACKLOG = (
    select(func.count(), func.min(deliveries.c.created_at))
    .select_from(webhook_endpoints)
    .join(deliveries, deliveries.c.endpoint_id == webhook_endpoints.c.id)
    .where(webhook_endpoints.c.is_enabled, IS_PENDING)
)


async def backlog(tx: Tx) -> Backlog:
    """What is pending."""
    pending, oldest_at = (await tx.connection.execute(_BACKLOG)).one()
    return Backlog(pending, oldest_at)
