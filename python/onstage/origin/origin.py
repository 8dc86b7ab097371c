"""All broadcasts this process serves."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore

from onstage.clock import Clock
from onstage.errors import ErrorCode, OnstageError
from onstage.model.captions import CaptionTrack
from onstage.model.media import TICKS_PER_SECOND, LatencyProfile
from onstage.origin.live.broadcast import BroadcastWindow
from onstage.origin.segments.figures import BroadcastStats, OnPublished
from onstage.origin.storing.archive import Archive
from onstage.origin.storing.keeping import Keeping, OnStorage, StorageReport
from onstage.origin.storing.local_folder import LocalFolder
from onstage.origin.storing.storage import BroadcastStore
from onstage.origin.storing.write_queue import StorageState

LOOK_AGAIN_S = 5.0
"""Whether storage has taken what an ended broadcast still had to store."""

log = structlog.get_logger(__name__)


class Origin:
    """Opens broadcasts, finds them for the HTTP door, and retires them some time after their end.

    Built by `app.py` once; `open` gives the sink that a composer's supervisor feeds.
    """

    def __init__(
        self,
        clock: Clock,
        folder: Path | None,
        *,
        objects: ObjectStore | None = None,
        on_published: OnPublished | None = None,
        on_storage: OnStorage | None = None,
    ) -> None:
        """Make an origin.

        Args:
            clock: Time for holding requests and retiring broadcasts.
            folder: Where `<broadcast_id>/…` is kept; None keeps everything in memory only.
            objects: Where segments and the index go; the folder itself when None.
            on_published: Called on the event loop for each part that became fetchable.
            on_storage: Called on the event loop when storage goes away, is full or comes back.
        """
        self.clock = clock
        self.folder = folder
        self._on_published = on_published
        self.on_storage = on_storage
        self._archive = Archive()
        self._is_remote = objects is not None
        self._objects = objects
        if folder is not None and objects is None:
            self._objects = LocalStore(prefix=folder, mkdir=True)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="origin-journal")
        self._broadcasts: dict[str, BroadcastWindow] = {}
        self._retirements: set[asyncio.Task[None]] = set()

    async def open(
        self,
        broadcast_id: str,
        room_id: str,
        profile: LatencyProfile,
        *,
        is_recorded: bool = False,
        is_new: bool = False,
        dvr_window_s: int = 0,
        captions: Sequence[CaptionTrack] = (),
    ) -> BroadcastWindow:
        """The window of a broadcast: a new one, or refilled from what is stored under its id (design §10.12).

        `is_recorded`: segments are never deleted here. `is_new`: it was never live, so storage need not be there.
        `dvr_window_s`: how far back the long list goes, 0 for none.

        Raises:
            ValueError: what is stored cannot be read. The id cannot be used again, since its URLs are immutable.
            OnstageError: STORAGE_AWAY, and nothing here says what is stored.
        """
        store = self._store(broadcast_id)
        window = BroadcastWindow(
            broadcast_id,
            room_id,
            profile,
            clock=self.clock,
            store=store,
            options=Keeping(dvr_window_s * TICKS_PER_SECOND, is_recorded, self._archive, self._tell),
            captions=captions,
            on_published=self._on_published,
            on_ended=self._retire,
        )
        try:
            index = await store.index(is_new=is_new) if store is not None else None
            if index is not None:
                await window.refill(index)
        except BaseError as cause:
            raise OnstageError(ErrorCode.STORAGE_AWAY) from cause
        self._broadcasts[broadcast_id] = window
        return window

    async def sweep(self, wanted: Callable[[Collection[str]], Awaitable[Collection[str]]]) -> None:
        """Delete what is stored of broadcasts that are over: what a dead server left, or could not be deleted then.

        `wanted` is asked with what is found, and says what to keep. Found first: what begins meanwhile is not there.
        """
        if self._objects is None:
            return
        try:
            listing = await obstore.list_with_delimiter_async(self._objects)
            here = await asyncio.to_thread(_folders_in, self.folder)
            found = {*listing["common_prefixes"], *here}
            unwanted = found.difference(await wanted(found), self._broadcasts)
            for broadcast_id in unwanted:
                await self._delete(broadcast_id)
            for broadcast_id in set(here).difference(unwanted, self._broadcasts):
                await self._drop_copies(broadcast_id)
        except (BaseError, OSError) as error:
            log.warning("leftovers_not_deleted", problem=str(error).partition("\n")[0])  # the next sweep tries again

    def room_live(self, room_id: str) -> BroadcastWindow | None:
        """The broadcast that viewers of a room are led to now: of those that are live, the one opened last."""
        newest_first = reversed(self._broadcasts.values())
        return next((one for one in newest_first if one.room_id == room_id and one.is_live), None)

    def broadcast(self, broadcast_id: str) -> BroadcastWindow:
        """A broadcast that is live, starting, or ended a short while ago.

        Raises:
            OnstageError: BROADCAST_NOT_FOUND.
        """
        try:
            return self._broadcasts[broadcast_id]
        except KeyError:
            raise OnstageError(ErrorCode.BROADCAST_NOT_FOUND) from None

    async def retired(self) -> None:
        """Return once no ended broadcast is kept any more."""
        await asyncio.gather(*self._retirements)

    def stats(self) -> dict[str, BroadcastStats]:
        """Counters by broadcast."""
        return {broadcast_id: window.stats() for broadcast_id, window in self._broadcasts.items()}

    def let_go(self) -> None:
        """The server is about to stop: answer held requests with 503 now, so that it need not wait for them."""
        for window in self._broadcasts.values():
            window.let_go()

    async def close(self) -> None:
        """Stop: held requests are let go with 503, what is being stored is finished; nothing is deleted."""
        for task in self._retirements:
            task.cancel()
        await asyncio.gather(*self._retirements, return_exceptions=True)
        for window in self._broadcasts.values():
            await window.close()
        self._executor.shutdown()

    async def forget(self, broadcast_id: str) -> None:
        """Delete a broadcast that is over; for one that is still open there is `keep_no_more`."""
        if not self.is_open(broadcast_id):
            await self._delete_if_possible(broadcast_id)

    def keep_no_more(self, broadcast_id: str) -> None:
        """What is stored of an open broadcast goes when it is retired, unless a recording wants it (`keep_all`)."""
        window = self._broadcasts.get(broadcast_id)
        if window is not None and window.keeper is not None:
            window.keeper.is_recorded = False

    def keep_all(self, broadcast_id: str) -> None:
        """A recording wants what is stored of the broadcast: it outlives its retirement, if that is still to come."""
        window = self._broadcasts.get(broadcast_id)
        if window is not None:
            window.keep_all(is_recorded=True)

    def is_open(self, broadcast_id: str) -> bool:
        """Whether this process has the broadcast: it runs, or ended a while ago."""
        return broadcast_id in self._broadcasts

    def settled(self, broadcast_id: str) -> BroadcastStore | None:
        """What is stored of a broadcast; None while something of it still waits for storage."""
        window = self._broadcasts.get(broadcast_id)
        if window is not None and window.keeper is not None and window.keeper.writes.waiting:
            return None
        return self._store(broadcast_id)

    @property
    def archive(self) -> Archive:
        """What is read back is kept here a little while."""
        return self._archive

    def store(self, broadcast_id: str) -> BroadcastStore | None:
        """What is stored of a broadcast; None where nothing is ever stored."""
        return self._store(broadcast_id)

    def _store(self, broadcast_id: str) -> BroadcastStore | None:
        if self.folder is None or self._objects is None:
            return None
        local = LocalFolder(self.folder / broadcast_id, self._executor)
        return BroadcastStore(broadcast_id, self._objects, local, is_remote=self._is_remote)

    def _tell(self, report: StorageReport) -> None:
        if self.on_storage is not None:
            self.on_storage(report)

    async def _delete(self, broadcast_id: str) -> None:
        store = self._store(broadcast_id)
        if store is not None:
            await store.delete_all()

    def _retire(self, window: BroadcastWindow) -> None:
        task = asyncio.create_task(self._retire_later(window))
        self._retirements.add(task)
        task.add_done_callback(self._retirements.discard)

    async def _retire_later(self, window: BroadcastWindow) -> None:
        """Keep an ended broadcast for as long as its segments must stay fetchable (RFC 8216bis §6.2.1, §6.2.2)."""
        await self.clock.sleep(window.unlisted_after_s)
        while window.keeper is not None and window.keeper.writes.waiting:  # what waits is only here
            await self.clock.sleep(LOOK_AGAIN_S)
        self._broadcasts.pop(window.broadcast_id, None)
        await window.close()
        self._tell(StorageReport(window.broadcast_id, StorageState.WELL))  # nothing of it is to be stored any more
        await self._forget(window)
        log.info("broadcast retired", broadcast_id=window.broadcast_id)

    async def _forget(self, window: BroadcastWindow) -> None:
        if window.keeper is None:
            return
        if window.keeper.is_recorded:
            await self._drop_copies(window.broadcast_id)
        else:
            await self._delete_if_possible(window.broadcast_id)

    async def _drop_copies(self, broadcast_id: str) -> None:
        store = self._store(broadcast_id)
        try:
            if store is not None:
                await store.drop_copies()
        except (BaseError, OSError, ValueError) as error:  # the next sweep tries again
            log.warning("copies_not_dropped", broadcast_id=broadcast_id, problem=str(error).partition("\n")[0])

    async def _delete_if_possible(self, broadcast_id: str) -> None:
        try:
            await self._delete(broadcast_id)
        except (BaseError, OSError) as error:  # the next sweep finds it
            log.warning("broadcast not deleted", broadcast_id=broadcast_id, problem=str(error))


def _folders_in(folder: Path | None) -> list[str]:
    if folder is None or not folder.is_dir():
        return []
    return [path.name for path in folder.iterdir() if path.is_dir()]
