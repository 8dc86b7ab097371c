"""Sessions: one opens with the first who joins, and is over when the room is ended or the last has left.

What becomes history is written along the way: who was at which level from when to when, and how many at most.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.polls import stop_polls_of
from onstage.events import SessionEnded, SessionStarted, SessionUpdated
from onstage.model.ids import Prefix, SessionId, new_id
from onstage.model.records import Counts, EndReason, Participant, Room, Session
from onstage.model.role import Level
from onstage.model.views import SessionView
from onstage.store import participants, sessions, stretches
from onstage.store.database import Tx


async def open_session(ctx: Context, tx: Tx, room: Room) -> Session:
    """A new session of the room, which must have none."""
    now = ctx.clock.now()
    session = Session(
        id=SessionId(new_id(Prefix.SESSION)),
        project_id=room.project_id,
        room_id=room.id,
        room_name=room.name,
        started_at=now,
        ends_at=room.settings.session_ends_at(now),
    )
    await sessions.add(tx, session)
    await emit(ctx, tx, room, SessionStarted(session=SessionView.of(session)))
    return session


async def close_session(ctx: Context, tx: Tx, room: Room, session: Session, *, reason: str) -> None:
    """Write the session's end and tell of it."""
    now = ctx.clock.now()
    await stop_polls_of(ctx, tx, room, session)
    over = replace(session, ended_at=now, end_reason=reason, idle_ends_at=None)
    await sessions.save(tx, over)
    await stretches.end_all(tx, session.id, at=now)
    await emit(ctx, tx, room, SessionEnded(session=SessionView.of(over)))


async def arrived(ctx: Context, tx: Tx, room: Room, session: Session, participant: Participant) -> None:
    """To be called when somebody was written as present."""
    await stretches.begin(tx, participant, at=ctx.clock.now())
    await _recount(ctx, tx, room, session, left=None)


async def level_changed(
    ctx: Context, tx: Tx, room: Room, session: Session, before: Participant, after: Participant
) -> None:
    """To be called when somebody's role was written; another role of the same level is no change."""
    if before.level is after.level:
        return
    await stretches.end(tx, after.id, at=ctx.clock.now())
    await stretches.begin(tx, after, at=ctx.clock.now())
    await _recount(ctx, tx, room, session, left=before.level)


async def departed(ctx: Context, tx: Tx, room: Room, participant: Participant) -> None:
    """To be called when somebody was written as gone, and it was told: closes the session behind the last."""
    await stretches.end(tx, participant.id, at=ctx.clock.now())
    known = await sessions.get(
        tx, participant.session_id
    )  # several may leave, each after the other, in one transaction
    assert known is not None, "a participant belongs to a session"
    session, counts = await _recount(ctx, tx, room, known, left=participant.level)
    if counts.total == 0 and session.ended_at is None:
        await close_session(ctx, tx, room, session, reason=EndReason.EMPTY)


async def _recount(ctx: Context, tx: Tx, room: Room, session: Session, *, left: Level | None) -> tuple[Session, Counts]:
    """Write the peaks, and when an empty stage ends the session; `left` is the level that has one fewer."""
    counts = await present_counts(tx, session)
    counted = replace(session, peaks=session.peaks.or_more(counts), peak_total=max(session.peak_total, counts.total))
    if counts.stage > 0:
        counted = replace(counted, idle_ends_at=None)
    elif left is Level.STAGE:
        counted = replace(counted, idle_ends_at=_idle_end(room, ctx.clock.now()))
    if counted != session:
        await sessions.save(tx, counted)
    return counted, counts


def _idle_end(room: Room, emptied_at: datetime | None) -> datetime | None:
    idle_s = room.settings.idle_end_s
    return None if idle_s is None or emptied_at is None else emptied_at + timedelta(seconds=idle_s)


async def present_counts(tx: Tx, session: Session) -> Counts:
    """How many are present at each level."""
    levels = await participants.count_levels(tx, session.id)
    return Counts(stage=levels[Level.STAGE], audience=levels[Level.AUDIENCE], viewer=levels[Level.VIEWER])


async def settings_changed(ctx: Context, tx: Tx, room: Room) -> None:
    """To be called when the room's settings were written: its open session ends when they say now."""
    session = await sessions.open_of(tx, room.id)
    if session is None:
        return
    emptied_at = await stretches.session_stage_emptied_at(tx, session.id)
    ends_at = room.settings.session_ends_at(session.started_at)
    timed = replace(session, ends_at=ends_at, idle_ends_at=_idle_end(room, emptied_at))
    if timed == session:
        return
    await sessions.save(tx, timed)
    if timed.ends_at != session.ends_at:
        await emit(ctx, tx, room, SessionUpdated(session=SessionView.of(timed)))
