"""Queries on webhook endpoints."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
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

from onstage.model.ids import EndpointId, ProjectId, RoomId
from onstage.model.records import Endpoint
from onstage.store.database import Tx
from onstage.store.newest_first import newest_first
from onstage.store.tables import webhook_deliveries as deliveries
from onstage.store.tables import webhook_endpoints as endpoints


def endpoint_of(row: RowMapping) -> Endpoint:
    """The endpoint of a row that has its columns."""
    return Endpoint(
        id=EndpointId(row["id"]),
        project_id=ProjectId(row["project_id"]),
        room_id=None if row["room_id"] is None else RoomId(row["room_id"]),
        url=row["url"],
        events=None if row["events"] is None else tuple(row["events"]),
        description=row["description"],
        sealed_secret=row["sealed_secret"],
        is_enabled=row["is_enabled"],
        disabled_reason=row["disabled_reason"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
        failing_since=row["failing_since"],
        sealed_old_secret=row["sealed_old_secret"],
        old_secret_until=row["old_secret_until"],
    )


def _values(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "url": endpoint.url,
        "events": None if endpoint.events is None else list(endpoint.events),
        "description": endpoint.description,
        "sealed_secret": endpoint.sealed_secret,
        "sealed_old_secret": endpoint.sealed_old_secret,
        "old_secret_until": endpoint.old_secret_until,
        "is_enabled": endpoint.is_enabled,
        "disabled_reason": endpoint.disabled_reason,
        "failing_since": endpoint.failing_since,
        "created_at": endpoint.created_at,
        "updated_at": endpoint.updated_at,
    }


async def add(tx: Tx, endpoint: Endpoint) -> None:
    """Insert an endpoint."""
    named = {"id": endpoint.id, "project_id": endpoint.project_id, "room_id": endpoint.room_id}
    await tx.connection.execute(insert(endpoints).values(**named, **_values(endpoint)))


async def save(tx: Tx, endpoint: Endpoint) -> None:
    """Write what of an endpoint can change; it is held since it was read."""
    await tx.connection.execute(update(endpoints).where(endpoints.c.id == endpoint.id).values(**_values(endpoint)))


async def seal_anew(tx: Tx, was: Endpoint, *, secret: str, old_secret: str | None) -> None:
    """Write the endpoint's secrets as they are sealed now, unless they are others than they were."""
    query = update(endpoints).where(endpoints.c.id == was.id, endpoints.c.sealed_secret == was.sealed_secret)
    await tx.connection.execute(query.values(sealed_secret=secret, sealed_old_secret=old_secret))


async def every(tx: Tx) -> list[Endpoint]:
    """Every endpoint, of any project."""
    return [endpoint_of(row) for row in (await tx.connection.execute(select(endpoints))).mappings()]


async def remove(tx: Tx, endpoint_id: str) -> None:
    """Delete an endpoint, and with it its deliveries."""
    await tx.connection.execute(delete(endpoints).where(endpoints.c.id == endpoint_id))


async def find(tx: Tx, project_id: str, endpoint_id: str) -> Endpoint | None:
    """The project's endpoint of that id; held, unless for reading, so that its changes come one after the other."""
    query = select(endpoints).where(endpoints.c.id == endpoint_id, endpoints.c.project_id == project_id)
    return await _first(tx, query if tx.is_read_only else query.with_for_update(key_share=True))


async def lock(tx: Tx, endpoint_id: str) -> tuple[Endpoint, str | None] | None:
    """The endpoint, held, and who leased it last; its deliveries may still be added meanwhile."""
    query = select(endpoints).where(endpoints.c.id == endpoint_id).with_for_update(key_share=True)
    row = (await tx.connection.execute(query)).mappings().first()
    return None if row is None else (endpoint_of(row), row["lease_holder"])


async def _first(tx: Tx, query: Select[Any]) -> Endpoint | None:
    row = (await tx.connection.execute(query)).mappings().first()
    return None if row is None else endpoint_of(row)


async def page(tx: Tx, project_id: str, *, room_id: str | None, after: str | None, limit: int) -> Sequence[Endpoint]:
    """The project's endpoints, newest first, or only a room's; at most `limit`, from behind the id `after`."""
    query = select(endpoints).where(endpoints.c.project_id == project_id)
    if room_id is not None:
        query = query.where(endpoints.c.room_id == room_id)
    ordered = newest_first(query, endpoints.c.created_at, endpoints.c.id, after=after, limit=limit)
    return [endpoint_of(row) for row in (await tx.connection.execute(ordered)).mappings()]


async def count(tx: Tx, project_id: str, room_id: str | None) -> int:
    """How many endpoints the room has; without a room, how many the project has beside those of rooms."""
    query = select(func.count()).select_from(endpoints).where(endpoints.c.project_id == project_id)
    return int((await tx.connection.execute(query.where(_is_of_room(room_id)))).scalar_one())


def _is_of_room(room_id: str | None) -> ColumnElement[bool]:
    return endpoints.c.room_id.is_(None) if room_id is None else endpoints.c.room_id == room_id


_OF_PROJECT = and_(endpoints.c.project_id == bindparam("project_id"), endpoints.c.room_id.is_(None))
_LISTENING = (
    select(endpoints.c.id, endpoints.c.events)
    .where(or_(_OF_PROJECT, endpoints.c.room_id == bindparam("room_id")), endpoints.c.is_enabled)
    .with_for_update(read=True, key_share=True)
)


async def listening(tx: Tx, project_id: str, room_id: str | None) -> list[tuple[str, tuple[str, ...] | None]]:
    """The enabled endpoints that events of the room, or of the project alone, go to: id and filter.

    They can't be deleted until the transaction ends; everything else of them may change.
    """
    rows = await tx.connection.execute(_LISTENING, {"project_id": project_id, "room_id": room_id})
    return [(row.id, None if row.events is None else tuple(row.events)) for row in rows]


async def lease(tx: Tx, endpoint_id: str, holder: str, *, now: datetime, until: datetime) -> Endpoint | None:
    """The enabled endpoint, leased to `holder`; None while another one has it.

    One statement that decides and writes, so that of two processes one gets it, on SQLite as on PostgreSQL.
    """
    is_free = or_(
        endpoints.c.leased_until.is_(None), endpoints.c.leased_until <= now, endpoints.c.lease_holder == holder
    )
    query = update(endpoints).where(endpoints.c.id == endpoint_id, endpoints.c.is_enabled, is_free)
    changed = query.values(lease_holder=holder, leased_until=until).returning(endpoints)
    row = (await tx.connection.execute(changed)).mappings().first()
    return None if row is None else endpoint_of(row)


async def release(tx: Tx, endpoint_id: str, holder: str) -> None:
    """Give the lease back, if it is still the holder's."""
    query = update(endpoints).where(endpoints.c.id == endpoint_id, endpoints.c.lease_holder == holder)
    await tx.connection.execute(query.values(lease_holder=None, leased_until=None))


async def release_all(tx: Tx, holder: str) -> None:
    """Give back every lease of the holder."""
    query = update(endpoints).where(endpoints.c.lease_holder == holder)
    await tx.connection.execute(query.values(lease_holder=None, leased_until=None))


_PENDING = deliveries.alias()
_OLDEST = (
    select(func.min(_PENDING.c.position))
    .where(_PENDING.c.endpoint_id == endpoints.c.id, _PENDING.c.status == literal_column("'pending'"))
    .correlate(endpoints)
    .scalar_subquery()
)
_WITH_WORK = (
    select(endpoints.c.id)
    .select_from(endpoints)
    .join(deliveries, deliveries.c.position == _OLDEST)
    .where(
        endpoints.c.is_enabled,
        or_(endpoints.c.leased_until.is_(None), endpoints.c.leased_until <= bindparam("now")),
        or_(deliveries.c.next_attempt_at.is_(None), deliveries.c.next_attempt_at <= bindparam("now")),
    )
    .order_by(deliveries.c.position)
    .limit(bindparam("limit", type_=Integer))
)


async def with_work(tx: Tx, *, now: datetime, limit: int) -> list[str]:
    """Endpoints that nobody has leased and whose oldest pending delivery is due, who waits longest first."""
    return list((await tx.connection.execute(_WITH_WORK, {"now": now, "limit": limit})).scalars())
