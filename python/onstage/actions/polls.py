"""Polls and quizzes: prepared, started, stopped. Voting is in voting.py, what comes of it in poll_results.py."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from onstage.actions.access import Caller, access_room
from onstage.actions.context import Context
from onstage.actions.cursors import wrong_cursor
from onstage.actions.due import do_due
from onstage.actions.emit import emit
from onstage.actions.marking import mark_poll
from onstage.actions.roles import role_in, template_of
from onstage.errors import ErrorCode, OnstageError
from onstage.events import NOBODY, PollCreated, PollStarted, PollStopped
from onstage.model.ids import PollId, Prefix, new_id
from onstage.model.permission import Permission
from onstage.model.polls import Sight, empty_result, plan_problems, planned_anew, prepares, sight_of
from onstage.model.records import Participant, Poll, PollPlan, PollStatus, Room, Session
from onstage.model.views import PollView
from onstage.store import polls, sessions
from onstage.store.database import Tx

MOST_RUNNING = 10
"""In one session."""
MOST_WAITING = 100
"""In one room."""
STOPPED_KEPT = 10
"""How many stopped polls a snapshot holds."""


@dataclass(frozen=True, slots=True)
class PollEntry:
    """A poll that the caller may see, its room, and the caller as a participant (None: a server)."""

    room: Room
    actor: Participant | None
    poll: Poll

    @property
    def sight(self) -> Sight:
        """What the caller sees of it."""
        return sight_of(self.actor)


@dataclass(frozen=True, slots=True)
class SeenPoll:
    """A poll, and what whoever asked sees of it."""

    poll: Poll
    sight: Sight

    def view(self) -> PollView:
        """As they see it."""
        return PollView.of(self.poll, self.sight)


async def access_poll(tx: Tx, caller: Caller, room: str, poll_id: str, permission: Permission | None) -> PollEntry:
    """One of the room's polls, if the caller may see it and do `permission`.

    Who prepares no polls sees those that were started while they are there.

    Raises:
        OnstageError: as `access_room`; `poll_not_found`.
    """
    found, actor = await access_room(tx, caller, room, permission)
    poll = await polls.get(tx, found.id, poll_id)
    if poll is None or not (prepares(actor) or poll.session_id == _session_of(actor)):
        raise OnstageError(ErrorCode.POLL_NOT_FOUND, f"The room has no poll {poll_id!r}.")
    return PollEntry(found, actor, poll)


def _session_of(actor: Participant | None) -> str | None:
    return None if actor is None else actor.session_id


async def read_polls(
    ctx: Context, caller: Caller, room: str, *, status: PollStatus | None, after: str | None, limit: int
) -> list[SeenPoll]:
    """A page of the polls that the caller may see, newest first.

    Raises:
        OnstageError: as `access_room`; `malformed` for a cursor that is none.
    """
    async with ctx.database.read() as tx:
        found, actor = await access_room(tx, caller, room, None)
        if after is not None and await polls.get(tx, found.id, after) is None:
            raise wrong_cursor()
        session_id = None if prepares(actor) else _session_of(actor)
        listed = await polls.page(tx, found.id, session_id=session_id, status=status, after=after, limit=limit)
    return [SeenPoll(poll, sight_of(actor)) for poll in listed]


async def read_poll(ctx: Context, caller: Caller, room: str, poll_id: str) -> SeenPoll:
    """One poll.

    Raises:
        OnstageError: as `access_poll`.
    """
    async with ctx.database.read() as tx:
        entry = await access_poll(tx, caller, room, poll_id, None)
    return SeenPoll(entry.poll, entry.sight)


async def create_poll(ctx: Context, caller: Caller, room: str, plan: PollPlan) -> SeenPoll:
    """Prepare a poll; nobody in the room sees it yet, and there need not be a session.

    Raises:
        OnstageError: as `access_room` with `poll.create`; `malformed`, `unknown_role`, `poll_limit_reached`.
    """
    async with ctx.database.begin() as tx:
        found, actor = await access_room(tx, caller, room, Permission.POLL_CREATE)
        await _require_good(tx, found, plan)
        if await polls.count_waiting(tx, found.id) >= MOST_WAITING:
            detail = "Too many of the room's polls have not started."
            raise OnstageError(ErrorCode.POLL_LIMIT_REACHED, detail, expected=f"fewer than {MOST_WAITING} waiting")
        empty = empty_result(plan.questions)
        poll = Poll(
            id=PollId(new_id(Prefix.POLL)),
            room_id=found.id,
            session_id=None,
            plan=plan,
            status=PollStatus.CREATED,
            tally=empty,
            result=empty,
            created_by=None if actor is None else actor.id,
            created_at=ctx.clock.now(),
        )
        await polls.add(tx, poll)
        told = PollCreated(poll=PollView.of(poll, sight_of(None)))
        await emit(ctx, tx, found, told, NOBODY)
    return SeenPoll(poll, sight_of(actor))


async def _require_good(tx: Tx, room: Room, plan: PollPlan) -> None:
    problems = plan_problems(plan)
    if problems:
        raise OnstageError(ErrorCode.MALFORMED, errors=problems)
    template = await template_of(tx, room)
    for name in plan.vote_roles or ():
        role_in(template, name)


async def update_poll(
    ctx: Context, caller: Caller, room: str, poll_id: str, change: Callable[[PollPlan], PollPlan]
) -> SeenPoll:
    """Plan a poll anew that has not started.

    Raises:
        OnstageError: as `access_poll` with `poll.create`; `poll_already_started`, `malformed`, `unknown_role`.
    """
    async with ctx.database.begin() as tx:
        entry = await access_poll(tx, caller, room, poll_id, Permission.POLL_CREATE)
        _require_waiting(entry.poll)
        plan = change(entry.poll.plan)
        await _require_good(tx, entry.room, plan)
        changed = planned_anew(entry.poll, plan)
        await polls.save(tx, changed)
    return SeenPoll(changed, entry.sight)


async def delete_poll(ctx: Context, caller: Caller, room: str, poll_id: str) -> None:
    """Forget a poll that has not started.

    Raises:
        OnstageError: as `access_poll` with `poll.create`; `poll_already_started`.
    """
    async with ctx.database.begin() as tx:
        entry = await access_poll(tx, caller, room, poll_id, Permission.POLL_CREATE)
        _require_waiting(entry.poll)
        await polls.remove(tx, entry.poll)


def _require_waiting(poll: Poll) -> None:
    if poll.status is not PollStatus.CREATED:
        raise OnstageError(ErrorCode.POLL_ALREADY_STARTED, f"The poll is {poll.status}.")


async def start_poll(ctx: Context, caller: Caller, room: str, poll_id: str) -> SeenPoll:
    """Show the poll to everybody in the session and take votes.

    Raises:
        OnstageError: as `access_poll` with `poll.start`; `poll_already_started`, `session_ended` when nobody is there,
            `poll_limit_reached`.
    """
    async with ctx.database.begin() as tx:
        entry = await access_poll(tx, caller, room, poll_id, Permission.POLL_START)
        _require_waiting(entry.poll)
        session = await sessions.open_of(tx, entry.room.id)
        if session is None:
            raise OnstageError(ErrorCode.SESSION_ENDED, "A poll is started when people are there.")
        if len(await polls.running(tx, session.id)) >= MOST_RUNNING:
            detail = "Too many polls run in this session."
            raise OnstageError(ErrorCode.POLL_LIMIT_REACHED, detail, expected=f"fewer than {MOST_RUNNING} running")
        started = _started(entry.poll, session, ctx.clock.now())
        await polls.save(tx, started)
        await emit(ctx, tx, entry.room, PollStarted(poll=PollView.of(started)))
        await mark_poll(ctx, tx, started)
    return SeenPoll(started, entry.sight)


def _started(poll: Poll, session: Session, now: datetime) -> Poll:
    lasts_s = poll.plan.duration_s
    stops_at = None if lasts_s is None else now + timedelta(seconds=lasts_s)
    return replace(poll, session_id=session.id, status=PollStatus.STARTED, started_at=now, stops_at=stops_at)


async def stop_poll(ctx: Context, caller: Caller, room: str, poll_id: str) -> SeenPoll:
    """Take no more votes.

    Raises:
        OnstageError: as `access_poll` with `poll.stop`; `poll_not_open`.
    """
    async with ctx.database.begin() as tx:
        entry = await access_poll(tx, caller, room, poll_id, Permission.POLL_STOP)
        if entry.poll.status is not PollStatus.STARTED:
            raise OnstageError(ErrorCode.POLL_NOT_OPEN, f"The poll is {entry.poll.status}.")
        stopped = await _stop(ctx, tx, entry.room, entry.poll)
    return SeenPoll(stopped, entry.sight)


async def _stop(ctx: Context, tx: Tx, room: Room, poll: Poll) -> Poll:
    """Write the poll as stopped, and tell what came of it."""
    now = ctx.clock.now()
    stopped = replace(poll, status=PollStatus.STOPPED, stopped_at=now, result=poll.tally, result_is_old=False)
    await polls.save(tx, stopped)
    await emit(ctx, tx, room, PollStopped(poll=PollView.of(stopped)))
    await mark_poll(ctx, tx, stopped)
    return stopped


async def stop_polls_of(ctx: Context, tx: Tx, room: Room, session: Session) -> None:
    """Stop what still runs: the session ends."""
    for poll in await polls.running(tx, session.id):
        await _stop(ctx, tx, room, poll)


async def shown_polls(tx: Tx, session: Session) -> list[Poll]:
    """What a snapshot holds of the session's polls, first started first: all that run, and the last that stopped."""
    found = [*await polls.running(tx, session.id), *await polls.newest_stopped(tx, session.id, STOPPED_KEPT)]
    return sorted(found, key=lambda poll: (poll.started_at or poll.created_at, poll.id))


async def stop_due(ctx: Context) -> int:
    """Stop the polls whose time is over; how many."""
    async with ctx.database.read() as tx:
        due = await polls.to_stop(tx, ctx.clock.now())
    return await do_due(ctx, "stop polls", due, partial(_stop_if_due, ctx))


async def _stop_if_due(ctx: Context, tx: Tx, room: Room, poll_id: PollId) -> bool:
    poll = await polls.get(tx, room.id, poll_id)
    if poll is None or poll.status is not PollStatus.STARTED:
        return False
    await _stop(ctx, tx, room, poll)
    return True
