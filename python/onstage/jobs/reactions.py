"""Tells what reactions were counted: at once, then at most once a second."""

from onstage.actions.context import Context
from onstage.actions.reactions import tell_reactions
from onstage.jobs.tasks import Tasks, attempt

TELL_EVERY_S = 1.0


class Reactions:
    """This server's reactions; with several servers each tells its own, and clients add up."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._tasks = Tasks()

    async def start(self) -> None:
        """Tell from now on."""
        self._tasks.start(self._run(), "reactions")

    async def stop(self) -> None:
        """Tell no more."""
        await self._tasks.stop()

    async def _run(self) -> None:
        while True:
            await self._ctx.reactions.wait()
            await attempt(tell_reactions(self._ctx), "tell reactions")
            await self._ctx.clock.sleep(TELL_EVERY_S)
