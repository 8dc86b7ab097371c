"""Queries on polls."""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, RowMapping, Select, bindparam, delete, func, insert, or_, select, update

from onstage.model.ids import PollId, RoomId
from onstage.model.records import Poll, PollKind, PollPlan, PollResult, PollStatus, Question, ResultsShown
from onstage.store.database import Tx
from onstage.store.newest_first import newest_first
from onstage.store.tables import polls


def _poll(row: RowMapping) -> Poll:
    return Poll(
        id=PollId(row["id"]),
        room_id=RoomId(row["room_id"]),
        session_id=row["session_id"],
        plan=_plan(row),
        status=PollStatus(row["status"]),
        tally=PollResult.model_validate(row["tally"]),
        result=PollResult.model_validate(row["result"]),
        created_by=row["created_by"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        stops_at=row["stops_at"],
        stopped_at=row["stopped_at"],
        result_is_old=row["result_is_old"],
        counted_at=row["counted_at"],
    )


def _plan(row: RowMapping) -> PollPlan:
    return PollPlan(
        kind=PollKind(row["kind"]),
        title=row["title"],
        questions=tuple(Question.model_validate(one) for one in row["questions"]),
        is_anonymous=row["is_anonymous"],
        results_shown=ResultsShown(row["results_shown"]),
        vote_roles=None if row["vote_roles"] is None else tuple(row["vote_roles"]),
        duration_s=row["duration_s"],
        metadata=row["metadata"],
    )


def _values(poll: Poll) -> dict[str, Any]:
    """The columns that can change."""
    plan = poll.plan
    return {
        "session_id": poll.session_id,
        "kind": plan.kind.value,
        "title": plan.title,
        "questions": [question.model_dump(mode="json") for question in plan.questions],
        "is_anonymous": plan.is_anonymous,
        "results_shown": plan.results_shown.value,
        "vote_roles": None if plan.vote_roles is None else list(plan.vote_roles),
        "duration_s": plan.duration_s,
        "metadata": plan.metadata,
        "status": poll.status.value,
        "started_at": poll.started_at,
        "stops_at": poll.stops_at,
        "stopped_at": poll.stopped_at,
        **_counts(poll),
    }


def _counts(poll: Poll) -> dict[str, Any]:
    return {
        "tally": poll.tally.model_dump(mode="json"),
        "result": poll.result.model_dump(mode="json"),
        "result_is_old": poll.result_is_old,
        "counted_at": poll.counted_at,
    }


async def add(tx: Tx, poll: Poll) -> None:
    """Insert a poll."""
    fixed = {"id": poll.id, "room_id": poll.room_id, "created_by": poll.created_by, "created_at": poll.created_at}
    await tx.connection.execute(insert(polls).values(**fixed, **_values(poll)))


_SAVE = update(polls).where(polls.c.id == bindparam("poll_id"))


async def save(tx: Tx, poll: Poll) -> None:
    """Write what of a poll can change."""
    await tx.connection.execute(_SAVE, {"poll_id": poll.id, **_values(poll)})


async def save_counts(tx: Tx, poll: Poll) -> None:
    """Write what changes with votes."""
    await tx.connection.execute(_SAVE, {"poll_id": poll.id, **_counts(poll)})


async def remove(tx: Tx, poll: Poll) -> None:
    """Delete a poll that nobody has voted in."""
    await tx.connection.execute(delete(polls).where(polls.c.id == poll.id))


_OF_ROOM = select(polls).where(polls.c.room_id == bindparam("room_id"))
_BY_ID = _OF_ROOM.where(polls.c.id == bindparam("poll_id"))


async def get(tx: Tx, room_id: str, poll_id: str) -> Poll | None:
    """The room's poll of that id."""
    row = (await tx.connection.execute(_BY_ID, {"room_id": room_id, "poll_id": poll_id})).mappings().first()
    return None if row is None else _poll(row)


async def _all(tx: Tx, query: Select[tuple[object, ...]], **which: object) -> list[Poll]:
    return [_poll(row) for row in (await tx.connection.execute(query, which)).mappings()]


async def count_waiting(tx: Tx, room_id: str) -> int:
    """How many of the room's polls have not started."""
    query = select(func.count()).where(polls.c.room_id == room_id, polls.c.status == PollStatus.CREATED.value)
    return int((await tx.connection.execute(query)).scalar_one())


_OF_SESSION = select(polls).where(polls.c.session_id == bindparam("session_id"))
_RUNNING = _OF_SESSION.where(polls.c.status == PollStatus.STARTED.value).order_by(polls.c.started_at, polls.c.id)


async def running(tx: Tx, session_id: str) -> list[Poll]:
    """The session's polls that take votes, first started first."""
    return await _all(tx, _RUNNING, session_id=session_id)


_NEWEST_STOPPED = (
    _OF_SESSION.where(polls.c.status == PollStatus.STOPPED.value)
    .order_by(polls.c.stopped_at.desc(), polls.c.id.desc())
    .limit(bindparam("limit", type_=Integer))
)


async def newest_stopped(tx: Tx, session_id: str, limit: int) -> list[Poll]:
    """The session's polls that stopped last."""
    return await _all(tx, _NEWEST_STOPPED, session_id=session_id, limit=limit)


async def page(
    tx: Tx, room_id: str, *, session_id: str | None, status: PollStatus | None, after: str | None, limit: int
) -> list[Poll]:
    """The room's polls, newest first, at most `limit`, from behind the id `after`; or only those of a session."""
    query = _OF_ROOM
    if session_id is not None:
        query = query.where(polls.c.session_id == session_id)
    if status is not None:
        query = query.where(polls.c.status == status.value)
    ordered = newest_first(query, polls.c.created_at, polls.c.id, after=after, limit=limit)
    return await _all(tx, ordered, room_id=room_id)


_PAIRS = select(polls.c.room_id, polls.c.id).order_by(polls.c.id)
_TO_TELL = _PAIRS.where(
    polls.c.result_is_old, or_(polls.c.counted_at.is_(None), polls.c.counted_at <= bindparam("counted_before"))
)
_TO_STOP = _PAIRS.where(polls.c.status == PollStatus.STARTED.value, polls.c.stops_at <= bindparam("now"))


async def to_tell(tx: Tx, *, counted_before: datetime) -> list[tuple[RoomId, PollId]]:
    """The running polls with votes that were not told, and whose result was last told before then."""
    return await _pairs(tx, _TO_TELL, counted_before=counted_before)


async def to_stop(tx: Tx, now: datetime) -> list[tuple[RoomId, PollId]]:
    """The running polls whose time is over."""
    return await _pairs(tx, _TO_STOP, now=now)


async def _pairs(tx: Tx, query: Select[str, str], **which: datetime) -> list[tuple[RoomId, PollId]]:
    rows = await tx.connection.execute(query, which)
    return [(RoomId(room_id), PollId(poll_id)) for room_id, poll_id in rows]
