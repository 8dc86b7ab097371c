"""What of a broadcast survives this process: segments and index as objects, the open segment as a local journal.

Objects go through obstore, so that a folder can become S3 by URL; a journal is appended to, which objects cannot be.
It stays until its segment is an object, so it is also what a segment comes from while the object store is away.
Nothing here runs file access on the event loop.
"""

import asyncio
import errno
import os
import re
import shutil
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import TypeVar, TypeVarTuple

import obstore
import structlog
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore

from onstage.origin.history import decode_block
from onstage.origin.index import Index, RenditionEntry, SegmentEntry
from onstage.origin.journal import JournalRecord, read_journal, segment_of
from onstage.origin.window import Segment, StoredWindow, init_name, segment_name

log = structlog.get_logger(__name__)

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_INDEX = "index.json"
_JOURNAL = re.compile(r"open(\d+)\.journal")
_BLOCK = re.compile(r"/history(\d+)\.json$")
RESTORED_SEGMENTS = 32
"""How many segments a restart takes back into memory at most; a live window has no more."""


def block_name(first_msn: int) -> str:
    """Name of a block of the history."""
    return f"history{first_msn}.json"


class BroadcastStore:
    """Objects and journals of one broadcast, under its id."""

    def __init__(
        self, broadcast_id: str, objects: ObjectStore, folder: Path, executor: Executor, *, is_remote: bool = False
    ) -> None:
        """`folder` holds the journals; `executor` has one thread, so that appends keep their order.

        `is_remote`: objects are not in that folder, which then has a copy of what a restart needs while they are away.
        """
        self.broadcast_id = broadcast_id
        self._objects = objects
        self._folder = folder / broadcast_id
        self._executor = executor
        self._is_remote = is_remote

    async def append_part(self, rendition: str, msn: int, record: JournalRecord) -> None:
        """Add a part to the journal of the open segment `msn`; it survives the process once this returns."""
        await self._in_thread(_append, self._journal(rendition, msn), record.encode())

    async def keep_init(self, rendition: str, number: int, data: bytes) -> None:
        """Have an init segment outlive this process, also while objects are away."""
        if self._is_remote:
            await self._in_thread(_write, self._folder / rendition / init_name(number), data)

    async def put_init(self, rendition: str, number: int, data: bytes) -> None:
        """Store an init segment."""
        await self._put(f"{rendition}/{init_name(number)}", data)

    async def put_segment(self, rendition: str, msn: int, data: bytes) -> None:
        """Store a complete segment."""
        await self._put(f"{rendition}/{segment_name(msn)}", data)

    async def put_index(self, index: bytes) -> None:
        """Replace the index, in one step."""
        if self._is_remote:
            await self._in_thread(_write, self._folder / _INDEX, index)
        await self._put(_INDEX, index)

    async def put_block(self, rendition: str, first_msn: int, block: bytes) -> None:
        """Store a block of the history."""
        await self._put(f"{rendition}/{block_name(first_msn)}", block)

    async def drop_journal(self, rendition: str, msn: int) -> None:
        """The segment is stored and indexed: its journal is no longer needed."""
        await self._in_thread(_unlink, self._journal(rendition, msn))

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
        return await self._in_thread(self._read_journal, rendition, msn)

    async def history(self, rendition: str) -> list[SegmentEntry]:
        """What all blocks of a rendition tell, in order.

        Raises:
            ValueError: a block can't be read.
        """
        found = await obstore.list(self._objects, prefix=self._path(rendition)).collect_async()
        names = [match for one in found if (match := _BLOCK.search(one["path"]))]
        numbers = sorted(int(match[1]) for match in names)
        blocks = await asyncio.gather(*(self._get(f"{rendition}/{block_name(one)}") for one in numbers))
        return [entry for block in blocks if block is not None for entry in decode_block(block)]

    async def delete_all(self) -> None:
        """Delete everything of the broadcast."""
        found = await obstore.list(self._objects, prefix=self.broadcast_id).collect_async()
        await obstore.delete_async(self._objects, [entry["path"] for entry in found])
        await self._in_thread(_remove_tree, self._folder)

    async def index(self) -> Index | None:
        """The stored index; None for a broadcast that was never here.

        Raises:
            ValueError: it cannot be read.
        """
        local = await self._in_thread(_read, self._folder / _INDEX) if self._is_remote else None
        try:
            data = await self._get(_INDEX)
        except BaseError:
            if local is None:
                raise
            data = local
        known = [Index.decode(one) for one in (local, data) if one is not None]
        return max(known, key=lambda one: sum(entry.next_msn for entry in one.renditions), default=None)

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
        journals = await self._in_thread(self._journals, entry.rendition.name)
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
        path = self._folder / rendition / init_name(number)
        data = await self._in_thread(_read, path) or await self._get(f"{rendition}/{init_name(number)}")
        if data is None:
            raise ValueError(f"init segment {number} of {self.broadcast_id} is missing")
        return data

    def _journals(self, rendition: str) -> list[int]:
        paths = (self._folder / rendition).glob("open*.journal")
        return sorted(int(match[1]) for path in paths if (match := _JOURNAL.fullmatch(path.name)))

    def _read_journal(self, rendition: str, msn: int) -> Segment | None:
        data = _read(self._journal(rendition, msn))
        records = [] if data is None else list(read_journal(data))
        return segment_of(msn, records) if records else None

    def _journal(self, rendition: str, msn: int) -> Path:
        return self._folder / rendition / f"open{msn}.journal"

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

    async def _in_thread(self, function: Callable[[*Ts], T], *arguments: *Ts) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, function, *arguments)


def _consecutive_tail(known: dict[int, Segment], next_msn: int) -> tuple[Segment, ...]:
    """The longest run of readable segments that ends right before `next_msn`."""
    tail: deque[Segment] = deque()
    while (segment := known.get(next_msn - 1 - len(tail))) is not None:
        tail.appendleft(segment)
    return tuple(tail)


def _append(path: Path, data: bytes) -> None:
    """Append all of `data`, or nothing of it: behind half a record, later ones would not be found."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab", buffering=0) as journal:
        whole = journal.tell()
        try:
            if journal.write(data) != len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError:
            journal.truncate(whole)
            raise


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(data)
    fresh.replace(path)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)


def _remove_tree(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
