"""The files that may be played, in the data folder: what people uploaded, and what was fetched for one playback.

They come from strangers: each is written under a name of ours, bounded in size, and looked at in another process
(`media_probe.py`) before it is said to be playable.
"""

import asyncio
import contextlib
import json
import math
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from datetime import datetime
from pathlib import Path

from onstage.children import spawn
from onstage.composer.media_file import MediaError
from onstage.composer.media_probe import MediaFacts
from onstage.model.playbacks import MediaKind

PROBED_WITHIN_S = 20.0
_COMMAND = (sys.executable, "-m", "onstage.composer.media_probe")
_WRITTEN_AT_ONCE = 1024 * 1024
_PROBES_AT_ONCE = 2


class TooLargeError(Exception):
    """More was sent than a file may have."""


Sleep = Callable[[float], Awaitable[None]]


class MediaLibrary:
    """A folder of files, each under the id of what it is for."""

    def __init__(self, folder: Path, *, most_bytes: int) -> None:
        self._folder = folder
        self._probes = asyncio.Semaphore(_PROBES_AT_ONCE)
        self.most_bytes = most_bytes

    def path(self, name: str) -> Path:
        """Where the file of that id is."""
        return self._folder / name

    def has(self, name: str) -> bool:
        """Whether it is here, whole."""
        return self.path(name).is_file()

    async def write(self, name: str, data: AsyncIterator[bytes]) -> int:
        """Keep what comes, and say how many bytes it was; nothing is left of it unless it is whole.

        Raises:
            TooLargeError: it is more than a file may have.
            OSError: the disk does not take it.
        """
        partial = self.path(name).with_suffix(".part")
        try:
            size = await self._write(partial, data)
            await asyncio.to_thread(partial.rename, self.path(name))
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return size

    async def _write(self, path: Path, data: AsyncIterator[bytes]) -> int:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        size, waiting = 0, bytearray()
        with path.open("wb") as file:  # buffered: a raw file may write less than it is given, and says so in a number
            async for piece in data:
                size += len(piece)
                if size > self.most_bytes:
                    raise TooLargeError
                waiting += piece
                if len(waiting) >= _WRITTEN_AT_ONCE:
                    await asyncio.to_thread(file.write, waiting)
                    waiting = bytearray()
            await asyncio.to_thread(file.write, waiting)
        return size

    async def facts(self, name: str) -> MediaFacts:
        """What the file is.

        Raises:
            MediaError: it is not to be played.
        """
        async with self._probes:
            child = await spawn([*_COMMAND, str(self.path(name))], name="media probe", on_line=lambda _: None)
            try:
                async with asyncio.timeout(PROBED_WITHIN_S):
                    await child.wait()
            except TimeoutError as cause:
                raise MediaError("it takes too long to find out what it is") from cause
            finally:
                await child.stop(grace_s=0.0)
            return _read(child.tail[-1] if child.tail else "")

    async def remove(self, name: str) -> None:
        """Delete the file, if it is there."""
        await asyncio.to_thread(self.path(name).unlink, missing_ok=True)

    async def sweep(self, keep: Collection[str], *, written_before: datetime | None = None) -> None:
        """Delete every other file: what was being written when the server went down, and what nobody plays any more.

        `written_before`: only those that old; others may just be on their way in.
        """
        await asyncio.to_thread(self._sweep, frozenset(keep), written_before)

    def _sweep(self, keep: frozenset[str], written_before: datetime | None) -> None:
        until_s = math.inf if written_before is None else written_before.timestamp()
        with contextlib.suppress(FileNotFoundError):
            for path in list(self._folder.iterdir()):
                if path.name not in keep and path.stat().st_mtime <= until_s:
                    path.unlink(missing_ok=True)


def _read(line: str) -> MediaFacts:
    try:
        said = json.loads(line)
    except ValueError as cause:  # killed by a limit, or by what it read
        raise MediaError("it takes too much time or memory to be played") from cause
    if "error" in said:
        raise MediaError(said["error"])
    return MediaFacts(MediaKind(said["kind"]), said["duration_ms"], said["width"], said["height"])
