"""Finishes the recordings whose server does not come back, with what of them is where all servers reach it."""

from onstage.actions.context import Context
from onstage.jobs.finishing import finish, finish_if_readable
from onstage.jobs.membership import Leader
from onstage.jobs.tasks import Tasks, attempt, for_ever
from onstage.jobs.whereabouts import LOOK_EVERY_S, LOST_AFTER_S
from onstage.model.records import Recording
from onstage.origin.origin import Origin
from onstage.store import recordings, servers

_LOOKING = "recordings of lost servers"


class LostRecordings:
    """Looks for recordings that nobody finishes. What their server had not stored yet is added when it is back."""

    def __init__(self, ctx: Context, origin: Origin, leader: Leader) -> None:
        self._ctx = ctx
        self._origin = origin
        self._leader = leader
        self._tasks = Tasks()
        self._lost_since_s: dict[str, float] = {}

    async def start(self) -> None:
        """Look from now on."""
        self._tasks.start(for_ever(self._ctx.clock, self._look_later, _LOOKING), _LOOKING)

    async def stop(self) -> None:
        """Look no more."""
        await self._tasks.stop()

    async def _look_later(self) -> None:
        await self._ctx.clock.sleep(LOOK_EVERY_S)
        try:
            await self._look()
        except Exception:
            self._lost_since_s = {}  # the servers may only be unable to say that they are there
            raise

    async def _look(self) -> None:
        async with self._ctx.database.read() as tx:
            alive = [server.id for server in await servers.page(tx)]
            lost = await recordings.left_unfinished(tx, [*alive, self._ctx.server_id])
        now_s = self._ctx.clock.monotonic()
        self._lost_since_s = {one.id: self._lost_since_s.get(one.id, now_s) for one in lost}
        for recording in lost if self._leader.is_leader else ():
            if now_s - self._lost_since_s[recording.id] >= LOST_AFTER_S:
                work = finish_if_readable(self._finish(recording), self._ctx, recording)
                await attempt(work, f"finish {recording.id}")

    async def _finish(self, recording: Recording) -> None:
        store = self._origin.store(recording.broadcast_id)
        if store is not None:
            await finish(self._ctx, store, recording, is_lost=True)
