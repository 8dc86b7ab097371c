"""Where assets lie: `assets/rec_…/mp4/720p.mp4` beside `live`, each an object that is there whole or not at all.

In a folder, a store that is cut off leaves `720p.mp4#1`, and deleted objects leave empty folders, neither of which is
ever listed: there, whole folders are deleted.
"""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from glob import escape
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from onstage.origin.storing.objects import UPLOADED_AT_ONCE, Pace, folder_of, open_objects
from onstage.origin.storing.ranges import ByteRange

if TYPE_CHECKING:
    from obstore import BytesStream

_AREA = "assets"
_PIECE_BYTES = 1024 * 1024
log = structlog.get_logger(__name__)


class Shelf:
    """The stored assets, by recording."""

    def __init__(self, objects: ObjectStore, folder: Path | None = None) -> None:
        """`folder` is where the objects are files of this machine."""
        self._objects = objects
        self._folder = folder

    @classmethod
    def at(cls, url: str, pace: Pace = Pace.DOWNLOAD) -> "Shelf":
        """The shelf in the storage of that URL.

        Raises:
            StartError: as `open_objects`.
        """
        folder = folder_of(url)
        return cls(open_objects(url, _AREA, pace), None if folder is None else folder / _AREA)

    def put(self, name: str, file: Path) -> None:
        """Store a file, in place of what was cut off of it before. For a process of its own: it waits.

        Raises:
            BaseError, OSError: storage does not take it.
        """
        if self._folder is not None:
            path = self._folder / name
            for half in path.parent.glob(f"{escape(path.name)}#*"):
                half.unlink(missing_ok=True)
        obstore.put(self._objects, name, file, max_concurrency=UPLOADED_AT_ONCE)

    async def read(self, name: str, part: ByteRange | None) -> AsyncIterator[bytes]:
        """The bytes of an asset, or a part of them, as they come. Found and opened once this returns.

        Raises:
            BaseError, OSError: it can't be had, or not now.
        """
        if part is None:
            found = await obstore.get_async(self._objects, name)
        else:
            found = await obstore.get_async(self._objects, name, options={"range": (part.first, part.last + 1)})
        return _pieces(found.stream(min_chunk_size=_PIECE_BYTES))

    async def remove(self, recording_id: str) -> None:
        """Delete all that was made of a recording."""
        try:
            if self._folder is not None:
                await asyncio.to_thread(_remove_folder, self._folder / recording_id)
                return
            found = await obstore.list(self._objects, prefix=recording_id).collect_async()
            await obstore.delete_async(self._objects, [one["path"] for one in found])
        except (BaseError, OSError) as error:  # a later sweep finds them
            log.warning("assets_not_deleted", recording=recording_id, problem=str(error))

    async def sweep(self, wanted: Callable[[Collection[str]], Awaitable[Collection[str]]]) -> None:
        """Delete what is left of recordings that are gone. `wanted` says which of those found are not."""
        try:
            found = await self._recordings()
            for recording_id in found.difference(await wanted(found)):
                await self.remove(recording_id)
        except (BaseError, OSError) as error:
            log.warning("assets_not_swept", problem=str(error))  # the next sweep tries again

    async def _recordings(self) -> set[str]:
        if self._folder is not None:
            return await asyncio.to_thread(_folders_in, self._folder)
        return set((await obstore.list_with_delimiter_async(self._objects))["common_prefixes"])


def _folders_in(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir() if one.is_dir()}


def _remove_folder(folder: Path) -> None:
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder)


async def _pieces(stream: "BytesStream") -> AsyncIterator[bytes]:
    async for piece in stream:
        yield bytes(piece)
