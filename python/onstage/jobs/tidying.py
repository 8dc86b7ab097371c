"""Deletes the media that nobody needs any more, on the server that has them."""

from collections.abc import Collection

from onstage.actions.context import Context
from onstage.bus import Changed, Notice, Topic
from onstage.jobs.membership import Leader
from onstage.jobs.tasks import Tasks, attempt, listen, now_and_then
from onstage.origin.origin import Origin
from onstage.store import broadcasts, recordings, servers

SWEEP_EVERY_S = 600.0
"""Between two looks at all that is stored: for what could not be deleted, or was told to nobody."""
_SWEEPING = "sweep storage"
_LISTENING = "media that nobody needs"


class Tidying:
    """Deletes at once what it is told of, and looks now and then for the rest. What is needed stands in the store."""

    def __init__(self, ctx: Context, origin: Origin, leader: Leader) -> None:
        self._ctx = ctx
        self._origin = origin
        self._leader = leader
        self._tasks = Tasks()

    async def start(self) -> None:
        """Hear, and look, from now on."""
        unneeded = await self._ctx.bus.subscribe(Topic.MEDIA)
        self._tasks.start(listen(self._ctx.clock, unneeded, self._hear, _LISTENING), _LISTENING)
        self._tasks.start(now_and_then(self._ctx.clock, SWEEP_EVERY_S, self._sweep, _SWEEPING), _SWEEPING)

    async def stop(self) -> None:
        """Delete nothing more."""
        await self._tasks.stop()

    async def unwanted(self, broadcast_id: str) -> None:
        """No recording needs the media of the broadcast: delete them, or have the server do it that has them.

        It may still run, or be watched; then it goes when it is retired.
        """
        done = set[str]()
        await attempt(self._delete({broadcast_id}, done), _LISTENING)
        if broadcast_id not in done:
            await self._ctx.bus.publish(Changed(Topic.MEDIA, broadcast_id))

    async def _hear(self, notices: list[Notice]) -> None:
        told = {one.id for one in notices if isinstance(one, Changed)}
        if told:
            await self._delete(told, set())

    async def _delete(self, broadcast_ids: Collection[str], done: set[str]) -> None:
        """Add to `done` what no other server needs to hear of."""
        async with self._ctx.database.read() as tx:
            unneeded = await broadcasts.unrecorded_on(tx, broadcast_ids, self._ctx.server_id)
        for show in unneeded:
            if self._origin.is_open(show.id):
                await self._keep_no_more(show.id)
            elif not show.status.is_active:
                await self._origin.forget(show.id)
            if show.server_id == self._ctx.server_id:
                done.add(show.id)

    async def _keep_no_more(self, broadcast_id: str) -> None:
        """A recording may have been added since the store was read. Who adds one tells the origin when it is written.

        So it is either read here, after it was said that there is none, or it is told after that.
        """
        self._origin.keep_no_more(broadcast_id)
        is_recorded = True  # as long as the store does not say
        try:
            async with self._ctx.database.read() as tx:
                is_recorded = await recordings.any_of(tx, broadcast_id)
        finally:
            if is_recorded:
                self._origin.keep_all(broadcast_id)

    async def _sweep(self) -> None:
        await self._origin.sweep(self._wanted)

    async def _wanted(self, found: Collection[str]) -> Collection[str]:
        """What of it is needed, or is another server's to delete. The leader deletes for those that are gone."""
        async with self._ctx.database.read() as tx:
            others = [one.id for one in await servers.page(tx)] if self._leader.is_leader else None
            return await broadcasts.wanted_of(tx, found, self._ctx.server_id, others=others)
