"""What is due by the clock alone."""

from collections.abc import Awaitable, Callable

from onstage.actions.authentication import write_key_uses
from onstage.actions.bans import expire_bans
from onstage.actions.connections import leave_due
from onstage.actions.context import Context
from onstage.actions.ending import end_due
from onstage.actions.idempotency import forget_old
from onstage.actions.invites import expire_due
from onstage.actions.playback import forget_playback
from onstage.actions.presence import remove_due
from onstage.actions.recordings import delete_expired
from onstage.actions.revoking import forget_revocations, show_out_by_revoked_keys
from onstage.actions.rooms import forget_webhooks_of_deleted
from onstage.jobs.tasks import Tasks, attempt

LOOK_EVERY_S = 1.0
A_MINUTE_S = 60.0
FORGET_EVERY_S = 600.0

Due = Callable[[Context], Awaitable[object]]

KINDS: dict[str, tuple[Due, float]] = {
    "expire invites": (expire_due, LOOK_EVERY_S),
    "end sessions": (end_due, LOOK_EVERY_S),
    "remove people": (remove_due, LOOK_EVERY_S),
    "write people as gone": (leave_due, LOOK_EVERY_S),
    "expire bans": (expire_bans, LOOK_EVERY_S),
    "note uses of keys": (write_key_uses, A_MINUTE_S),
    "show out by revoked keys": (show_out_by_revoked_keys, A_MINUTE_S),
    "delete recordings": (delete_expired, A_MINUTE_S),
    "forget answers": (forget_old, FORGET_EVERY_S),
    "forget revocations": (forget_revocations, FORGET_EVERY_S),
    "forget playback tokens": (forget_playback, FORGET_EVERY_S),
    "forget webhooks of deleted rooms": (forget_webhooks_of_deleted, FORGET_EVERY_S),
}
"""What is done, and the seconds between two looks at it."""


class Timers:
    """Expires invites and bans, ends sessions, writes as gone whose time is over, and forgets what is old.

    The kinds go on beside each other: however much there is to do of one, it holds up none of the others.
    Every server looks. What is due is looked at again with its room held, so that one of them acts on it.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._tasks = Tasks()

    async def start(self) -> None:
        """Look from now on."""
        for name, (due, every_s) in KINDS.items():
            self._tasks.start(self._look(name, due, every_s), name)

    async def stop(self) -> None:
        """Look no more."""
        await self._tasks.stop()

    async def _look(self, name: str, due: Due, every_s: float) -> None:
        while True:
            await attempt(due(self._ctx), name)
            await self._ctx.clock.sleep(every_s)
