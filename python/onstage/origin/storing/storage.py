"""What of a broadcast survives this process: segments and index as objects, the open segment as a local journal.

Objects go through obstore, so that a folder can become S3 by URL; a journal is appended to, which objects cannot be.
It stays until its segment is an object, so it is also what a segment comes from while the object store is away.
"""

import asyncio
import re
from collections import deque
from collections.abc import Iterable

import obstore
import structlog
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore

from onstage.origin.segments.segment import Segment, StoredWindow, init_name, segment_name
from onstage.origin.storing.history import decode_block
from onstage.origin.storing.index import Index, RenditionEntry, SegmentEntry
from onstage.origin.storing.journal import JournalRecord
from onstage.origin.storing.local_folder import LocalFolder

log = structlog.get_logger(__name__)

_INDEX = "index.json"
_BLOCK = re.compile(r"/history(\d+)\.json$")
READS_AT_ONCE = 16
RESTORED_SEGMENTS = 32
"""How many segments a restart takes back into memory at most; a live window has no more."""


def block_name(first_msn: int) -> str:
    """Name of a block of the history."""
    return f"history{first_msn}.json"


class BroadcastStore:
    """Objects and journals of one broadcast, under its id."""

    def __init__(self, broadcast_id: str, objects: ObjectStore, local: LocalFolder, *, is_remote: bool = False) -> None:
        """`local` holds the journals.

        `is_remote`: objects are not in that folder, which then has a copy of what a restart needs while they are away.
        """
        self.broadcast_id = broadcast_id
        self._objects = objects
        self._local = local
        self.is_remote = is_remote
        self._is_copied = True

    async def append_part(self, rendition: str, msn: int, record: JournalRecord) -> None:
        """Add a part to the journal of the open segment `msn`; it survives the process once this returns."""
        await self._local.append(rendition, msn, record)

    async def keep_init(self, rendition: str, number: int, data: bytes, index: bytes) -> None:
        """Have an init segment outlive this process with the index that tells of it, also while objects are away."""
        if self.is_remote:
            await self._local.keep(f"{rendition}/{init_name(number)}", data)
            await self._local.keep(_INDEX, index)

    async def put_kept_init(self, rendition: str, number: int) -> None:
        """Store an init segment that a process before this one kept, if it did."""
        kept = await self._local.read(f"{rendition}/{init_name(number)}") if self.is_remote else None
        if kept is not None:
            await self.put_init(rendition, number, kept)

    async def put_init(self, rendition: str, number: int, data: bytes) -> None:
        """Store an init segment."""
        await self._put(f"{rendition}/{init_name(number)}", data)

    async def put_segment(self, rendition: str, msn: int, data: bytes) -> None:
        """Store a complete segment."""
        await self._put(f"{rendition}/{segment_name(msn)}", data)

    async def put_index(self, index: bytes) -> None:
        """Replace the index, in one step. A disk that doesn't take its copy stops nothing."""
        is_stored = False
        try:
            await self._put(_INDEX, index)
            is_stored = True
        finally:
            if self.is_remote and not await self._copy(index) and is_stored:
                await self._local.drop(_INDEX)  # by what it tells, numbers of segments would be given a second time

    async def _copy(self, index: bytes) -> bool:
        try:
            await self._local.keep(_INDEX, index)
        except OSError as problem:
            if self._is_copied:
                log.warning("index_not_copied", broadcast_id=self.broadcast_id, problem=str(problem))
            self._is_copied = False
        else:
            self._is_copied = True
        return self._is_copied

    async def put_block(self, rendition: str, first_msn: int, block: bytes) -> None:
        """Store a block of the history."""
        await self._put(f"{rendition}/{block_name(first_msn)}", block)

    async def drop_journal(self, rendition: str, msn: int) -> None:
        """The segment is stored and indexed: its journal is no longer needed."""
        await self._local.drop_journal(rendition, msn)

    def drop_lost(self, rendition: str, msn: int) -> None:
        """The segment will never be stored: its journal would only fill the disk."""
        self._local.drop_journal_soon(rendition, msn)

    async def delete(self, rendition: str, name: str) -> None:
        """Delete a segment or a block that nobody can fetch any more."""
        try:
            await obstore.delete_async(self._objects, self._path(f"{rendition}/{name}"))
        except (NotFoundError, FileNotFoundError):
            log.debug("object was gone already", broadcast_id=self.broadcast_id, name=name)

    async def resource(self, rendition: str, name: str) -> bytes | None:
        """The bytes of a stored segment or init segment."""
        return await self._get(f"{rendition}/{name}")

    async def journaled(self, rendition: str, msn: int) -> Segment | None:
        """The segment `msn` from its journal; None when there is none, or nothing whole in it."""
        return await self._local.journaled(rendition, msn)

    async def history(self, rendition: str) -> list[SegmentEntry]:
        """What all blocks of a rendition tell, in order.

        Raises:
            ValueError: a block can't be read.
        """
        found = await obstore.list(self._objects, prefix=self._path(rendition)).collect_async()
        names = [match for one in found if (match := _BLOCK.search(one["path"]))]
        numbers, turns = sorted(int(match[1]) for match in names), asyncio.Semaphore(READS_AT_ONCE)

        async def read(number: int) -> bytes | None:
            async with turns:
                return await self._get(f"{rendition}/{block_name(number)}")

        blocks = await asyncio.gather(*map(read, numbers))
        return await asyncio.to_thread(_decoded, blocks)

    async def delete_all(self) -> None:
        """Delete everything of the broadcast."""
        found = await obstore.list(self._objects, prefix=self.broadcast_id).collect_async()
        await obstore.delete_async(self._objects, [entry["path"] for entry in found])
        await self._local.remove()

    async def index(self, *, is_new: bool = False) -> Index | None:
        """The stored index; None for a broadcast that was never here.

        `is_new`: it was never live. Where it was begun all the same, this folder knows; storage may be away.

        Raises:
            ValueError: it cannot be read; a copy of this folder that can't be is passed over where there is another.
            BaseError: storage is away, and no copy says what it has.
        """
        data = await self._local.read(_INDEX) if self.is_remote else None
        if is_new and self.is_remote and data is None:
            return None
        local = None if data is None else self._of_copy(data)
        try:
            stored = await self.stored_index()
        except BaseError:
            if local is None:
                raise
            stored = local
        known = [one for one in (local, stored) if one is not None]
        if data is not None and not known:
            raise ValueError(f"the only index of {self.broadcast_id} is unreadable")
        return max(known, key=lambda one: sum(entry.next_msn for entry in one.renditions), default=None)

    def _of_copy(self, data: bytes) -> Index | None:
        try:
            return Index.decode(data)
        except ValueError as problem:  # the machine went down as it was written
            log.error("index_copy_unreadable", broadcast_id=self.broadcast_id, problem=str(problem))
            return None

    async def stored_index(self) -> Index | None:
        """The index among the objects, whatever this machine may know better.

        Raises:
            ValueError: it cannot be read.
        """
        data = await self._get(_INDEX)
        return None if data is None else Index.decode(data)

    async def is_whole(self) -> bool:
        """Whether the broadcast is over, and nothing of it waits in a journal: here, or on another server.

        Raises:
            ValueError: what is stored cannot be read.
        """
        index = await self.stored_index()
        return index is not None and index.is_whole

    async def drop_copies(self) -> None:
        """Delete what this folder has beside an object store, once that has all of the broadcast.

        Raises:
            ValueError: what is stored cannot be read.
            BaseError: storage is away.
        """
        if self.is_remote and await self.is_whole():
            await self._local.remove()

    async def window(self, entry: RenditionEntry) -> StoredWindow:
        """What is stored of a rendition: its segments, the open one closed with its whole parts."""
        name = entry.rendition.name
        indexed = {one.msn: one for one in entry.segments}
        known: dict[int, Segment] = {}
        for msn in await self._newest(entry):
            if msn not in indexed:
                known |= {} if (segment := await self.journaled(name, msn)) is None else {msn: segment}
            elif (segment := await self._segment(name, indexed[msn])) is not None:
                known[msn] = segment
            else:  # a list has no holes: nothing before it can be in the window
                break
        return await self._stored_window(entry, known)

    async def _newest(self, entry: RenditionEntry) -> list[int]:
        """Numbers of the segments that a window may take back, the newest first."""
        numbers = {one.msn for one in entry.segments}.union(await self.unstored(entry))
        return sorted(numbers, reverse=True)[:RESTORED_SEGMENTS]

    async def unstored(self, entry: RenditionEntry) -> list[int]:
        """Numbers of the segments that are still in a journal only."""
        indexed = {one.msn for one in entry.segments}
        journals = await self._local.journals(entry.rendition.name)
        return [msn for msn in journals if msn not in indexed and (not indexed or msn > min(indexed))]

    async def _stored_window(self, entry: RenditionEntry, known: dict[int, Segment]) -> StoredWindow:
        next_msn = max([entry.next_msn, *(msn + 1 for msn in known)])
        kept = _consecutive_tail(known, next_msn)
        dropped = [one for one in entry.segments if not kept or one.msn < kept[0].msn]
        inits = {number: await self._init(entry.rendition.name, number) for number in {one.init_number for one in kept}}
        return StoredWindow(
            segments=kept,
            inits=inits,
            init_count=max([entry.init_count, *(number + 1 for number in inits)]),
            discontinuity_sequence=entry.discontinuity_sequence + sum(one.is_discontinuity for one in dropped),
            next_msn=next_msn,
            next_ticks=max([entry.next_ticks, *(one.end_ticks for one in kept)]),
        )

    async def _segment(self, rendition: str, entry: SegmentEntry) -> Segment | None:
        try:
            data = None if entry.is_lost else await self._get(f"{rendition}/{segment_name(entry.msn)}")
            return None if data is None else entry.segment(data)
        except BaseError as problem:
            log.warning("stored segment not read", broadcast_id=self.broadcast_id, problem=str(problem))
            return None
        except ValueError as problem:
            log.warning("stored segment left out", broadcast_id=self.broadcast_id, problem=str(problem))
            return None

    async def _init(self, rendition: str, number: int) -> bytes:
        name = f"{rendition}/{init_name(number)}"
        data = await self._local.read(name) or await self._get(name)
        if data is None:
            raise ValueError(f"init segment {number} of {self.broadcast_id} is missing")
        return data

    def _path(self, name: str) -> str:
        return f"{self.broadcast_id}/{name}"

    async def _put(self, name: str, data: bytes) -> None:
        await obstore.put_async(self._objects, self._path(name), data)

    async def _get(self, name: str) -> bytes | None:
        try:
            answer = await obstore.get_async(self._objects, self._path(name))
        except (NotFoundError, FileNotFoundError):
            return None
        return bytes(await answer.bytes_async())


def _decoded(blocks: Iterable[bytes | None]) -> list[SegmentEntry]:
    """Not on the event loop: twelve hours of a rendition are 20 000 segments."""
    return [entry for block in blocks if block is not None for entry in decode_block(block)]


def _consecutive_tail(known: dict[int, Segment], next_msn: int) -> tuple[Segment, ...]:
    """The longest run of readable segments that ends right before `next_msn`."""
    tail: deque[Segment] = deque()
    while (segment := known.get(next_msn - 1 - len(tail))) is not None:
        tail.appendleft(segment)
    return tuple(tail)
