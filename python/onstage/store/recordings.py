"""Queries on recordings."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, and_, delete, insert, or_, select, update

from onstage.model.ids import BroadcastId, ProjectId, RecordingId, RoomId
from onstage.model.records.recordings import Recording, RecordingFailure, RecordingStatus, Span
from onstage.store.database import Tx
from onstage.store.newest_first import newest_first
from onstage.store.tables import broadcasts, recordings

_SPANS = TypeAdapter[tuple[Span, ...]](tuple[Span, ...])
_AT_A_TIME = 500
_ACTIVE = [status.value for status in RecordingStatus if status.is_active]


def _recording(row: RowMapping) -> Recording:
    return Recording(
        id=RecordingId(row["id"]),
        project_id=ProjectId(row["project_id"]),
        room_id=RoomId(row["room_id"]),
        broadcast_id=BroadcastId(row["broadcast_id"]),
        title=row["title"],
        status=RecordingStatus(row["status"]),
        spans=_SPANS.validate_python(row["spans"]),
        started_at=row["started_at"],
        is_incomplete=row["is_incomplete"],
        keep_days=row["keep_days"],
        reason=None if row["reason"] is None else RecordingFailure(row["reason"]),
        duration_s=row["duration_s"],
        size_bytes=row["size_bytes"],
        ended_at=row["ended_at"],
        ready_at=row["ready_at"],
    )


def _values(recording: Recording) -> dict[str, Any]:
    """The columns that can change."""
    return {
        "status": recording.status.value,
        "spans": _SPANS.dump_python(recording.spans, mode="json"),
        "is_incomplete": recording.is_incomplete,
        "reason": None if recording.reason is None else recording.reason.value,
        "duration_s": recording.duration_s,
        "size_bytes": recording.size_bytes,
        "ended_at": recording.ended_at,
        "ready_at": recording.ready_at,
    }


async def add(tx: Tx, recording: Recording) -> None:
    """Insert a recording."""
    fixed = {
        "id": recording.id,
        "project_id": recording.project_id,
        "room_id": recording.room_id,
        "broadcast_id": recording.broadcast_id,
        "title": recording.title,
        "keep_days": recording.keep_days,
        "started_at": recording.started_at,
    }
    await tx.connection.execute(insert(recordings).values(**fixed, **_values(recording)))


async def save(tx: Tx, recording: Recording) -> None:
    """Write what of a recording can change."""
    query = update(recordings).where(recordings.c.id == recording.id)
    await tx.connection.execute(query.values(**_values(recording)))


async def remove(tx: Tx, recording_id: str) -> None:
    """Forget a recording."""
    await tx.connection.execute(delete(recordings).where(recordings.c.id == recording_id))


async def get(tx: Tx, recording_id: str) -> Recording | None:
    """The recording of that id."""
    query = select(recordings).where(recordings.c.id == recording_id)
    row = (await tx.connection.execute(query)).mappings().first()
    return None if row is None else _recording(row)


async def wanted_of(tx: Tx, ids: Collection[str]) -> set[str]:
    """Those of `ids` that are recordings."""
    known, asked = set[str](), list(ids)
    for first in range(0, len(asked), _AT_A_TIME):
        query = select(recordings.c.id).where(recordings.c.id.in_(asked[first : first + _AT_A_TIME]))
        known |= set((await tx.connection.execute(query)).scalars())
    return known


async def active_of(tx: Tx, broadcast_id: str) -> Recording | None:
    """The broadcast's recording that can still grow."""
    query = select(recordings).where(recordings.c.broadcast_id == broadcast_id, recordings.c.status.in_(_ACTIVE))
    row = (await tx.connection.execute(query)).mappings().first()
    return None if row is None else _recording(row)


async def mark_incomplete(tx: Tx, broadcast_id: str) -> None:
    """Note that media of the broadcast is missing in its recordings that are not done yet; nothing else of them.

    Done by another server is not done: their own may come back to them.
    """
    is_active = recordings.c.status.in_([*_ACTIVE, RecordingStatus.PROCESSING.value])
    is_due = or_(is_active, recordings.c.reason == RecordingFailure.SERVER_LOST.value)
    query = update(recordings).where(recordings.c.broadcast_id == broadcast_id, is_due)
    await tx.connection.execute(query.values(is_incomplete=True))


async def any_of(tx: Tx, broadcast_id: str) -> bool:
    """Whether the broadcast's media are needed by a recording."""
    query = select(recordings.c.id).where(recordings.c.broadcast_id == broadcast_id).limit(1)
    return (await tx.connection.execute(query)).first() is not None


async def page(tx: Tx, project_id: str, *, room_id: str | None, after: str | None, limit: int) -> list[Recording]:
    """The project's recordings, or a room's, newest first, at most `limit`, from behind the id `after`."""
    query = select(recordings).where(recordings.c.project_id == project_id)
    if room_id is not None:
        query = query.where(recordings.c.room_id == room_id)
    ordered = newest_first(query, recordings.c.started_at, recordings.c.id, after=after, limit=limit)
    return [_recording(row) for row in (await tx.connection.execute(ordered)).mappings()]


_WITH_SHOW = select(recordings).join(broadcasts, broadcasts.c.id == recordings.c.broadcast_id)
_IS_PROCESSED = recordings.c.status == RecordingStatus.PROCESSING.value


async def due_on(tx: Tx, server_id: str) -> list[Recording]:
    """Those to be finished by that server: of broadcasts that ran there, also when others gave it up meanwhile."""
    of_server = or_(broadcasts.c.server_id == server_id, broadcasts.c.server_id.is_(None))
    is_due = or_(_IS_PROCESSED, recordings.c.reason == RecordingFailure.SERVER_LOST.value)
    return [_recording(row) for row in (await tx.connection.execute(_WITH_SHOW.where(of_server, is_due))).mappings()]


async def left_unfinished(tx: Tx, alive: Collection[str]) -> list[Recording]:
    """Those in process whose broadcast is over, and ran on none of these servers."""
    is_lost = and_(broadcasts.c.server_id.is_not(None), broadcasts.c.server_id.not_in(alive))
    query = _WITH_SHOW.where(_IS_PROCESSED, broadcasts.c.ended_at.is_not(None), is_lost)
    return [_recording(row) for row in (await tx.connection.execute(query)).mappings()]


async def ended_with_policy(tx: Tx, before: datetime) -> list[Recording]:
    """Those that ended earlier, and are not to be kept for ever."""
    query = select(recordings).where(recordings.c.keep_days.is_not(None), recordings.c.ended_at < before)
    return [_recording(row) for row in (await tx.connection.execute(query)).mappings()]
