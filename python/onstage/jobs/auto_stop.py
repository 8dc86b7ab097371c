"""Stops shows whose stage has been empty for too long, and those that have lasted for too long."""

from onstage.actions.broadcast_stop import stop_for_lack_of_people, stop_overlong
from onstage.actions.context import Context
from onstage.jobs.tasks import Tasks, attempt

LOOK_EVERY_S = 1.0


class AutoStop:
    """Looks at the shows that run, however few; what it goes by is in the store, so that a restart forgets nothing."""

    def __init__(self, ctx: Context, *, after_s: float) -> None:
        """`after_s` is for rooms that don't set how long an empty stage keeps its show; 0 is for ever."""
        self._ctx = ctx
        self._after_s = after_s
        self._tasks = Tasks()

    async def start(self) -> None:
        """Look from now on."""
        self._tasks.start(self._run(), "auto-stop")

    async def stop(self) -> None:
        """Look no more."""
        await self._tasks.stop()

    async def _run(self) -> None:
        while True:
            await attempt(stop_for_lack_of_people(self._ctx, self._after_s), "stop shows on empty stages")
            await attempt(stop_overlong(self._ctx), "stop shows whose time is over")
            await self._ctx.clock.sleep(LOOK_EVERY_S)
