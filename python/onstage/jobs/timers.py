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
from onstage.actions.revoking import forget_revocations, show_out_by_revoked_keys
from onstage.actions.rooms import forget_webhooks_of_deleted
from onstage.jobs.tasks import Tasks, attempt

LOOK_EVERY_S = 1.0
FORGET_EVERY = 600
"""Looks between two clean-ups."""
A_MINUTE = 60
"""Looks."""

Due = Callable[[Context], Awaitable[object]]

_AT_EACH_LOOK: dict[str, Due] = {
    "expire invites": expire_due,
    "end sessions": end_due,
    "remove people": remove_due,
    "write people as gone": leave_due,
    "expire bans": expire_bans,
}
_EACH_MINUTE: dict[str, Due] = {
    "note uses of keys": write_key_uses,
    "show out by revoked keys": show_out_by_revoked_keys,
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
            for every, kinds in ((1, _AT_EACH_LOOK), (A_MINUTE, _EACH_MINUTE), (FORGET_EVERY, _NOW_AND_THEN)):
                if looks % every == 0:
                    for name, due in kinds.items():
                        await attempt(due(self._ctx), name)
            looks += 1
            await self._ctx.clock.sleep(LOOK_EVERY_S)
