"""Queries on chat messages. A reader is a participant, or None: the app's server, which reads everything."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Text,
    and_,
    cast,
    func,
    insert,
    not_,
    or_,
    select,
    true,
    update,
)

from onstage.model.ids import MessageId, RoomId, SessionId
from onstage.model.records import Message, Participant
from onstage.store.database import Tx
from onstage.store.tables import messages

_roles = cast(messages.c.to_roles, Text)  # a JSON list of strings


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Which messages of a session, and on which side of `seq`. Without `seq`: from the end that `is_newer` leaves."""

    limit: int
    seq: int | None = None
    is_newer: bool = False
    type: str | None = None
    is_pinned: bool | None = None


def _message(row: RowMapping) -> Message:
    return Message(
        id=MessageId(row["id"]),
        room_id=RoomId(row["room_id"]),
        session_id=SessionId(row["session_id"]),
        sender_id=row["sender_id"],
        sender_name=row["sender_name"],
        text=row["text"],
        sent_at=row["sent_at"],
        type=row["type"],
        to_roles=tuple(row["to_roles"]),
        to_participant=row["to_participant"],
        metadata=row["metadata"],
        seq=row["seq"],
        pinned_at=row["pinned_at"],
        deleted_at=row["deleted_at"],
    )


def _lasting(reader: Participant) -> ColumnElement[bool]:
    """What everybody reads, or the reader sent or was sent: no change of role takes it from them."""
    is_to_everyone = and_(_roles == "[]", messages.c.to_participant.is_(None))
    return or_(is_to_everyone, _is(messages.c.sender_id, reader), _is(messages.c.to_participant, reader))


def _is(column: ColumnElement[str], reader: Participant) -> ColumnElement[bool]:
    return column.is_not_distinct_from(reader.id)  # never NULL, so that it can be negated


def _to_role(reader: Participant) -> ColumnElement[bool]:
    """What was said to the reader's role since they have it, and not by them."""
    # Not LIKE, which SQLite does without regard to case.
    names_role = func.replace(_roles, json.dumps(reader.role), "") != _roles
    return and_(names_role, messages.c.seq > reader.role_seq, not_(_lasting(reader)))


def _readable(reader: Participant | None) -> ColumnElement[bool]:
    return true() if reader is None else or_(_lasting(reader), _to_role(reader))


async def count_of(tx: Tx, session_id: str) -> int:
    """How many messages of the session there are, but for deleted ones."""
    query = select(func.count()).where(messages.c.session_id == session_id, messages.c.deleted_at.is_(None))
    return int((await tx.connection.execute(query)).scalar_one())


async def add(tx: Tx, message: Message) -> None:
    """Insert a message."""
    await tx.connection.execute(
        insert(messages).values(
            id=message.id,
            room_id=message.room_id,
            session_id=message.session_id,
            sender_id=message.sender_id,
            sender_name=message.sender_name,
            text=message.text,
            sent_at=message.sent_at,
            type=message.type,
            to_roles=list(message.to_roles),
            to_participant=message.to_participant,
            metadata=message.metadata,
            seq=message.seq,
        )
    )


async def save(tx: Tx, message: Message) -> None:
    """Write what of a message can change."""
    changed = {"text": message.text, "metadata": message.metadata}
    marks = {"pinned_at": message.pinned_at, "deleted_at": message.deleted_at}
    await tx.connection.execute(update(messages).where(messages.c.id == message.id).values(**changed, **marks))


async def find(tx: Tx, room_id: str, message_id: str, reader: Participant | None) -> Message | None:
    """The room's message of that id, if the reader may read it: one of an older session only for a server."""
    query = select(messages).where(messages.c.id == message_id, messages.c.room_id == room_id, _readable(reader))
    if reader is not None:
        query = query.where(messages.c.session_id == reader.session_id)
    row = (await tx.connection.execute(query)).mappings().first()
    return None if row is None else _message(row)


async def page(tx: Tx, session_id: str, reader: Participant | None, excerpt: Excerpt) -> list[Message]:
    """Some of what the reader may read, next to the excerpt's end, oldest first."""
    query = _of(session_id, _readable(reader))
    if excerpt.seq is not None:
        is_beyond = messages.c.seq > excerpt.seq if excerpt.is_newer else messages.c.seq < excerpt.seq
        query = query.where(is_beyond)
    if excerpt.type is not None:
        query = query.where(messages.c.type == excerpt.type)
    if excerpt.is_pinned is not None:
        query = query.where(messages.c.pinned_at.is_not(None) == excerpt.is_pinned)
    order = (messages.c.seq, messages.c.id) if excerpt.is_newer else (messages.c.seq.desc(), messages.c.id.desc())
    rows = (await tx.connection.execute(query.order_by(*order).limit(excerpt.limit))).mappings().all()
    return [_message(row) for row in (rows if excerpt.is_newer else reversed(rows))]


async def newest(tx: Tx, reader: Participant, limit: int) -> list[Message]:
    """The newest lasting messages and the newest to the reader's role, so many of each, in order.

    Two windows: when a role goes and its messages with it, no older message moves up into the other.
    """
    kept = [*await _last(tx, reader, _lasting(reader), limit), *await _last(tx, reader, _to_role(reader), limit)]
    return sorted(kept, key=lambda one: one.seq)


async def _last(tx: Tx, reader: Participant, which: ColumnElement[bool], limit: int) -> Sequence[Message]:
    query = _of(reader.session_id, which).order_by(messages.c.seq.desc(), messages.c.id.desc()).limit(limit)
    return [_message(row) for row in (await tx.connection.execute(query)).mappings()]


def _of(session_id: str, which: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    return select(messages).where(messages.c.session_id == session_id, which)


async def pinned(tx: Tx, session_id: str) -> list[Message]:
    """The session's pinned messages, in the order they were sent."""
    query = _of(session_id, messages.c.pinned_at.is_not(None)).order_by(messages.c.seq)
    return [_message(row) for row in (await tx.connection.execute(query)).mappings()]


async def last_sent_at(tx: Tx, sender_id: str) -> datetime | None:
    """When the participant last said something."""
    query = select(messages.c.sent_at).where(messages.c.sender_id == sender_id)
    row = (await tx.connection.execute(query.order_by(messages.c.sent_at.desc()).limit(1))).first()
    return None if row is None else row.sent_at
