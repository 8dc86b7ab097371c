"""Looking for what a server has left that does not come back."""

from abc import ABC, abstractmethod
from collections.abc import Iterable

from onstage.actions.context import Context
from onstage.jobs.membership import Leader
from onstage.jobs.tasks import Tasks, for_ever
from onstage.jobs.whereabouts import LOOK_EVERY_S, LOST_AFTER_S


class LostWatch(ABC):
    """Looks now and then; who leads gives up what has been lost for `LOST_AFTER_S`."""

    def __init__(self, ctx: Context, leader: Leader, name: str) -> None:
        self._ctx = ctx
        self._leader = leader
        self._name = name
        self._tasks = Tasks()
        self._lost_since_s: dict[str, float] = {}

    async def start(self) -> None:
        """Look from now on."""
        self._tasks.start(for_ever(self._ctx.clock, self._look_later, self._name), self._name)

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

    @abstractmethod
    async def _look(self) -> None:
        """Find what is lost, tell `_are_lost`, and do something about what `_gives_up`."""

    def _are_lost(self, ids: Iterable[str]) -> None:
        """These have no server now, and no others."""
        now_s = self._ctx.clock.monotonic()
        self._lost_since_s = {one: self._lost_since_s.get(one, now_s) for one in ids}

    def _gives_up(self, one: str) -> bool:
        since_s = self._lost_since_s.get(one)
        return self._leader.is_leader and since_s is not None and self._ctx.clock.monotonic() - since_s >= LOST_AFTER_S
