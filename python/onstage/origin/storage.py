"""What of a broadcast survives this process: segments and index as objects, the open segment as a local journal.

Objects go through obstore, so that a folder can become S3 by URL; a journal is appended to, which objects cannot be.
Nothing here runs file access on the event loop.
"""

import asyncio
import re
import shutil
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import TypeVar, TypeVarTuple

import obstore
import structlog
from obstore.exceptions import NotFoundError
from obstore.store import ObjectStore

from onstage.origin.index import Index, RenditionEntry, SegmentEntry
from onstage.origin.journal import JournalRecord, read_journal, segment_of
from onstage.origin.window import Segment, StoredWindow, init_name, segment_name

log = structlog.get_logger(__name__)

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_JOURNAL = re.compile(r"open(\d+)\.journal")


class BroadcastStore:
    """Objects and journals of one broadcast, under its id."""

    def __init__(self, broadcast_id: str, objects: ObjectStore, folder: Path, executor: Executor) -> None:
        """`folder` holds the journals; `executor` has one thread, so that appends keep their order."""
        self.broadcast_id = broadcast_id
        self._objects = objects
        self._folder = folder / broadcast_id
        self._executor = executor

    async def append_part(self, rendition: str, msn: int, record: JournalRecord) -> None:
        """Add a part to the journal of the open segment `msn`; it survives the process once this returns."""
        await self._in_thread(_append, self._journal(rendition, msn), record.encode())

    async def put_init(self, rendition: str, number: int, data: bytes) -> None:
        """Store an init segment."""
        await self._put(f"{rendition}/{init_name(number)}", data)

    async def put_segment(self, rendition: str, segment: Segment) -> None:
        """Store a complete segment."""
        await self._put(f"{rendition}/{segment_name(segment.msn)}", segment.data)

    async def put_index(self, index: bytes) -> None:
        """Replace the index, in one step."""
        await self._put("index.json", index)

    async def drop_journal(self, rendition: str, msn: int) -> None:
        """The segment is stored and indexed: its journal is no longer needed."""
        await self._in_thread(_unlink, self._journal(rendition, msn))

    async def delete_segment(self, rendition: str, msn: int) -> None:
        """Delete a segment that nobody can fetch any more."""
        try:
            await obstore.delete_async(self._objects, self._path(f"{rendition}/{segment_name(msn)}"))
        except (NotFoundError, FileNotFoundError):
            log.debug("segment was gone already", broadcast_id=self.broadcast_id, msn=msn)

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
        data = await self._get("index.json")
        return None if data is None else Index.decode(data)

    async def window(self, entry: RenditionEntry) -> StoredWindow:
        """What is stored of a rendition: its segments, the open one closed with its whole parts."""
        known = {one.msn: await self._segment(entry.rendition.name, one) for one in entry.segments}
        from_journals = await self._in_thread(self._read_journals, entry.rendition.name, entry.next_msn)
        known |= {segment.msn: segment for segment in from_journals}
        return await self._stored_window(entry, known)

    async def _stored_window(self, entry: RenditionEntry, known: dict[int, Segment | None]) -> StoredWindow:
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
        data = await self._get(f"{rendition}/{segment_name(entry.msn)}")
        try:
            return None if data is None else entry.segment(data)
        except ValueError as problem:
            log.warning("stored segment left out", broadcast_id=self.broadcast_id, problem=str(problem))
            return None

    async def _init(self, rendition: str, number: int) -> bytes:
        data = await self._get(f"{rendition}/{init_name(number)}")
        if data is None:
            raise ValueError(f"init segment {number} of {self.broadcast_id} is missing")
        return data

    def _read_journals(self, rendition: str, from_msn: int) -> list[Segment]:
        segments = []
        for path in (self._folder / rendition).glob("open*.journal"):
            match = _JOURNAL.fullmatch(path.name)
            if match and int(match[1]) >= from_msn and (records := list(read_journal(path.read_bytes()))):
                segments.append(segment_of(int(match[1]), records))
        return sorted(segments, key=lambda segment: segment.msn)

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


def _consecutive_tail(known: dict[int, Segment | None], next_msn: int) -> tuple[Segment, ...]:
    """The longest run of readable segments that ends right before `next_msn`."""
    tail: deque[Segment] = deque()
    while (segment := known.get(next_msn - 1 - len(tail))) is not None:
        tail.appendleft(segment)
    return tuple(tail)


def _append(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as journal:
        journal.write(data)


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)


def _remove_tree(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
