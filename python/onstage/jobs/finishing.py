"""Finishes recordings behind their shows, and those that this server left unfinished when it ended."""

from collections.abc import Awaitable

import structlog
from obstore.exceptions import BaseError

from onstage.actions.context import Context
from onstage.actions.recording_life import report_finished, report_incomplete
from onstage.jobs.tasks import Tasks, attempt
from onstage.model.media import PROFILES
from onstage.model.records import Recording, RecordingFailure, RecordingStatus
from onstage.origin.origin import Origin
from onstage.origin.recordings.vod import Recorded, read_film
from onstage.origin.storing.storage import BroadcastStore
from onstage.store import broadcasts, recordings

LOOK_EVERY_S = 1.0
_STORING = "store the rest of a show"
_log = structlog.get_logger(__name__)


class Finishing:
    """Looks for recordings that have ended; what it goes by is in the store, so that a restart forgets none."""

    def __init__(self, ctx: Context, origin: Origin) -> None:
        self._ctx = ctx
        self._origin = origin
        self._tasks = Tasks()
        self._opening: set[str] = set()
        self._torn: set[str] = set()

    async def start(self) -> None:
        """Look from now on."""
        self._tasks.start(self._run(), "recordings")

    async def stop(self) -> None:
        """Look no more."""
        await self._tasks.stop()

    async def find(self, recording_id: str) -> Recorded | None:
        """What a recording is, if it can be played."""
        async with self._ctx.database.read() as tx:
            found = await recordings.get(tx, recording_id)
        if found is None or found.status is not RecordingStatus.READY:
            return None
        return Recorded(found.broadcast_id, found.spans, found.ready_at)

    async def _run(self) -> None:
        while True:
            await attempt(self._finish_all(), "finish recordings")
            await self._ctx.clock.sleep(LOOK_EVERY_S)

    async def _finish_all(self) -> None:
        async with self._ctx.database.read() as tx:
            due = await recordings.due_on(tx, self._ctx.server_id)
        for recording in due:
            work = finish_if_readable(self._finish(recording), self._ctx, recording)
            await attempt(work, f"finish {recording.id}")

    async def _finish(self, recording: Recording) -> None:
        store = await self._settled(recording.broadcast_id)
        if store is not None:
            await finish(self._ctx, store, recording)

    async def _settled(self, broadcast_id: str) -> BroadcastStore | None:
        """What is stored of a broadcast; None while something of it waits for storage, here or in a journal."""
        store = self._origin.store(broadcast_id)
        if self._origin.is_open(broadcast_id):
            return self._origin.settled(broadcast_id)
        if store is None or broadcast_id in self._torn or await store.is_whole():
            return store
        if broadcast_id not in self._opening:
            self._opening.add(broadcast_id)
            opening = self._tasks.start(attempt(self._store_rest(broadcast_id), _STORING), f"{_STORING} {broadcast_id}")
            opening.add_done_callback(lambda _: self._opening.discard(broadcast_id))
        return None

    async def _store_rest(self, broadcast_id: str) -> None:
        """The process that had the show ended before storage had taken everything: open it again, for its end."""
        async with self._ctx.database.read() as tx:
            show = await broadcasts.get(tx, broadcast_id)
        if show is None or show.status.is_active:  # one that goes on is opened by who composes it
            return
        try:
            window = await self._origin.open(
                show.id, show.room_id, PROFILES[show.profile], dvr_window_s=show.dvr_window_s, is_recorded=True
            )
        except ValueError as error:
            _log.error("show_not_opened_again", broadcast=broadcast_id, exc_info=error)
            self._torn.add(broadcast_id)  # what was stored of it is left
            await report_incomplete(self._ctx, broadcast_id)
            return
        await window.end()


async def finish(ctx: Context, store: BroadcastStore, recording: Recording, *, is_lost: bool = False) -> None:
    """Write what was stored of a recording, and that this is all; `is_lost`: all that can be reached.

    Raises:
        ValueError: what is stored can't be read.
        BaseError: storage is away.
    """
    film = await read_film(store, recording.spans)
    failure = None if film.reels else RecordingFailure.NOTHING_RECORDED
    if is_lost and not await store.is_whole():
        failure = RecordingFailure.SERVER_LOST
    await report_finished(ctx, recording.id, duration_s=film.duration_s, size_bytes=film.size_bytes, failure=failure)


async def finish_if_readable(work: Awaitable[None], ctx: Context, recording: Recording) -> None:
    """As `work` does; it waits while storage is away, and fails where what is stored can't be read."""
    try:
        await work
    except (BaseError, OSError) as error:
        _log.warning("recording_waits", recording=recording.id, problem=str(error).partition("\n")[0])
    except ValueError as error:
        _log.error("recording_unreadable", recording=recording.id, exc_info=error)
        await report_finished(ctx, recording.id, failure=RecordingFailure.STORAGE_UNREADABLE)
