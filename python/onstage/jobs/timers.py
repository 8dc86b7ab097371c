"""What is due by the clock alone."""

from collections.abc import Awaitable, Callable

from onstage.actions.authentication import write_key_uses
from onstage.actions.bans import expire_bans
from onstage.actions.connections import leave_due
from onstage.actions.context import Context
from onstage.actions.ending import end_due
from onstage.actions.idempotency import forget_old
from onstage.actions.invites import expire_due
from onstage.actions.presence import remove_due
from onstage.actions.revoking import forget_revocations
from onstage.actions.rooms import forget_webhooks_of_deleted
from onstage.jobs.tasks import Tasks, attempt

LOOK_EVERY_S = 1.0
FORGET_EVERY = 600
"""Looks between two clean-ups."""
WRITE_USES_EVERY = 60
"""Looks between two notes of when keys were used."""

Due = Callable[[Context], Awaitable[object]]

_AT_EACH_LOOK: dict[str, Due] = {
    "expire invites": expire_due,
    "end sessions": end_due,
    "remove people": remove_due,
    "write people as gone": leave_due,
    "expire bans": expire_bans,
}
_NOW_AND_THEN: dict[str, Due] = {
    "forget answers": forget_old,
    "forget revocations": forget_revocations,
    "forget webhooks of deleted rooms": forget_webhooks_of_deleted,
}


class Timers:
    """Expires invites and bans, ends sessions, writes as gone whose time is over, and forgets what is old.

    Every server looks. What is due is looked at again with its room held, so that one of them acts on it.
    """

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
            for name, due in _AT_EACH_LOOK.items():
                await attempt(due(self._ctx), name)
            if looks % WRITE_USES_EVERY == 0:
                await attempt(write_key_uses(self._ctx), "note uses of keys")
            for name, due in _NOW_AND_THEN.items() if looks % FORGET_EVERY == 0 else ():
                await attempt(due(self._ctx), name)
            looks += 1
            await self._ctx.clock.sleep(LOOK_EVERY_S)
