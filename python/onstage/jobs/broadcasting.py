"""Keeps a composer and an origin window for every broadcast the store wants."""

from dataclasses import dataclass

import structlog

from onstage.actions.broadcasts import report_degraded, report_status
from onstage.actions.context import Context
from onstage.composer.supervisor import ComposerSpec, ComposerSupervisor, Live, Report, Restarted
from onstage.composer.wire import Canvas, Ended, Failed, Stats
from onstage.jobs.metrics import Metrics
from onstage.jobs.tasks import Tasks
from onstage.media.engine import service_grant
from onstage.model.ladder import RUNGS
from onstage.model.media import PROFILES
from onstage.model.records import Broadcast, BroadcastStatus
from onstage.origin.broadcast import BroadcastWindow
from onstage.origin.origin import Origin
from onstage.store import broadcasts

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Running:
    """One broadcast at work here."""

    window: BroadcastWindow
    supervisor: ComposerSupervisor
    stats: Stats | None = None


class Broadcasting:
    """Starts, changes, stops and resumes broadcasts; reports what becomes of them."""

    def __init__(self, ctx: Context, origin: Origin, metrics: Metrics) -> None:
        self._ctx = ctx
        self._metrics = metrics
        self._origin = origin
        self._tasks = Tasks()
        self._running: dict[str, _Running] = {}

    async def start(self) -> None:
        """Resume what was running when the server went down (design §10.12)."""
        async with self._ctx.database.read() as tx:
            active = await broadcasts.all_active(tx)
        await self._origin.sweep(keep=[one.id for one in active])
        for broadcast in active:
            await self.changed(broadcast)

    async def stop(self) -> None:
        """End every composer at once; the broadcasts are resumed by the next start."""
        await self._tasks.stop()
        for running in self._running.values():
            await running.supervisor.kill()

    def stats(self, broadcast_id: str) -> Stats | None:
        """What the broadcast's composer last told of itself."""
        running = self._running.get(broadcast_id)
        return None if running is None else running.stats

    async def changed(self, broadcast: Broadcast) -> None:
        """Do what the store now says of the broadcast."""
        running = self._running.get(broadcast.id)
        match broadcast.status:
            case BroadcastStatus.STOPPING:
                self._tasks.start(self._stop(broadcast), f"stop {broadcast.id}")
            case BroadcastStatus.STARTING | BroadcastStatus.LIVE if running is None:
                await self._start(broadcast)
            case BroadcastStatus.STARTING | BroadcastStatus.LIVE if running is not None:
                running.supervisor.set_layout(broadcast.layout.value)
            case _:
                pass

    async def _start(self, broadcast: Broadcast) -> None:
        try:
            window = await self._origin.open(broadcast.id, broadcast.room_id, PROFILES[broadcast.profile])
        except (ValueError, OSError) as error:
            _log.error("origin_open_failed", broadcast=broadcast.id, exc_info=error)
            await report_status(
                self._ctx, broadcast.id, BroadcastStatus.FAILED, reason="what was stored of it can't be read"
            )
            return
        supervisor = ComposerSupervisor(
            self._spec(broadcast),
            window,
            report=lambda report: self._on_report(broadcast.id, report),
            engine_token=lambda: self._engine_token(broadcast.room_id),
            clock=self._ctx.clock,
            resume=window.resume_point(),
        )
        self._running[broadcast.id] = _Running(window, supervisor)
        self._metrics.broadcast_began()
        supervisor.start()

    def _spec(self, broadcast: Broadcast) -> ComposerSpec:
        rung = RUNGS[broadcast.quality]
        return ComposerSpec(
            broadcast_id=broadcast.id,
            engine_url=self._ctx.engine.internal_url,
            title=broadcast.title,
            canvas=Canvas(rung.width, rung.height),
            video_bps=rung.video_bps,
            audio_bps=rung.audio_bps,
            profile=broadcast.profile,
            layout=broadcast.layout.value,
            rendition=rung.name,
        )

    async def _engine_token(self, room_id: str) -> str:
        return self._ctx.engine.access_token(service_grant(room_id, "composer"))

    async def _stop(self, broadcast: Broadcast) -> None:
        running = self._running.get(broadcast.id)
        if running is not None:
            await running.supervisor.stop()
            return
        # Its composer died with the server that was stopping it: there is no more to come.
        await report_status(self._ctx, broadcast.id, BroadcastStatus.ENDED)

    async def _on_report(self, broadcast_id: str, report: Report) -> None:
        match report:
            case Live():
                await report_status(self._ctx, broadcast_id, BroadcastStatus.LIVE)
            case Restarted(reason=reason):
                _log.warning("composer_restarted", broadcast=broadcast_id, reason=reason)
                self._metrics.composer_restarted(broadcast_id)
                await report_degraded(self._ctx, broadcast_id, reason="composer_restarted")
            case Stats():
                self._running[broadcast_id].stats = report
                self._metrics.composer_told(broadcast_id, report)
            case Ended():
                await self._finish(broadcast_id, BroadcastStatus.ENDED, None)
            case Failed(reason=reason):
                await self._finish(broadcast_id, BroadcastStatus.FAILED, reason)

    async def _finish(self, broadcast_id: str, status: BroadcastStatus, reason: str | None) -> None:
        running = self._running.pop(broadcast_id)
        self._metrics.broadcast_over(broadcast_id)
        await running.window.end()
        await report_status(self._ctx, broadcast_id, status, reason=reason)
