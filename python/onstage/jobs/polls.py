"""Polls by the clock: results that are shown live are told, and polls whose time is over are stopped."""

from onstage.actions.context import Context
from onstage.actions.polls import stop_due
from onstage.actions.voting import tell_results
from onstage.jobs.tasks import Tasks, attempt

LOOK_EVERY_S = 0.5
"""Twice for each second in which a result may be told, so that none is more than a second and a half old."""


class PollClock:
    """Looks at the running polls of all rooms; several servers may do so at once."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._tasks = Tasks()

    async def start(self) -> None:
        """Look from now on."""
        self._tasks.start(self._run(), "polls")

    async def stop(self) -> None:
        """Look no more."""
        await self._tasks.stop()

    async def _run(self) -> None:
        while True:
            await attempt(stop_due(self._ctx), "stop polls")
            await attempt(tell_results(self._ctx), "tell results")
            await self._ctx.clock.sleep(LOOK_EVERY_S)
