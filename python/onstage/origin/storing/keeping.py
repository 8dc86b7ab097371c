"""What of a broadcast goes to storage, in which order, and what is read back for the long playlist."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import structlog
from obstore.exceptions import BaseError

from onstage.clock import Clock
from onstage.errors import ErrorCode, OnstageError
from onstage.model.media import Rendition
from onstage.origin.segments.constants import FIRST_MSN
from onstage.origin.segments.segment import Segment, StoredWindow, segment_name
from onstage.origin.segments.window import Window
from onstage.origin.storing.archive import Archive
from onstage.origin.storing.history import BLOCK, History, block_of, encode_block
from onstage.origin.storing.index import RenditionEntry, SegmentEntry
from onstage.origin.storing.storage import BroadcastStore, block_name
from onstage.origin.storing.write_queue import Job, LostError, StorageState, WriteQueue

log = structlog.get_logger(__name__)

_INDEX_AFTER = 16
"""Segments that may be stored before the index tells of them, while more are waiting."""
_SEGMENT = re.compile(r"seg(\d{1,12})\.m4s")
_INIT = re.compile(r"init\d{1,6}\.mp4")


@dataclass(frozen=True, slots=True)
class StorageReport:
    """Storage of a broadcast became `state`; or media was `lost`: a recording will not have it."""

    broadcast_id: str
    state: StorageState
    lost: bool = False


OnStorage = Callable[[StorageReport], None]


@dataclass(frozen=True, slots=True)
class Keeping:
    """How much of a broadcast is kept, and who hears of trouble.

    Attributes:
        window_ticks: Length of the long list; 0 for none.
        is_recorded: Whether segments stay beyond that.
    """

    window_ticks: int = 0
    is_recorded: bool = False
    archive: Archive = field(default_factory=Archive)
    on_storage: OnStorage | None = None


class Keeper:
    """Stores what the windows of one broadcast complete, and knows the history of each.

    A segment goes out before the index that lists it, so nothing is ever listed by half; its journal goes last.
    """

    def __init__(self, store: BroadcastStore, clock: Clock, *, index: Callable[[], bytes], options: Keeping) -> None:
        """`index` gives the index as it is now."""
        self.is_recorded = options.is_recorded
        self.window_ticks = options.window_ticks
        self._store = store
        self._index = index
        self._archive = options.archive
        self._on_storage = options.on_storage
        self._histories: dict[str, History] = {}
        self._unindexed: list[tuple[str, int]] = []
        self._to_delete: defaultdict[str, list[str]] = defaultdict(list)
        self.writes = WriteQueue(store.broadcast_id, clock, has_journals_apart=store.is_remote, on_state=self._became)

    @property
    def has_long_list(self) -> bool:
        """Whether there is more to list than the window."""
        return self.window_ticks > 0

    def history(self, rendition: str) -> History:
        """The history of a rendition."""
        if rendition not in self._histories:
            self._histories[rendition] = History(self.window_ticks)
        return self._histories[rendition]

    def entry(self, rendition: Rendition, window: Window) -> RenditionEntry:
        """What the index tells of a rendition: what is stored and in no block, or still in the window."""
        history, retained = self.history(rendition.name), window.retained()
        first = min(history.sealed_to, retained[0].msn) if retained else history.sealed_to
        return RenditionEntry.of(rendition, window, history.settled_from(first), history.sealed_to)

    async def restore(self, entry: RenditionEntry, window: Window, kept: StoredWindow) -> None:
        """Take over what is stored of a rendition, of which `kept` is in its window, and store what is not yet.

        Raises:
            ValueError: it can't be read.
        """
        name, history = entry.rendition.name, self.history(entry.rendition.name)
        blocks = await self._blocks(name)
        known = {one.msn: one for one in (*blocks, *entry.segments) if one.msn < kept.next_msn}
        first = entry.segments[0].msn if entry.segments else entry.next_msn
        before = sum(one.is_discontinuity for one in known.values() if one.msn < first)
        history.discontinuity_sequence = entry.discontinuity_sequence - before
        fresh = await self._unstored(entry, known, kept)
        for msn in sorted({**known, **fresh}):
            history.add(fresh.get(msn) or known[msn])
            if msn not in fresh:
                history.settle(msn)
        history.lose_until(kept.next_msn)
        history.sealed_to = max(entry.sealed_to, block_of(min(known, default=0)))
        for number in sorted({one.init_number for one in fresh.values()}):
            put = partial(self._store.put_kept_init, name, number)
            self.writes.put(Job(f"init segment {number}", put, is_vital=True))
        for msn in fresh:
            self._put_segment(name, window, msn)
        first = min([*known, *fresh], default=max(entry.sealed_to, FIRST_MSN))
        for _ in set(range(first, kept.next_msn)).difference(known, fresh):
            self._tell(lost=True)  # it was in a journal that is gone, or never was in one

    async def _unstored(
        self, entry: RenditionEntry, known: Mapping[int, SegmentEntry], kept: StoredWindow
    ) -> dict[int, SegmentEntry]:
        """What only journals have, and what the window has with other bytes than were stored."""
        fresh = {msn: one for msn, one in (await self._journaled(entry)).items() if msn < kept.next_msn}
        for segment in kept.segments:
            stored = known.get(segment.msn)
            if stored is None or (stored.parts and stored.size != len(segment.data)):
                fresh[segment.msn] = SegmentEntry.of(segment)
        return dict(sorted(fresh.items()))

    async def _blocks(self, name: str) -> list[SegmentEntry]:
        if not (self.has_long_list or self.is_recorded):
            return []
        try:
            return await self._store.history(name)
        except BaseError as problem:  # it is away: the long list begins later until the next start
            log.warning("history_not_read", broadcast_id=self._store.broadcast_id, problem=str(problem))
            return []

    async def _journaled(self, entry: RenditionEntry) -> dict[int, SegmentEntry]:
        """One at a time: there may be half an hour of them."""
        found = {}
        for msn in await self._store.unstored(entry):
            if (segment := await self._store.journaled(entry.rendition.name, msn)) is not None:
                found[msn] = SegmentEntry.of(segment)
        return found

    def completed(self, name: str, window: Window, segment: Segment) -> None:
        """Have a segment stored, then the index that lists it; then what nobody can fetch any more goes."""
        self.history(name).add(SegmentEntry.of(segment))
        self._put_segment(name, window, segment.msn)

    def put_init(self, name: str, number: int, data: bytes) -> None:
        """Have an init segment stored, and the index."""

        async def write() -> None:
            await self._store.put_init(name, number, data)
            await self._store.put_index(self._index())

        self.writes.put(Job(f"init segment {number}", write, is_vital=True))

    def put_index(self) -> None:
        """Have the index stored as it is when its turn comes."""
        self.writes.put(Job("index", self._write_index))

    async def media(self, name: str, resource: str) -> bytes | None:
        """A segment or init segment that is no longer in memory; None for what never was, or is gone.

        Raises:
            OnstageError: STORAGE_AWAY (503).
        """
        match = _SEGMENT.fullmatch(resource)
        entry = None if match is None else self.history(name).find(int(match[1]))
        if (entry is None or entry.is_lost) and not _INIT.fullmatch(resource):
            return None
        read = partial(self._read, name, resource, entry)
        try:
            return await self._archive.get(f"{self._store.broadcast_id}/{name}/{resource}", read)
        except (BaseError, OSError) as cause:
            raise OnstageError(ErrorCode.STORAGE_AWAY) from cause

    async def _read(self, name: str, resource: str, entry: SegmentEntry | None) -> bytes | None:
        if entry is not None and not self.history(name).is_settled(entry.msn):
            journaled = await self._store.journaled(name, entry.msn)
            return None if journaled is None else journaled.data
        return await self._store.resource(name, resource)

    async def close(self) -> None:
        """Finish what storage takes now; the rest is in the journals."""
        await self.writes.close()

    # the work

    def _put_segment(self, name: str, window: Window | None, msn: int) -> None:
        self.writes.put(
            Job(f"segment {msn}", partial(self._write_segment, name, window, msn), partial(self._lose, name, msn))
        )

    async def _write_segment(self, name: str, window: Window | None, msn: int) -> None:
        history = self.history(name)
        if not history.is_settled(msn):
            await self._store.put_segment(name, msn, await self._bytes(name, window, msn))
            history.settle(msn)
            self._unindexed.append((name, msn))
        await self._seal(name)
        if self.writes.waiting <= 1 or len(self._unindexed) >= _INDEX_AFTER:
            await self._write_index()
        if window is not None:
            await self._expire(name, window)

    async def _bytes(self, name: str, window: Window | None, msn: int) -> bytes:
        """Those of the segment, from memory, else from its journal.

        Raises:
            LostError: they are in neither.
        """
        data = None if window is None else window.resource(segment_name(msn))
        if data is not None:
            return data
        journaled, entry = await self._store.journaled(name, msn), self.history(name).find(msn)
        if journaled is None or entry is None or len(journaled.data) != entry.size:
            raise LostError(f"segment {msn} is neither in memory nor whole in its journal")
        return journaled.data

    async def _seal(self, name: str) -> None:
        history = self.history(name)
        while (self.has_long_list or self.is_recorded) and (block := history.block_due()):
            await self._store.put_block(name, block_of(block[0].msn), encode_block(block))
            history.seal()

    async def _write_index(self) -> None:
        told = list(self._unindexed)
        await self._store.put_index(self._index())
        for name, msn in told:
            await self._store.drop_journal(name, msn)
        del self._unindexed[: len(told)]

    async def _expire(self, name: str, window: Window) -> None:
        history, first = self.history(name), window.retained()[0].msn
        if self.has_long_list:
            first = min(first, history.too_old(window.next_ticks))
        if self.is_recorded:
            history.forget_before(min(first, history.sealed_to))
        else:
            gone = history.forget_before(first)
            self._to_delete[name] += [segment_name(one.msn) for one in gone if not one.is_lost]
            self._to_delete[name] += [block_name(one.msn - BLOCK + 1) for one in gone if one.msn % BLOCK == BLOCK - 1]
        while names := self._to_delete[name]:
            await self._store.delete(name, names[0])
            del names[0]

    def _lose(self, name: str, msn: int) -> None:
        self.history(name).lose(msn)
        self._store.drop_lost(name, msn)
        self._tell(lost=True)

    def _became(self, state: StorageState) -> None:
        self._tell(state=state)

    def _tell(self, *, state: StorageState | None = None, lost: bool = False) -> None:
        if self._on_storage is not None:
            self._on_storage(StorageReport(self._store.broadcast_id, state or self.writes.state, lost))
