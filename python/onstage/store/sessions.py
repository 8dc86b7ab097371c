"""Queries on sessions."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, Select, bindparam, insert, or_, select, update

from onstage.model.filters import SessionFilter
from onstage.model.ids import ProjectId, RoomId, SessionId
from onstage.model.records import Counts, Session
from onstage.store.database import Tx
from onstage.store.newest_first import newest_first
from onstage.store.tables import rooms, sessions


def _session(row: RowMapping) -> Session:
    return Session(
        id=SessionId(row["id"]),
        project_id=ProjectId(row["project_id"]),
        room_id=RoomId(row["room_id"]),
        room_name=row["room_name"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        end_reason=row["end_reason"],
        ends_at=row["ends_at"],
        idle_ends_at=row["idle_ends_at"],
        peaks=Counts(**row["peaks"]),
        peak_total=row["peak_total"],
    )


_ADD = insert(sessions)


async def add(tx: Tx, session: Session) -> None:
    """Insert an open session; the schema allows one a room."""
    fixed = {
        "id": session.id,
        "project_id": session.project_id,
        "room_id": session.room_id,
        "room_name": session.room_name,
        "started_at": session.started_at,
    }
    await tx.connection.execute(_ADD, {**fixed, **_values(session)})


_SAVE = update(sessions).where(sessions.c.id == bindparam("session_id"))


async def save(tx: Tx, session: Session) -> None:
    """Write what of a session can change."""
    await tx.connection.execute(_SAVE, {"session_id": session.id, **_values(session)})


def _values(session: Session) -> dict[str, Any]:
    return {
        "ended_at": session.ended_at,
        "end_reason": session.end_reason,
        "ends_at": session.ends_at,
        "idle_ends_at": session.idle_ends_at,
        "peaks": asdict(session.peaks),
        "peak_total": session.peak_total,
    }


_BY_ID = select(sessions).where(sessions.c.id == bindparam("session_id"))


async def get(tx: Tx, session_id: str) -> Session | None:
    """The session of that id."""
    row = (await tx.connection.execute(_BY_ID, {"session_id": session_id})).mappings().first()
    return None if row is None else _session(row)


_OPEN = select(sessions).where(sessions.c.ended_at.is_(None))
_OPEN_OF = _OPEN.where(sessions.c.room_id == bindparam("room_id"))


async def open_of(tx: Tx, room_id: str) -> Session | None:
    """The room's open session."""
    row = (await tx.connection.execute(_OPEN_OF, {"room_id": room_id})).mappings().first()
    return None if row is None else _session(row)


async def ids_within(tx: Tx, room_id: str, since: datetime, until: datetime | None) -> list[str]:
    """The room's sessions of which something was between then and then, in order."""
    query = select(sessions.c.id).where(
        sessions.c.room_id == room_id, or_(sessions.c.ended_at.is_(None), sessions.c.ended_at >= since)
    )
    if until is not None:
        query = query.where(sessions.c.started_at <= until)
    return list((await tx.connection.execute(query.order_by(sessions.c.started_at, sessions.c.id))).scalars())


async def all_open(tx: Tx) -> list[Session]:
    """Every open session, of all rooms."""
    return [_session(row) for row in (await tx.connection.execute(_OPEN)).mappings()]


_DUE = _OPEN.where(or_(sessions.c.ends_at <= bindparam("now"), sessions.c.idle_ends_at <= bindparam("now")))


async def due(tx: Tx, now: datetime) -> list[Session]:
    """The open sessions whose time is over."""
    return [_session(row) for row in (await tx.connection.execute(_DUE, {"now": now})).mappings()]


async def page(tx: Tx, project_id: str, which: SessionFilter, *, after: str | None, limit: int) -> list[Session]:
    """The project's sessions, newest first, at most `limit`, from behind the id `after`."""
    query = _narrowed(select(sessions).where(sessions.c.project_id == project_id), project_id, which)
    ordered = newest_first(query, sessions.c.started_at, sessions.c.id, after=after, limit=limit)
    return [_session(row) for row in (await tx.connection.execute(ordered)).mappings()]


def _narrowed(query: Select[tuple[object, ...]], project_id: str, which: SessionFilter) -> Select[tuple[object, ...]]:
    if which.room is not None:
        named = select(rooms.c.id).where(rooms.c.project_id == project_id, rooms.c.name == which.room)
        query = query.where(
            or_(sessions.c.room_id == which.room, sessions.c.room_name == which.room, sessions.c.room_id.in_(named))
        )
    if which.is_open is not None:
        query = query.where(sessions.c.ended_at.is_(None) if which.is_open else sessions.c.ended_at.is_not(None))
    if which.started_after is not None:
        query = query.where(sessions.c.started_at >= which.started_after)
    if which.started_before is not None:
        query = query.where(sessions.c.started_at < which.started_before)
    return query
