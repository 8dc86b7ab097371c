"""Brings the engine in line with the store, as often as it takes (design §10.3). The store holds the wish."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator
from functools import partial

import structlog

from onstage.actions.context import Context
from onstage.actions.tokens import engine_grant
from onstage.actions.tracks import report_engine_failed
from onstage.errors import ErrorCode, OnstageError
from onstage.jobs.tasks import Tasks, attempt, few_at_once
from onstage.model.records import Participant, Presence
from onstage.store import participants, sessions
from onstage.turns import Turns

ANSWER_WAITS_S = 0.2
RETRY_AFTER_S = (0.5, 1.0, 2.0, 4.0)
AT_ONCE = 8
"""Calls at the same time that nobody waits for: more would not make a slow engine faster."""
_CUTTING = "cut off who has gone"
_log = structlog.get_logger(__name__)


async def wanted_in_engine(ctx: Context, room_id: str, identity: str) -> Participant | None:
    """Who has that identity, if the store wants them in the engine (design §10.3).

    Raises:
        OnstageError: `store_unavailable`.
    """
    return (await _wanted_among(ctx, room_id, [identity])).get(identity)


async def _wanted_among(ctx: Context, room_id: str, identities: Collection[str]) -> dict[str, Participant]:
    async with ctx.database.read() as tx:
        session = await sessions.open_of(tx, room_id)
        found = [] if session is None else await participants.of_identities(tx, session.id, identities)
    return {one.identity: one for one in found if one.presence is Presence.JOINED and one.level.uses_engine}


async def persist(ctx: Context, call: Callable[[], Awaitable[None]], event: str, **about: str) -> OnstageError | None:
    """Call until it succeeds or, with engine or store away for long, the retries are used up; the last error then.

    `event` and `about` are what the log is told of each that fails.
    """
    for pause_s in (*RETRY_AFTER_S, None):
        try:
            await call()
        except OnstageError as error:
            _log.warning(event, code=error.code.code, retry_after_s=pause_s, **about)
            if pause_s is None:
                return error
            await ctx.clock.sleep(pause_s)
        else:
            break
    return None


class Steering:
    """Calls the engine until it agrees, one call at a time for each participant."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._tasks = Tasks()
        self._turns = Turns()  # by room and identity, as the engine knows people
        self._next: dict[str, asyncio.Task[None]] = {}  # by participant: has not begun, so it does for all who ask
        self._gone: dict[str, Participant] = {}  # to be cut off
        self._cutters = 0

    async def stop(self) -> None:
        """Steer no more."""
        await self._tasks.stop()
        self._gone.clear()
        self._cutters = 0

    async def steer(self, participant: Participant) -> None:
        """Steer now, and return when it is done or after `ANSWER_WAITS_S`, whichever is sooner."""
        task = self._next.get(participant.id)
        if task is None or task.done():
            task = self._tasks.start(self._steer(participant), f"steer {participant.id}")
            self._next[participant.id] = task
        await asyncio.wait({task}, timeout=ANSWER_WAITS_S)

    def cut(self, participant: Participant) -> None:
        """Take somebody off the engine who has gone. Nobody waits for it: a crowd may go at once, and the engine hang.

        However many they are, few calls are made at a time.
        """
        self._gone[participant.id] = participant
        if self._cutters < AT_ONCE:
            self._cutters += 1
            self._tasks.start(self._cut_all(), _CUTTING)

    async def _cut_all(self) -> None:
        try:
            while self._gone:
                await attempt(self._steer(self._gone.pop(next(iter(self._gone)))), _CUTTING)
        finally:
            self._cutters -= 1

    async def steer_everybody(self) -> None:
        """Steer all who are on the engine, and put out who is not wanted there: it has been away.

        Who is not on it needs no steering: the token of their next join says it all.
        """
        async with self._ctx.database.read() as tx:
            rooms = [session.room_id for session in await sessions.all_open(tx)]
        for room_id in rooms:
            await self._try(partial(self._steer_room, room_id))

    async def _steer_room(self, room_id: str) -> None:
        """The engine is asked before the store is: people join the store first."""
        connected = [one.identity for one in await self._ctx.engine.list_participants(room_id)]
        wanted = await _wanted_among(self._ctx, room_id, connected)
        await few_at_once(self._steer_each(room_id, connected, wanted), "steer a room's people", at_once=AT_ONCE)

    def _steer_each(
        self, room_id: str, connected: Collection[str], wanted: dict[str, Participant]
    ) -> Iterator[Awaitable[object]]:
        for identity in connected:
            known = wanted.get(identity)
            yield self._steer(known) if known else self._try(partial(self._once, room_id, identity))

    async def _try(self, call: Callable[[], Awaitable[None]]) -> OnstageError | None:
        return await persist(self._ctx, call, "engine_call_failed")

    def end_room(self, room_id: str) -> None:
        """Have the engine close the room."""
        self._tasks.start(self._try(lambda: self._end_once(room_id)), f"end {room_id}")

    async def _end_once(self, room_id: str) -> None:
        """Close the room, unless a next session has begun meanwhile: the engine knows rooms, not sessions."""
        async with self._ctx.database.read() as tx:
            if await sessions.open_of(tx, room_id) is not None:
                return
        await self._ctx.engine.end_room(room_id)

    async def _steer(self, participant: Participant) -> None:
        room_id, identity = participant.room_id, participant.identity
        async with self._turns.of(f"{room_id} {identity}"):
            self._next.pop(participant.id, None)
            error = await self._try(partial(self._once, room_id, identity))
        if error is not None:
            await self._report(participant, error)

    async def _report(self, participant: Participant, error: OnstageError) -> None:
        try:
            await report_engine_failed(self._ctx, participant, reason=error.code.code)
        except OnstageError as unreported:  # it is the store that is away
            _log.error("engine_failure_not_reported", participant=participant.id, error=str(unreported))

    async def _once(self, room_id: str, identity: str) -> None:
        """Make the engine match what the store says *now*: of two changes in a row the later one counts."""
        wanted = await wanted_in_engine(self._ctx, room_id, identity)
        if wanted is None:
            await self._ctx.engine.remove(room_id, identity)
            return
        try:
            await self._ctx.engine.update_permission(engine_grant(wanted))
        except OnstageError as error:
            if error.code is not ErrorCode.PARTICIPANT_NOT_FOUND:
                raise  # not connected: the token of the next join says it all
