"""Keeps a composer and an origin window for every broadcast the store wants."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

import structlog

from onstage.actions.context import Context
from onstage.bus import Changed, Notice, Topic
from onstage.composer.instance import Cold, Composers
from onstage.composer.supervisor import ComposerSpec, ComposerSupervisor, Composing, GaveUp, Live, Report, Restarted
from onstage.composer.wire import Ended, MediaEnded, MediaStarted, Stats
from onstage.errors import OnstageError
from onstage.jobs.annotating import annotate
from onstage.jobs.metrics import Metrics
from onstage.jobs.playing import Playing
from onstage.jobs.show_reports import ShowReports
from onstage.jobs.targets import ShowTargets
from onstage.jobs.tasks import Tasks, attempt, listen
from onstage.media.engine import service_grant
from onstage.model.degradation import OF_COMPOSER, OF_STORAGE, Degradation
from onstage.model.media import PROFILES
from onstage.model.presentation import Presentation
from onstage.model.records import Broadcast, BroadcastReason, BroadcastStatus
from onstage.model.targets import TargetState
from onstage.origin.live.broadcast import BroadcastWindow
from onstage.origin.origin import Origin
from onstage.origin.storing.keeping import Keeper, StorageReport
from onstage.origin.storing.write_queue import StorageState, WriteQueue
from onstage.store import broadcasts, images, recordings
from onstage.turns import Turns

_OF_STATE = {
    StorageState.WELL: (),
    StorageState.AWAY: (Degradation.STORAGE_AWAY,),
    StorageState.FULL: (Degradation.STORAGE_FULL,),
}
_LISTENING = "changes of broadcasts"
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Running:
    """One broadcast at work here."""

    window: BroadcastWindow
    supervisor: ComposerSupervisor
    targets: ShowTargets
    stats: Stats | None = None


class Broadcasting:
    """Starts, changes, stops and resumes broadcasts; reports what becomes of them."""

    def __init__(self, ctx: Context, origin: Origin, metrics: Metrics, *, composers: Composers | None = None) -> None:
        """`composers` is where composers come from; each is started when it is needed if None."""
        self._ctx = ctx
        self._metrics = metrics
        self._origin = origin
        self._composers = composers or Cold()
        self._playing = Playing(ctx)
        self._turns = Turns()  # by broadcast, to start it
        self._tasks = Tasks()
        self._reports = ShowReports(ctx, self._tasks)
        self._running: dict[str, _Running] = {}
        self._stopping: set[str] = set()
        origin.on_storage = self._on_storage

    async def start(self) -> None:
        """Resume what was running when the server went down (design §10.12)."""
        changes = await self._ctx.bus.subscribe(Topic.BROADCASTS)
        self._tasks.start(listen(self._ctx.clock, changes, self._hear, _LISTENING), _LISTENING)
        active = await self._own()
        await self._playing.start([one.id for one in active])
        for broadcast in active:
            await self.changed(broadcast)

    async def _own(self) -> list[Broadcast]:
        """What is to run on this server: a show's window and what is stored of it are in its folder (design §10.14)."""
        async with self._ctx.database.read() as tx:
            return await broadcasts.active_on(tx, self._ctx.server_id)

    async def _hear(self, notices: list[Notice]) -> None:
        """Another server was asked to change a show that runs here."""
        told = {one.id for one in notices if isinstance(one, Changed)}
        running = list(self._running)  # before the store is asked, which then knows of all of them
        own = await self._own()
        await self._end_all(set(running) - {one.id for one in own})
        for broadcast in own:
            if not told or broadcast.id in told:
                await attempt(self.changed(broadcast), _LISTENING)

    async def _end_all(self, over: Collection[str]) -> None:
        """End what runs here though it is over: others took this server for dead."""
        for broadcast_id in over:
            if running := self._running.get(broadcast_id):
                await running.supervisor.stop()

    async def stop(self) -> None:
        """End every composer at once; the broadcasts are resumed by the next start."""
        for running in self._running.values():
            await running.targets.stop()
            await running.supervisor.kill()
        await self._playing.stop()
        await self._tasks.stop()

    def stats(self, broadcast_id: str) -> Stats | None:
        """What the broadcast's composer last told of itself."""
        running = self._running.get(broadcast_id)
        return None if running is None else running.stats

    async def changed(self, broadcast: Broadcast) -> None:
        """Do what the store now says of the broadcast, or have the server do it on which it runs."""
        if broadcast.server_id not in (None, self._ctx.server_id):
            await self._ctx.bus.publish(Changed(Topic.BROADCASTS, broadcast.id))
            return
        match broadcast.status:
            case BroadcastStatus.STOPPING:
                if broadcast.id not in self._stopping:  # it may be told again until it is done
                    self._stopping.add(broadcast.id)
                    stopped = self._tasks.start(self._stop(broadcast), f"stop {broadcast.id}")
                    stopped.add_done_callback(lambda _: self._stopping.discard(broadcast.id))
            case BroadcastStatus.STARTING | BroadcastStatus.LIVE:
                async with self._turns.of(broadcast.id):  # a change during the start waits for it
                    await self._start_or_change(broadcast)
            case _:
                pass

    async def _start_or_change(self, broadcast: Broadcast) -> None:
        running = self._running.get(broadcast.id)
        if running is None:
            await self._start(broadcast)
        else:
            is_recorded = await self._is_recorded(broadcast)
            if is_recorded is not None:
                running.window.keep_all(is_recorded=is_recorded)
            await self._present(broadcast, running.supervisor)
            running.targets.follow(broadcast.outputs)
            await annotate(self._ctx, broadcast, running.window)
            self._playing.follow(broadcast.id)

    async def _present(self, broadcast: Broadcast, supervisor: ComposerSupervisor) -> None:
        """Hand on how it looks, with the images that the supervisor has not got yet."""
        presentation, found = _presentation(broadcast), dict[str, bytes]()
        if missing := supervisor.missing_images(presentation):
            async with self._ctx.database.read() as tx:
                found = await images.data_of(tx, broadcast.project_id, missing)
        supervisor.present(presentation, found)

    async def _open(self, broadcast: Broadcast) -> BroadcastWindow | None:
        """The broadcast's window; None when what is stored of it can't be read."""
        try:
            return await self._origin.open(
                broadcast.id,
                broadcast.room_id,
                PROFILES[broadcast.profile],
                is_new=broadcast.live_at is None,
                dvr_window_s=broadcast.dvr_window_s,
                is_recorded=await self._is_recorded(broadcast) is not False,
                captions=broadcast.captions,
            )
        except (ValueError, OSError, OnstageError) as error:
            _log.error("origin_open_failed", broadcast=broadcast.id, exc_info=error)
            return None

    async def _start(self, broadcast: Broadcast) -> None:
        window = await self._open(broadcast)
        if window is None:
            self._reports.status(broadcast.id, BroadcastStatus.FAILED, BroadcastReason.STORAGE_UNREADABLE)
            return
        supervisor = ComposerSupervisor(
            self._spec(broadcast),
            window,
            report=lambda report: self._on_report(broadcast.id, report),
            engine_token=lambda: self._engine_token(broadcast.room_id),
            clock=self._ctx.clock,
            resume=window.resume_point(),
            composers=self._composers,
        )
        await annotate(self._ctx, broadcast, window, of_before=True)
        await self._present(broadcast, supervisor)
        targets = ShowTargets(
            self._ctx,
            supervisor.target,
            partial(self._reports.output, broadcast.id),
        )
        self._running[broadcast.id] = _Running(window, supervisor, targets)
        self._metrics.broadcast_began()
        self._restart_degraded(broadcast, window.keeper)
        supervisor.media = lambda: self._playing.plays(broadcast.id)
        self._playing.attach(broadcast.id, supervisor.tell_media)
        self._playing.follow(broadcast.id)
        supervisor.start()
        targets.follow(broadcast.outputs)

    def _restart_degraded(self, broadcast: Broadcast, keeper: Keeper | None) -> None:
        """Tell how it does now: what stands in the store is of a server that is no more."""
        if broadcast.degraded:
            self._reports.degraded(broadcast.id, (), OF_COMPOSER)
        if keeper is not None and (broadcast.degraded or keeper.writes.state is not StorageState.WELL):
            self._tasks.start(self._tell_storage(broadcast.id, keeper.writes), f"storage of {broadcast.id}")

    async def _tell_storage(self, broadcast_id: str, writes: WriteQueue) -> None:
        """It may not have been asked for anything yet, and still be away."""
        await writes.tried()
        self._reports.degraded(broadcast_id, _OF_STATE[writes.state], OF_STORAGE)

    def _spec(self, broadcast: Broadcast) -> ComposerSpec:
        ladder = broadcast.ladder
        return ComposerSpec(
            broadcast_id=broadcast.id,
            engine_url=self._ctx.engine.internal_url,
            rungs=ladder.rungs,
            audio_bps=ladder.audio_bps,
            is_audio_apart=ladder.is_audio_apart(PROFILES[broadcast.profile]),
            profile=broadcast.profile,
            encoder=broadcast.encoder,
            presentation=_presentation(broadcast),
        )

    async def _engine_token(self, room_id: str) -> str:
        return self._ctx.engine.access_token(service_grant(room_id, "composer"))

    async def _stop(self, broadcast: Broadcast) -> None:
        async with self._turns.of(broadcast.id):
            running = self._running.get(broadcast.id)
        if running is not None:
            await running.supervisor.stop()
            return
        # Its composer died with the server that was stopping it: there is no more to come but the playlist's end.
        window = await self._open(broadcast)
        if window is not None:
            await window.end()
        await self._reports.status(broadcast.id, BroadcastStatus.ENDED)

    async def _on_report(self, broadcast_id: str, report: Report) -> None:
        match report:
            case Live():
                self._reports.status(broadcast_id, BroadcastStatus.LIVE)
            case Composing():
                self._running[broadcast_id].targets.composing()
            case TargetState():
                self._running[broadcast_id].targets.take(report)
            case Restarted(reason=reason):
                self._running[broadcast_id].targets.composer_lost()
                _log.warning("composer_restarted", broadcast=broadcast_id, reason=reason)
                self._metrics.composer_restarted(broadcast_id)
                self._playing.composer_died(broadcast_id)
                self._reports.restarted(broadcast_id)
            case Stats():
                self._take_stats(broadcast_id, report)
            case MediaStarted() | MediaEnded():
                self._playing.report(broadcast_id, report)
            case Ended():
                await self._finish(broadcast_id, BroadcastStatus.ENDED, None)
            case GaveUp(reason, detail):
                _log.error("broadcast_failed", broadcast=broadcast_id, reason=reason, detail=detail)
                await self._finish(broadcast_id, BroadcastStatus.FAILED, reason)

    async def _is_recorded(self, broadcast: Broadcast) -> bool | None:
        """By the recordings there are: outputs tell of those that were, and forget. None while the store is away."""
        try:
            async with self._ctx.database.read() as tx:
                return await recordings.any_of(tx, broadcast.id)
        except OnstageError:
            return None

    def _on_storage(self, report: StorageReport) -> None:
        """Media can't be stored now, or can again: viewers notice nothing, the operator should."""
        self._metrics.storage_is(report.broadcast_id, is_well=report.state is StorageState.WELL, lost=report.lost)
        if report.lost:
            self._reports.incomplete(report.broadcast_id)
        elif report.broadcast_id in self._running:
            self._reports.degraded(report.broadcast_id, _OF_STATE[report.state], OF_STORAGE)

    def _take_stats(self, broadcast_id: str, stats: Stats) -> None:
        running = self._running[broadcast_id]
        before = () if running.stats is None else running.stats.degraded
        running.stats = stats
        self._metrics.composer_told(broadcast_id, stats)
        if stats.degraded != before:
            _log.warning("composer_degraded", broadcast=broadcast_id, without=stats.degraded)
            self._reports.degraded(broadcast_id, stats.degraded, OF_COMPOSER)

    async def _finish(self, broadcast_id: str, status: BroadcastStatus, reason: BroadcastReason | None) -> None:
        self._metrics.broadcast_over(broadcast_id)
        await self._running[broadcast_id].targets.stop()
        await self._running[broadcast_id].window.end()
        await self._reports.status(broadcast_id, status, reason)
        # Not before: as long as the store says that it runs, a change must not start it anew.
        del self._running[broadcast_id]
        await self._playing.detach(broadcast_id)


def _presentation(broadcast: Broadcast) -> Presentation:
    return Presentation(broadcast.title, broadcast.layout, mix=broadcast.mix, look=broadcast.look)
