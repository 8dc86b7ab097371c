"""Follows how many are where: tells the counts, watches rooms with a stage, stops shows that nobody is in any more."""

import asyncio
from datetime import datetime

from onstage.actions.broadcasts import stop_for_lack_of_people
from onstage.actions.context import Context
from onstage.actions.emit import emit_ephemeral
from onstage.actions.snapshot import count
from onstage.errors import OnstageError
from onstage.events import AudienceCounted
from onstage.jobs.tasks import Tasks
from onstage.model.views import CountsView
from onstage.store import broadcasts, participants, sessions

TELL_EVERY_S = 1.0


class Counting:
    """Reads a room's counts at most once a second, when they changed."""

    def __init__(self, ctx: Context, *, auto_stop_s: float) -> None:
        self._ctx = ctx
        self._auto_stop_s = auto_stop_s
        self._tasks = Tasks()
        self._changed: set[str] = set()
        self._wake = asyncio.Event()
        self._staged: set[str] = set()  # rooms with somebody on stage: what arms the automatic stop
        self._stops: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Follow from now on."""
        async with self._ctx.database.read() as tx:
            self._changed = {session.room_id for session in await sessions.all_open(tx)}
            for broadcast in await broadcasts.all_active(tx):
                # Armed before the server went down, or to be: what arms it is in the store.
                if await participants.were_on_stage(tx, broadcast.room_id, since=broadcast.started_at):
                    self._staged.add(broadcast.room_id)
                    self._changed.add(broadcast.room_id)
        self._wake.set()
        self._tasks.start(self._run(), "counting")

    async def stop(self) -> None:
        """Follow no more."""
        await self._tasks.stop()

    def changed(self, room_id: str) -> None:
        """Somebody came, went, or moved."""
        self._changed.add(room_id)
        self._wake.set()

    def room_ended(self, room_id: str) -> None:
        """Nobody is there any more; what happened on its stage is of no interest to the next session."""
        self._staged.discard(room_id)
        self._disarm(room_id)

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            rooms, self._changed = self._changed, set()
            for room_id in rooms:
                await self._follow(room_id)
            await self._ctx.clock.sleep(TELL_EVERY_S)

    async def _follow(self, room_id: str) -> None:
        try:
            counts = await self._count(room_id)
            await emit_ephemeral(self._ctx, room_id, AudienceCounted(counts=counts))
            await self._follow_stage(room_id, is_staged=counts.stage > 0)
        except OnstageError:
            self.changed(room_id)  # the store or the engine is away; look again in a second

    async def _count(self, room_id: str) -> CountsView:
        async with self._ctx.database.read() as tx:
            session = await sessions.open_of(tx, room_id)
            return CountsView(stage=0, audience=0, viewer=0) if session is None else await count(tx, session)

    async def _follow_stage(self, room_id: str, *, is_staged: bool) -> None:
        if is_staged:
            self._staged.add(room_id)
            self._disarm(room_id)
            await self._ctx.engine.watch(room_id)
        elif room_id in self._staged:
            self._staged.discard(room_id)
            self._arm(room_id, self._ctx.clock.now(), self._auto_stop_s)
            await self._ctx.engine.unwatch(room_id)

    def _arm(self, room_id: str, empty_since: datetime, after_s: float) -> None:
        if after_s > 0:
            self._disarm(room_id)
            stop = self._stop_later(room_id, empty_since, after_s)
            self._stops[room_id] = self._tasks.start(stop, f"auto-stop of {room_id}")

    def _disarm(self, room_id: str) -> None:
        stop = self._stops.pop(room_id, None)
        if stop is not None:
            stop.cancel()

    async def _stop_later(self, room_id: str, empty_since: datetime, after_s: float) -> None:
        await self._ctx.clock.sleep(after_s)
        del self._stops[room_id]  # who comes now comes too late: what was begun is carried through
        try:
            if await self._was_on_air(room_id, empty_since):
                await stop_for_lack_of_people(self._ctx, room_id)
        except OnstageError:
            if room_id not in self._staged:
                self._arm(room_id, empty_since, TELL_EVERY_S)  # the store is away; try again in a second

    async def _was_on_air(self, room_id: str, moment: datetime) -> bool:
        """Whether the room's show was there then: one that began later has lost nobody."""
        async with self._ctx.database.read() as tx:
            show = await broadcasts.active_of(tx, room_id)
        return show is not None and show.started_at <= moment
