"""What becomes of the files that a server was to make which does not come back."""

from collections.abc import Collection

from onstage.actions.asset_life import report_not_made
from onstage.actions.context import Context
from onstage.jobs.lost import LostWatch
from onstage.jobs.membership import Leader
from onstage.model.assets import AssetFailure
from onstage.store import assets, servers


class LostAssets(LostWatch):
    """Looks for files that nobody makes: the leader makes them of what all servers reach, or says that it can't be."""

    def __init__(self, ctx: Context, leader: Leader, *, is_shared: bool) -> None:
        """`is_shared`: shows are kept where every server reaches them."""
        super().__init__(ctx, leader, "assets of lost servers")
        self._is_shared = is_shared

    def makes_for(self) -> Collection[str]:
        """The servers in whose place this one makes files now."""
        return self._gone() if self._is_shared else ()

    def _gone(self) -> list[str]:
        """Whom the leader has given up; nobody, where another leads."""
        return [one for one in self._lost_since_s if self._gives_up(one)]

    async def _look(self) -> None:
        async with self._ctx.database.read() as tx:
            alive = [server.id for server in await servers.page(tx)]
            lost = await assets.waited_for(tx, [*alive, self._ctx.server_id])
        self._are_lost(lost)
        gone = self._gone()
        if gone and not self._is_shared:
            await self._fail(gone)

    async def _fail(self, gone: Collection[str]) -> None:
        async with self._ctx.database.read() as tx:
            unmade = await assets.preparing_on(tx, gone)
        for asset in unmade:
            await report_not_made(self._ctx, asset, AssetFailure.SERVER_LOST)
