"""Queries on stretches: who was at which level from when to when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Select, bindparam, func, insert, or_, select, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from onstage.model.records import Participant
from onstage.model.role import Level
from onstage.store.database import Tx
from onstage.store.tables import UtcDateTime, sessions, stretches


@dataclass(frozen=True, slots=True)
class Stay:
    """When somebody first came into a session, and the milliseconds they spent at each level."""

    first_joined_at: datetime
    ms: dict[Level, int]


class _MsBetween(FunctionElement[int]):
    """Milliseconds from one moment to another: SQL has no one way to say it."""

    type = BigInteger()
    inherit_cache = True


@compiles(_MsBetween, "sqlite")
def _ms_on_sqlite(element: _MsBetween, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(ROUND((julianday({end}) - julianday({start})) * 86400000) AS INTEGER)"


@compiles(_MsBetween, "postgresql")
def _ms_on_postgresql(element: _MsBetween, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM ({end} - {start})) * 1000 AS BIGINT)"


# The milliseconds of some stretches together, the open ones up to `until`.
_SPENT = func.sum(
    _MsBetween(stretches.c.started_at, func.coalesce(stretches.c.ended_at, bindparam("until", type_=UtcDateTime())))
)

_BEGIN = insert(stretches)


async def begin(tx: Tx, participant: Participant, *, at: datetime) -> None:
    """Open a stretch at the level the participant has now; they must have none open."""
    row = {
        "session_id": participant.session_id,
        "participant_id": participant.id,
        "level": participant.level.value,
        "started_at": at,
    }
    await tx.connection.execute(_BEGIN, row)


_END = update(stretches).where(stretches.c.participant_id == bindparam("whose"), stretches.c.ended_at.is_(None))


async def end(tx: Tx, participant_id: str, *, at: datetime) -> None:
    """Close the participant's open stretch."""
    await tx.connection.execute(_END, {"whose": participant_id, "ended_at": at})


async def end_all(tx: Tx, session_id: str, *, at: datetime) -> None:
    """Close every open stretch of the session."""
    query = update(stretches).where(stretches.c.session_id == session_id, stretches.c.ended_at.is_(None))
    await tx.connection.execute(query.values(ended_at=at))


async def ms_per_level(tx: Tx, session_id: str, *, until: datetime) -> dict[Level, int]:
    """What everybody in the session spent at each level together."""
    query = select(stretches.c.level, _SPENT).where(stretches.c.session_id == session_id).group_by(stretches.c.level)
    rows = (await tx.connection.execute(query, {"until": until})).all()
    return dict.fromkeys(Level, 0) | {Level(level): int(ms) for level, ms in rows}


async def stays(tx: Tx, participant_ids: Collection[str], *, until: datetime) -> dict[str, Stay]:
    """The stay of each of these participants."""
    query = select(
        stretches.c.participant_id,
        stretches.c.level,
        func.min(stretches.c.started_at, type_=UtcDateTime()),
        _SPENT,
    ).where(stretches.c.participant_id.in_(participant_ids))
    found: dict[str, Stay] = {}
    grouped = query.group_by(stretches.c.participant_id, stretches.c.level)
    for participant_id, level, first, ms in (await tx.connection.execute(grouped, {"until": until})).all():
        known = found.get(participant_id, Stay(first, dict.fromkeys(Level, 0)))
        found[participant_id] = Stay(min(first, known.first_joined_at), known.ms | {Level(level): int(ms)})
    return found


_ON_STAGE = select(
    func.count() - func.count(stretches.c.ended_at), func.max(stretches.c.ended_at, type_=UtcDateTime())
).where(stretches.c.level == Level.STAGE.value)
_ON_SESSIONS_STAGE = _ON_STAGE.where(stretches.c.session_id == bindparam("session_id"))
_ON_ROOMS_STAGE = _ON_STAGE.where(
    stretches.c.session_id.in_(select(sessions.c.id).where(sessions.c.room_id == bindparam("room_id"))),
    or_(stretches.c.ended_at.is_(None), stretches.c.ended_at >= bindparam("since")),
)


async def session_stage_emptied_at(tx: Tx, session_id: str) -> datetime | None:
    """Since when nobody is on the session's stage; None when somebody is, or never was."""
    return await _emptied_at(tx, _ON_SESSIONS_STAGE, session_id=session_id)


async def room_stage_emptied_at(tx: Tx, room_id: str, *, since: datetime) -> datetime | None:
    """Since when nobody is on the room's stage; None when somebody is, or has not been there since `since`."""
    return await _emptied_at(tx, _ON_ROOMS_STAGE, room_id=room_id, since=since)


async def _emptied_at(tx: Tx, query: Select[int, Any], **which: object) -> datetime | None:
    still_there, last_left = (await tx.connection.execute(query, which)).one()
    return None if still_there else last_left
