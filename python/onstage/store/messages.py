"""Queries on chat messages. A reader is a participant, or None: the app's server, which reads everything."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    RowMapping,
    Select,
    Text,
    and_,
    bindparam,
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


# What everybody reads, or the reader sent or was sent: no change of role takes it from them. Never NULL, so that it can
# be negated.
_IS_LASTING = or_(
    and_(_roles == "[]", messages.c.to_participant.is_(None)),
    messages.c.sender_id.is_not_distinct_from(bindparam("reader_id")),
    messages.c.to_participant.is_not_distinct_from(bindparam("reader_id")),
)
# What was said to the reader's role since they have it, and not by them. Not LIKE: SQLite's has no regard to case.
_IS_TO_ROLE = and_(
    func.replace(_roles, bindparam("role_as_json", type_=Text), "") != _roles,
    messages.c.seq > bindparam("role_seq"),
    not_(_IS_LASTING),
)


def _by(reader: Participant) -> dict[str, Any]:
    """The parameters that say who reads."""
    return {"reader_id": reader.id, "role_as_json": json.dumps(reader.role), "role_seq": reader.role_seq}


def _readable(reader: Participant | None) -> tuple[ColumnElement[bool], dict[str, Any]]:
    """What the reader may read, with its parameters."""
    return (true(), {}) if reader is None else (or_(_IS_LASTING, _IS_TO_ROLE), _by(reader))


async def count_of(tx: Tx, session_id: str) -> int:
    """How many messages of the session there are, but for deleted ones."""
    query = select(func.count()).where(messages.c.session_id == session_id, messages.c.deleted_at.is_(None))
    return int((await tx.connection.execute(query)).scalar_one())


_ADD = insert(messages)


async def add(tx: Tx, message: Message) -> None:
    """Insert a message."""
    row = {
        "id": message.id,
        "room_id": message.room_id,
        "session_id": message.session_id,
        "sender_id": message.sender_id,
        "sender_name": message.sender_name,
        "text": message.text,
        "sent_at": message.sent_at,
        "type": message.type,
        "to_roles": list(message.to_roles),
        "to_participant": message.to_participant,
        "metadata": message.metadata,
        "seq": message.seq,
    }
    await tx.connection.execute(_ADD, row)


async def save(tx: Tx, message: Message) -> None:
    """Write what of a message can change."""
    changed = {"text": message.text, "metadata": message.metadata}
    marks = {"pinned_at": message.pinned_at, "deleted_at": message.deleted_at}
    await tx.connection.execute(update(messages).where(messages.c.id == message.id).values(**changed, **marks))


async def find(tx: Tx, room_id: str, message_id: str, reader: Participant | None) -> Message | None:
    """The room's message of that id, if the reader may read it: one of an older session only for a server."""
    is_readable, parameters = _readable(reader)
    query = select(messages).where(messages.c.id == message_id, messages.c.room_id == room_id, is_readable)
    if reader is not None:
        query = query.where(messages.c.session_id == reader.session_id)
    row = (await tx.connection.execute(query, parameters)).mappings().first()
    return None if row is None else _message(row)


_OF_SESSION = select(messages).where(messages.c.session_id == bindparam("session_id"))


async def page(tx: Tx, session_id: str, reader: Participant | None, excerpt: Excerpt) -> list[Message]:
    """Some of what the reader may read, next to the excerpt's end, oldest first."""
    is_readable, parameters = _readable(reader)
    query = _OF_SESSION.where(is_readable)
    if excerpt.seq is not None:
        is_beyond = messages.c.seq > excerpt.seq if excerpt.is_newer else messages.c.seq < excerpt.seq
        query = query.where(is_beyond)
    if excerpt.type is not None:
        query = query.where(messages.c.type == excerpt.type)
    if excerpt.is_pinned is not None:
        query = query.where(messages.c.pinned_at.is_not(None) == excerpt.is_pinned)
    order = (messages.c.seq, messages.c.id) if excerpt.is_newer else (messages.c.seq.desc(), messages.c.id.desc())
    ordered = query.order_by(*order).limit(excerpt.limit)
    rows = (await tx.connection.execute(ordered, {"session_id": session_id, **parameters})).mappings().all()
    return [_message(row) for row in (rows if excerpt.is_newer else reversed(rows))]


_BACKWARDS = _OF_SESSION.order_by(messages.c.seq.desc(), messages.c.id.desc()).limit(bindparam("limit", type_=Integer))
_NEWEST_LASTING = _BACKWARDS.where(_IS_LASTING)
_NEWEST_TO_ROLE = _BACKWARDS.where(_IS_TO_ROLE)


async def newest(tx: Tx, reader: Participant, limit: int) -> list[Message]:
    """The newest lasting messages and the newest to the reader's role, so many of each, in order.

    Two windows: when a role goes and its messages with it, no older message moves up into the other.
    """
    which = {"session_id": reader.session_id, "limit": limit, **_by(reader)}
    kept = [*await _all(tx, _NEWEST_LASTING, **which), *await _all(tx, _NEWEST_TO_ROLE, **which)]
    return sorted(kept, key=lambda one: one.seq)


async def _all(tx: Tx, query: Select[tuple[object, ...]], **which: object) -> list[Message]:
    return [_message(row) for row in (await tx.connection.execute(query, which)).mappings()]


_PINNED = _OF_SESSION.where(messages.c.pinned_at.is_not(None)).order_by(messages.c.seq)


async def pinned(tx: Tx, session_id: str) -> list[Message]:
    """The session's pinned messages, in the order they were sent."""
    return await _all(tx, _PINNED, session_id=session_id)


async def to_everyone(
    tx: Tx, session_id: str, *, since: datetime, until: datetime | None, seq: int, limit: int
) -> list[Message]:
    """What was said to the whole room from then until then, behind `seq`, and not taken back, in order."""
    query = _OF_SESSION.where(
        messages.c.seq > seq,
        messages.c.sent_at >= since,
        messages.c.deleted_at.is_(None),
        _roles == "[]",
        messages.c.to_participant.is_(None),
    )
    if until is not None:
        query = query.where(messages.c.sent_at <= until)
    return await _all(tx, query.order_by(messages.c.seq).limit(limit), session_id=session_id)


_LAST_SENT_AT = (
    select(messages.c.sent_at)
    .where(messages.c.sender_id == bindparam("sender_id"))
    .order_by(messages.c.sent_at.desc())
    .limit(1)
)


async def last_sent_at(tx: Tx, sender_id: str) -> datetime | None:
    """When the participant last said something."""
    row = (await tx.connection.execute(_LAST_SENT_AT, {"sender_id": sender_id})).first()
    return None if row is None else row.sent_at
