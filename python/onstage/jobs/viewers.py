"""Tells how many play the shows of this server without being in their rooms."""

from onstage.actions.context import Context
from onstage.actions.playback_counts import report_viewers
from onstage.jobs.metrics import Metrics
from onstage.jobs.tasks import Tasks, attempt, for_ever
from onstage.origin.doors.viewers import Viewers

TELL_EVERY_S = 2.0
_TELLING = "viewers of shows"


class ViewerCounting:
    """Writes the counts that have changed, now and then."""

    def __init__(self, ctx: Context, viewers: Viewers, metrics: Metrics) -> None:
        self._ctx = ctx
        self._viewers = viewers
        self._metrics = metrics
        self._tasks = Tasks()
        self._told: dict[str, int] = {}

    async def start(self) -> None:
        """Count from now on."""
        self._tasks.start(for_ever(self._ctx.clock, self._tell_later, _TELLING), _TELLING)

    async def stop(self) -> None:
        """Count no more."""
        await self._tasks.stop()

    async def _tell_later(self) -> None:
        await self._ctx.clock.sleep(TELL_EVERY_S)
        counts = self._viewers.counts()
        self._metrics.viewers_counted(counts)
        for broadcast_id in counts.keys() | self._told.keys():
            viewers = counts.get(broadcast_id, 0)
            if viewers != self._told.get(broadcast_id, 0):
                await self._tell(broadcast_id, viewers)

    async def _tell(self, broadcast_id: str, viewers: int) -> None:
        if await attempt(report_viewers(self._ctx, broadcast_id, viewers), "tell how many play"):
            self._told[broadcast_id] = viewers
            if not viewers:
                del self._told[broadcast_id]
