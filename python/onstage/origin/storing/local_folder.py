"""What of a broadcast is on this machine's disk alone: journals, and copies for a restart while objects are away.

Nothing here runs file access on the event loop: all of it is done by one thread, so that appends keep their order.
"""

import asyncio
import errno
import os
import re
import shutil
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import TypeVar, TypeVarTuple

from onstage.origin.segments.segment import Segment
from onstage.origin.storing.journal import JournalRecord, read_journal, segment_of

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_JOURNAL = re.compile(r"open(\d+)\.journal")


class LocalFolder:
    """The folder of one broadcast. Names are relative to it."""

    def __init__(self, folder: Path, executor: Executor) -> None:
        """`executor` has one thread."""
        self._folder = folder
        self._executor = executor

    async def keep(self, name: str, data: bytes) -> None:
        """Write a file, whole or not at all, also should the machine go down; it is on the disk once this returns."""
        await self._in_thread(_write, self._folder / name, data)

    async def drop(self, name: str) -> None:
        """Delete a file, if it is there."""
        await self._in_thread(_unlink, self._folder / name)

    async def read(self, name: str) -> bytes | None:
        """A file; None when it isn't there."""
        return await self._in_thread(_read, self._folder / name)

    async def remove(self) -> None:
        """Delete everything."""
        await self._in_thread(_remove_tree, self._folder)

    async def append(self, rendition: str, msn: int, record: JournalRecord) -> None:
        """Add a part to the journal of segment `msn`; it survives the process once this returns."""
        await self._in_thread(_append, self._journal(rendition, msn), record.encode())

    async def journals(self, rendition: str) -> list[int]:
        """Numbers of the segments that have a journal, in order."""
        return await self._in_thread(self._journals, rendition)

    async def journaled(self, rendition: str, msn: int) -> Segment | None:
        """The segment `msn` from its journal; None when there is none, or nothing whole in it."""
        return await self._in_thread(self._read_journal, rendition, msn)

    async def drop_journal(self, rendition: str, msn: int) -> None:
        """The segment needs its journal no longer."""
        await self._in_thread(_unlink, self._journal(rendition, msn))

    def drop_journal_soon(self, rendition: str, msn: int) -> None:
        """As `drop_journal`, without waiting for it."""
        self._executor.submit(_unlink, self._journal(rendition, msn))

    def _journals(self, rendition: str) -> list[int]:
        paths = (self._folder / rendition).glob("open*.journal")
        return sorted(int(match[1]) for path in paths if (match := _JOURNAL.fullmatch(path.name)))

    def _read_journal(self, rendition: str, msn: int) -> Segment | None:
        data = _read(self._journal(rendition, msn))
        records = [] if data is None else list(read_journal(data))
        return segment_of(msn, records) if records else None

    def _journal(self, rendition: str, msn: int) -> Path:
        return self._folder / rendition / f"open{msn}.journal"

    async def _in_thread(self, function: Callable[[*Ts], T], *arguments: *Ts) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, function, *arguments)


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
    try:
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # else the new name may be there before what it names
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Have what was renamed in it outlive the machine's going down."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)


def _remove_tree(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
