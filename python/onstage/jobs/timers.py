"""What is due by the clock alone."""

from onstage.actions.authentication import write_key_uses
from onstage.actions.bans import expire_bans
from onstage.actions.context import Context
from onstage.actions.ending import end_due
from onstage.actions.idempotency import forget_old
from onstage.actions.invites import expire_due
from onstage.actions.presence import remove_due
from onstage.actions.revoking import forget_revocations
from onstage.actions.rooms import forget_webhooks_of_deleted
from onstage.errors import OnstageError
from onstage.jobs.tasks import Tasks

LOOK_EVERY_S = 1.0
FORGET_EVERY = 600
"""Looks between two clean-ups."""
WRITE_USES_EVERY = 60
"""Looks between two notes of when keys were used."""


class Timers:
    """Expires invites and bans, ends sessions, removes people whose time is over, and forgets what is old."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._tasks = Tasks()

    async def start(self) -> None:
        """Look from now on."""
        self._tasks.start(self._run(), "timers")

    async def stop(self) -> None:
        """Look no more."""
        await self._tasks.stop()

    async def _run(self) -> None:
        looks = 0
        while True:
            try:
                await expire_due(self._ctx)
                await end_due(self._ctx)
                await remove_due(self._ctx)
                await expire_bans(self._ctx)
                if looks % WRITE_USES_EVERY == 0:
                    await write_key_uses(self._ctx)
                if looks % FORGET_EVERY == 0:
                    await forget_old(self._ctx)
                    await forget_revocations(self._ctx)
                    await forget_webhooks_of_deleted(self._ctx)
            except OnstageError:
                pass  # the store is away; what is due stays due
            looks += 1
            await self._ctx.clock.sleep(LOOK_EVERY_S)
