"""Finishes the recordings whose server does not come back, with what of them is where all servers reach it."""

from onstage.actions.context import Context
from onstage.jobs.finishing import finish, finish_if_readable
from onstage.jobs.lost import LostWatch
from onstage.jobs.membership import Leader
from onstage.jobs.tasks import attempt
from onstage.model.records import Recording
from onstage.origin.origin import Origin
from onstage.store import recordings, servers


class LostRecordings(LostWatch):
    """Looks for recordings that nobody finishes. What their server had not stored yet is added when it is back."""

    def __init__(self, ctx: Context, origin: Origin, leader: Leader) -> None:
        super().__init__(ctx, leader, "recordings of lost servers")
        self._origin = origin

    async def _look(self) -> None:
        async with self._ctx.database.read() as tx:
            alive = [server.id for server in await servers.page(tx)]
            lost = await recordings.left_unfinished(tx, [*alive, self._ctx.server_id])
        self._are_lost(one.id for one in lost)
        for recording in lost:
            if self._gives_up(recording.id):
                work = finish_if_readable(self._finish(recording), self._ctx, recording)
                await attempt(work, f"finish {recording.id}")

    async def _finish(self, recording: Recording) -> None:
        store = self._origin.store(recording.broadcast_id)
        if store is not None:
            await finish(self._ctx, store, recording, is_lost=True)
