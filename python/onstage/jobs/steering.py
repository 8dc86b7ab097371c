"""Brings the engine in line with the store, as often as it takes (design §10.3). The store holds the wish."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from onstage.actions.context import Context
from onstage.actions.tokens import engine_grant
from onstage.actions.tracks import report_engine_failed
from onstage.errors import ErrorCode, OnstageError
from onstage.jobs.tasks import Tasks
from onstage.model.records import Participant, Presence
from onstage.store import participants, sessions
from onstage.turns import Turns

ANSWER_WAITS_S = 0.2
RETRY_AFTER_S = (0.5, 1.0, 2.0, 4.0)
_log = structlog.get_logger(__name__)


async def wanted_in_engine(ctx: Context, room_id: str, identity: str) -> Participant | None:
    """Who has that identity, if the store wants them in the engine (design §10.3).

    Raises:
        OnstageError: `store_unavailable`.
    """
    async with ctx.database.read() as tx:
        session = await sessions.open_of(tx, room_id)
        found = None if session is None else await participants.of_identity(tx, session.id, identity)
    is_wanted = found is not None and found.presence is Presence.JOINED and found.level.uses_engine
    return found if is_wanted else None


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
        self._turns = Turns()

    async def stop(self) -> None:
        """Steer no more."""
        await self._tasks.stop()

    async def steer(self, participant: Participant) -> None:
        """Steer now, and return when it is done or after `ANSWER_WAITS_S`, whichever is sooner."""
        task = self._tasks.start(self._steer(participant), f"steer {participant.id}")
        await asyncio.wait({task}, timeout=ANSWER_WAITS_S)

    async def steer_everybody(self) -> None:
        """Steer all who are present, and put out who is not: the engine has been away."""
        async with self._ctx.database.read() as tx:
            rooms = {
                session.room_id: await participants.present(tx, session.id) for session in await sessions.all_open(tx)
            }
        for room_id, present in rooms.items():
            for participant in present:
                await self._steer(participant)
            await self._try(partial(self._put_out_strangers, room_id))

    async def _try(self, call: Callable[[], Awaitable[None]]) -> OnstageError | None:
        return await persist(self._ctx, call, "engine_call_failed")

    async def _put_out_strangers(self, room_id: str) -> None:
        """Remove whom the store does not want; in this order, since people join the store first."""
        connected = await self._ctx.engine.list_participants(room_id)
        for one in connected:
            if await wanted_in_engine(self._ctx, room_id, one.identity) is None:
                await self._ctx.engine.remove(room_id, one.identity)

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
        async with self._turns.of(participant.id):
            error = await self._try(lambda: self._once(participant.id))
        if error is not None:
            await self._report(participant, error)

    async def _report(self, participant: Participant, error: OnstageError) -> None:
        try:
            await report_engine_failed(self._ctx, participant, reason=error.code.code)
        except OnstageError as unreported:  # it is the store that is away
            _log.error("engine_failure_not_reported", participant=participant.id, error=str(unreported))

    async def _once(self, participant_id: str) -> None:
        """Make the engine match what the store says *now*: of two changes in a row the later one counts."""
        async with self._ctx.database.read() as tx:
            now = await participants.get(tx, participant_id)
        if now is None:
            return
        if now.presence is not Presence.JOINED or not now.level.uses_engine:
            await self._ctx.engine.remove(now.room_id, now.identity)
            return
        try:
            await self._ctx.engine.update_permission(engine_grant(now))
        except OnstageError as error:
            if error.code is not ErrorCode.PARTICIPANT_NOT_FOUND:
                raise  # not connected: the token of the next join says it all
