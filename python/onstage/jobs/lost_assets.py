"""What becomes of the files that a server was to make which does not come back."""

from collections.abc import Collection

from onstage.actions.asset_life import report_not_made
from onstage.actions.context import Context
from onstage.jobs.membership import Leader
from onstage.jobs.tasks import Tasks, for_ever
from onstage.jobs.whereabouts import LOOK_EVERY_S, LOST_AFTER_S
from onstage.model.assets import AssetFailure
from onstage.store import assets, servers

_LOOKING = "assets of lost servers"


class LostAssets:
    """Looks for files that nobody makes: the leader makes them of what all servers reach, or says that it can't be."""

    def __init__(self, ctx: Context, leader: Leader, *, is_shared: bool) -> None:
        """`is_shared`: shows are kept where every server reaches them."""
        self._ctx = ctx
        self._leader = leader
        self._is_shared = is_shared
        self._tasks = Tasks()
        self._lost_since_s: dict[str, float] = {}

    async def start(self) -> None:
        """Look from now on."""
        self._tasks.start(for_ever(self._ctx.clock, self._look_later, _LOOKING), _LOOKING)

    async def stop(self) -> None:
        """Look no more."""
        await self._tasks.stop()

    def makes_for(self) -> Collection[str]:
        """The servers in whose place this one makes files now."""
        return self._gone() if self._is_shared else ()

    def _gone(self) -> list[str]:
        """Whom the leader has given up; nobody, where another leads."""
        if not self._leader.is_leader:
            return []
        now_s = self._ctx.clock.monotonic()
        return [one for one, since_s in self._lost_since_s.items() if now_s - since_s >= LOST_AFTER_S]

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
            lost = await assets.waited_for(tx, [*alive, self._ctx.server_id])
        now_s = self._ctx.clock.monotonic()
        self._lost_since_s = {one: self._lost_since_s.get(one, now_s) for one in lost}
        gone = self._gone()
        if gone and not self._is_shared:
            await self._fail(gone)

    async def _fail(self, gone: Collection[str]) -> None:
        async with self._ctx.database.read() as tx:
            unmade = await assets.preparing_on(tx, gone)
        for asset in unmade:
            await report_not_made(self._ctx, asset, AssetFailure.SERVER_LOST)
