"""Where assets lie: `assets/rec_…/mp4/720p.mp4` beside `live`, each an object that is there whole or not at all."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from typing import TYPE_CHECKING

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from onstage.origin.storing.ranges import ByteRange

if TYPE_CHECKING:
    from obstore import BytesStream

_PIECE_BYTES = 1024 * 1024
log = structlog.get_logger(__name__)


class Shelf:
    """The stored assets, by recording."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

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
            found = await obstore.list(self._objects, prefix=recording_id).collect_async()
            await obstore.delete_async(self._objects, [one["path"] for one in found])
        except (BaseError, OSError) as error:  # the next start sweeps them
            log.warning("assets_not_deleted", recording=recording_id, problem=str(error))

    async def sweep(self, wanted: Callable[[Collection[str]], Awaitable[Collection[str]]]) -> None:
        """Delete what is left of recordings that are gone. `wanted` says which of those found are not."""
        try:
            listing = await obstore.list_with_delimiter_async(self._objects)
            found = set(listing["common_prefixes"])
            for recording_id in found.difference(await wanted(found)):
                await self.remove(recording_id)
        except (BaseError, OSError) as error:
            log.warning("assets_not_swept", problem=str(error))  # the next start tries again


async def _pieces(stream: "BytesStream") -> AsyncIterator[bytes]:
    async for piece in stream:
        yield bytes(piece)
