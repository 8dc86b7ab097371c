"""Queries on sessions."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from onstage.model.ids import RoomId, SessionId
from onstage.model.records import Counts, Session
from onstage.store.database import Tx
from onstage.store.tables import sessions


def _session(row: RowMapping) -> Session:
    return Session(
        id=SessionId(row["id"]),
        room_id=RoomId(row["room_id"]),
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        end_reason=row["end_reason"],
        ends_at=row["ends_at"],
        idle_ends_at=row["idle_ends_at"],
        peaks=Counts(**row["peaks"]),
        peak_total=row["peak_total"],
    )


async def add(tx: Tx, session: Session) -> None:
    """Insert an open session; the schema allows one a room."""
    fixed = {"id": session.id, "room_id": session.room_id, "started_at": session.started_at}
    await tx.connection.execute(insert(sessions).values(**fixed, **_values(session)))


async def save(tx: Tx, session: Session) -> None:
    """Write what of a session can change."""
    await tx.connection.execute(update(sessions).where(sessions.c.id == session.id).values(**_values(session)))


def _values(session: Session) -> dict[str, Any]:
    return {
        "ended_at": session.ended_at,
        "end_reason": session.end_reason,
        "ends_at": session.ends_at,
        "idle_ends_at": session.idle_ends_at,
        "peaks": asdict(session.peaks),
        "peak_total": session.peak_total,
    }


async def get(tx: Tx, session_id: str) -> Session | None:
    """The session of that id."""
    row = (await tx.connection.execute(select(sessions).where(sessions.c.id == session_id))).mappings().first()
    return None if row is None else _session(row)


async def open_of(tx: Tx, room_id: str) -> Session | None:
    """The room's open session."""
    query = select(sessions).where(sessions.c.room_id == room_id, sessions.c.ended_at.is_(None))
    row = (await tx.connection.execute(query)).mappings().first()
    return None if row is None else _session(row)


async def all_open(tx: Tx) -> list[Session]:
    """Every open session, of all rooms."""
    rows = (await tx.connection.execute(select(sessions).where(sessions.c.ended_at.is_(None)))).mappings()
    return [_session(row) for row in rows]
