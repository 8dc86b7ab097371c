"""Follows how many are where: tells the counts, watches rooms with a stage, starts shows by themselves."""

import asyncio

import structlog

from onstage.actions.broadcasts import start_unless_one_was
from onstage.actions.context import Context
from onstage.actions.emit import emit_ephemeral
from onstage.actions.snapshot import count
from onstage.bus import Changed, Notice, Topic
from onstage.errors import ErrorCode, OnstageError
from onstage.events import AudienceCounted
from onstage.jobs.membership import Leader
from onstage.jobs.tasks import Tasks, attempt, for_ever, listen
from onstage.model.views import CountsView
from onstage.store import playback, sessions

TELL_EVERY_S = 1.0
START_AGAIN_S = 10.0
"""Seconds until a show that found no place on this machine is tried again."""
_COUNTING, _LISTENING = "counting", "changes of counts"
_log = structlog.get_logger(__name__)


class Counting:
    """Reads a room's counts at most once a second, when they changed."""

    def __init__(self, ctx: Context, leader: Leader) -> None:
        """Of several servers the leader counts, for all of them."""
        self._ctx = ctx
        self._leader = leader
        self._tasks = Tasks()
        self._changed: set[str] = set()
        self._wake = asyncio.Event()
        self._watched: set[str] = set()  # rooms with somebody on stage
        self._waiting: set[str] = set()  # rooms whose show found no place

    async def start(self) -> None:
        """Follow from now on."""
        clock, changes = self._ctx.clock, await self._ctx.bus.subscribe(Topic.COUNTS)
        self._tasks.start(listen(clock, changes, self._hear, _LISTENING), _LISTENING)
        self._tasks.start(for_ever(clock, self._follow_next, _COUNTING), _COUNTING)
        await self.count_all()

    async def stop(self) -> None:
        """Follow no more."""
        await self._tasks.stop()

    async def count_all(self) -> None:
        """Count every room with people: something may have been missed.

        Raises:
            OnstageError: `store_unavailable`.
        """
        async with self._ctx.database.read() as tx:
            self._look_at(*(session.room_id for session in await sessions.all_open(tx)))

    async def tell(self, room_id: str) -> None:
        """Somebody came, went, or moved: whichever server leads is to count."""
        await self._ctx.bus.publish(Changed(Topic.COUNTS, room_id))

    def _look_at(self, *room_ids: str) -> None:
        self._changed.update(room_ids)
        self._wake.set()

    async def _hear(self, notices: list[Notice]) -> None:
        for notice in notices:
            if isinstance(notice, Changed):
                self._look_at(notice.id)
            else:
                await self.count_all()

    def room_ended(self, room_id: str) -> None:
        """Nobody is there any more; the engine's room is closed, and with it what watched it."""
        self._watched.discard(room_id)

    async def _follow_next(self) -> None:
        await self._wake.wait()
        self._wake.clear()
        rooms, self._changed = self._changed, set()
        if self._leader.is_leader:
            for room_id in rooms:
                await attempt(self._follow(room_id), "count")
        else:
            await attempt(self._let_go(), "leave rooms to the leader")
        await self._ctx.clock.sleep(TELL_EVERY_S)

    async def _let_go(self) -> None:
        """Leave it to the server that leads."""
        while self._watched:
            await self._ctx.engine.unwatch(self._watched.pop())

    async def _follow(self, room_id: str) -> None:
        try:
            counts = await self._count(room_id)
            await emit_ephemeral(self._ctx, room_id, AudienceCounted(counts=counts))
            await self._follow_stage(room_id, is_staged=counts.stage > 0)
        except OnstageError:
            self._look_at(room_id)  # the store or the engine is away; look again in a second

    async def _count(self, room_id: str) -> CountsView:
        async with self._ctx.database.read() as tx:
            session = await sessions.open_of(tx, room_id)
            if session is None:
                return CountsView(stage=0, audience=0, viewer=0, hls=await playback.viewers_of_room(tx, room_id))
            return await count(tx, session)

    async def _follow_stage(self, room_id: str, *, is_staged: bool) -> None:
        if is_staged:
            self._watched.add(room_id)
            await self._start_show(room_id)
            await self._ctx.engine.watch(room_id)
        elif room_id in self._watched:
            self._watched.discard(room_id)
            await self._ctx.engine.unwatch(room_id)

    async def _start_show(self, room_id: str) -> None:
        try:
            await start_unless_one_was(self._ctx, room_id)
        except OnstageError as error:
            if error.code is not ErrorCode.CAPACITY_EXHAUSTED:
                raise
            if room_id not in self._waiting:
                _log.warning("auto_start_failed", room=room_id, reason=error.code.code)
                self._tasks.start(self._start_later(room_id), f"auto-start of {room_id}")

    async def _start_later(self, room_id: str) -> None:
        self._waiting.add(room_id)
        try:
            await self._ctx.clock.sleep(START_AGAIN_S)
        finally:
            self._waiting.discard(room_id)
        self._look_at(room_id)
