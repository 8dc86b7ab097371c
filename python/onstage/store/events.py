"""Queries on the outbox: the events that have a row."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

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


async def add(tx: Tx, event: EventRow) -> None:
    """Insert an event in the transaction of its change."""
    await tx.connection.execute(
        insert(events).values(
            id=event.id,
            project_id=event.project_id,
            room_id=event.room_id,
            seq=event.seq,
            name=event.name,
            recipients=_recipients_data(event.recipients),
            at=event.at,
            data=event.data,
        )
    )


async def forget_message(tx: Tx, room_id: str, message_id: str, left: dict[str, Any], *, since: int) -> None:
    """Put what is `left` of a deleted message into the events that told it, from the `seq` that first did."""
    told = events.c.name.in_([MessageSent.NAME, MessagePinned.NAME, MessageUnpinned.NAME])
    is_of_it = events.c.data[("message", "id")].as_string() == message_id
    query = update(events).where(events.c.room_id == room_id, events.c.seq >= since, told, is_of_it)
    await tx.connection.execute(query.values(data={"message": left}))


async def after(tx: Tx, room_id: str, seq: int, *, limit: int) -> list[EventRow]:
    """The room's events behind `seq`, in order, at most `limit`."""
    query = select(events).where(events.c.room_id == room_id, events.c.seq > seq)
    rows = (await tx.connection.execute(query.order_by(events.c.seq).limit(limit))).mappings()
    return [_event(row) for row in rows]
