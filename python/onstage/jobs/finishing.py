"""Finishes recordings behind their shows, and those that a server left unfinished when it died."""

import structlog
from obstore.exceptions import BaseError

from onstage.actions.context import Context
from onstage.actions.recording_life import report_finished
from onstage.jobs.tasks import Tasks, attempt
from onstage.model.records import Recording, RecordingFailure, RecordingStatus
from onstage.origin.origin import Origin
from onstage.origin.vod import Recorded, read_film
from onstage.store import recordings

LOOK_EVERY_S = 1.0
_log = structlog.get_logger(__name__)


class Finishing:
    """Looks for recordings that have ended; what it goes by is in the store, so that a restart forgets none."""

    def __init__(self, ctx: Context, origin: Origin) -> None:
        self._ctx = ctx
        self._origin = origin
        self._tasks = Tasks()

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
        return Recorded(found.broadcast_id, found.spans)

    async def _run(self) -> None:
        while True:
            await attempt(self._finish_all(), "finish recordings")
            await self._ctx.clock.sleep(LOOK_EVERY_S)

    async def _finish_all(self) -> None:
        async with self._ctx.database.read() as tx:
            due = await recordings.in_process(tx, self._ctx.server_id)
        for recording in due:
            await attempt(self._finish(recording), f"finish {recording.id}")

    async def _finish(self, recording: Recording) -> None:
        store = self._origin.settled(recording.broadcast_id)
        if store is None:
            return  # something of it still waits for storage
        try:
            film = await read_film(store, recording.spans)
        except (BaseError, OSError) as error:
            _log.warning("recording_waits", recording=recording.id, problem=str(error))
            return
        except ValueError as error:
            _log.error("recording_unreadable", recording=recording.id, exc_info=error)
            await report_finished(self._ctx, recording.id, failure=RecordingFailure.STORAGE_UNREADABLE)
            return
        failure = None if film.reels else RecordingFailure.NOTHING_RECORDED
        await report_finished(
            self._ctx, recording.id, duration_s=film.duration_s, size_bytes=film.size_bytes, failure=failure
        )
