"""Queries on chat messages."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, insert, select

from onstage.model.ids import MessageId, RoomId, SessionId
from onstage.model.records import Message
from onstage.store.database import Tx
from onstage.store.tables import messages


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


async def newest(tx: Tx, session_id: str, limit: int) -> Sequence[Message]:
    """The session's newest messages, oldest of them first."""
    query = select(messages).where(messages.c.session_id == session_id)
    ordered = query.order_by(messages.c.sent_at.desc(), messages.c.id.desc()).limit(limit)
    rows = (await tx.connection.execute(ordered)).mappings().all()
    return [_message(row) for row in reversed(rows)]
