"""Queries on the outbox: the events that have a row."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, RowMapping, bindparam, func, insert, select, tuple_, update

from onstage.events import EVERYONE, MessagePinned, MessageSent, MessageUnpinned, Recipients
from onstage.store.database import Tx
from onstage.store.tables import events


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event of a room as kept, its data already in JSON form."""

    id: str
    project_id: str
    room_id: str
    seq: int
    name: str
    recipients: Recipients
    at: datetime
    data: dict[str, Any]


def _event(row: RowMapping) -> EventRow:
    return EventRow(
        id=row["id"],
        project_id=row["project_id"],
        room_id=row["room_id"],
        seq=row["seq"],
        name=row["name"],
        recipients=_recipients(row["recipients"]),
        at=row["at"],
        data=row["data"],
    )


def _recipients(data: dict[str, list[str]] | None) -> Recipients:
    if data is None:
        return EVERYONE
    return Recipients(participant_ids=frozenset(data["participants"]), roles=frozenset(data["roles"]))


def _recipients_data(recipients: Recipients) -> dict[str, list[str]] | None:
    if recipients.everyone:
        return None
    return {"participants": sorted(recipients.participant_ids), "roles": sorted(recipients.roles)}


_ADD = insert(events)


async def add(tx: Tx, event: EventRow) -> None:
    """Insert an event in the transaction of its change."""
    row = {
        "id": event.id,
        "project_id": event.project_id,
        "room_id": event.room_id,
        "seq": event.seq,
        "name": event.name,
        "recipients": _recipients_data(event.recipients),
        "at": event.at,
        "data": event.data,
    }
    await tx.connection.execute(_ADD, row)


@dataclass(frozen=True, slots=True)
class ProjectEvent:
    """One event of a project and of no room: it has no `seq`, and no gateway hears of it."""

    id: str
    project_id: str
    name: str
    at: datetime
    data: dict[str, Any]


async def add_of_project(tx: Tx, event: ProjectEvent) -> None:
    """Insert an event that belongs to no room."""
    await tx.connection.execute(_ADD, asdict(event))


@dataclass(frozen=True, slots=True)
class Span:
    """Which of a project's events: of a room or (None) of all, of these names, from `since` until before `until`."""

    project_id: str
    room_id: str | None
    names: Collection[str]
    since: datetime
    until: datetime


async def ids_within(tx: Tx, span: Span, *, after: str | None, limit: int) -> tuple[list[str], str | None]:
    """The ids of those events, oldest first, at most `limit`, from behind `after`; and what the next page is behind.

    The clocks of several servers may differ: what one room has in another order by time takes that room's places on
    the page by `seq`. Pages are cut by time, before that: the last that is sent need not be what the next is behind.
    """
    place = (events.c.at, func.coalesce(events.c.room_id, ""), func.coalesce(events.c.seq, 0), events.c.id)
    query = select(events.c.id, events.c.room_id, events.c.seq).where(
        events.c.project_id == span.project_id,
        events.c.at >= span.since,
        events.c.at < span.until,
        events.c.name.in_(span.names),
    )
    if span.room_id is not None:
        query = query.where(events.c.room_id == span.room_id)
    if after is not None:
        last = select(*place).where(events.c.id == after, events.c.project_id == span.project_id)
        query = query.where(tuple_(*place) > last.scalar_subquery())
    found = (await tx.connection.execute(query.order_by(*place).limit(limit + 1))).all()
    rows = found[:limit]
    by_seq = {room: iter(sorted(own, key=_seq)) for room, own in _by_room(rows).items()}
    return [next(by_seq[row.room_id]).id for row in rows], rows[-1].id if len(found) > limit else None


def _by_room(rows: Iterable[Any]) -> dict[str | None, list[Any]]:
    found: dict[str | None, list[Any]] = {}
    for row in rows:
        found.setdefault(row.room_id, []).append(row)
    return found


def _seq(row: Any) -> int:
    return row.seq or 0


async def forget_message(tx: Tx, room_id: str, message_id: str, left: dict[str, Any], *, since: int) -> None:
    """Put what is `left` of a deleted message into the events that told it, from the `seq` that first did."""
    told = events.c.name.in_([MessageSent.NAME, MessagePinned.NAME, MessageUnpinned.NAME])
    is_of_it = events.c.data[("message", "id")].as_string() == message_id
    query = update(events).where(events.c.room_id == room_id, events.c.seq >= since, told, is_of_it)
    await tx.connection.execute(query.values(data={"message": left}))


_AFTER = (
    select(events)
    .where(events.c.room_id == bindparam("room_id"), events.c.seq > bindparam("seq"))
    .order_by(events.c.seq)
    .limit(bindparam("limit", type_=Integer))
)


async def after(tx: Tx, room_id: str, seq: int, *, limit: int) -> list[EventRow]:
    """The room's events behind `seq`, in order, at most `limit`."""
    rows = (await tx.connection.execute(_AFTER, {"room_id": room_id, "seq": seq, "limit": limit})).mappings()
    return [_event(row) for row in rows]
