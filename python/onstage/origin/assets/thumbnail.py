"""A picture of a running show, for lists of shows: made at most once every few seconds, and only if asked for."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

from onstage.clock import Clock
from onstage.errors import ErrorCode, OnstageError
from onstage.origin.assets.stills import decoded
from onstage.origin.live.broadcast import BroadcastWindow
from onstage.origin.once import Once
from onstage.origin.segments.segment import init_name

EVERY_S = 5
CACHING = f"public, max-age={EVERY_S}"
LONGEST_SIDE = 480
_MOST_BYTES = 4 * 1024 * 1024
_QUALITY = 80


class Thumbnails:
    """JPEGs of shows. All who ask within `EVERY_S` get the same. Why a thread may decode here: ADR 11."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._made = Once[bytes](_MOST_BYTES, len)
        self._thread = ThreadPoolExecutor(1, "thumbnails")  # one at a time: it is not what the server is for

    async def close(self) -> None:
        """Make no more; what is being made is finished."""
        self._thread.shutdown()

    async def of(self, show: BroadcastWindow) -> bytes:
        """The show as it was a moment ago.

        Raises:
            OnstageError: BROADCAST_NOT_LIVE before the first part; MEDIA_NOT_FOUND where there is no picture.
        """
        turn = int(self._clock.monotonic()) // EVERY_S
        return await self._made.get((show.broadcast_id, turn), lambda: self._make(_newest_keyframe(show)))

    async def _make(self, data: bytes) -> bytes:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, _jpeg, data)
        except ValueError as cause:
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND) from cause


def _newest_keyframe(show: BroadcastWindow) -> bytes:
    """Of the smallest rendition: its init segment, and what begins with the newest picture that stands alone."""
    smallest = min((one for one in show.begun() if one.height), key=lambda one: one.height, default=None)
    if smallest is None:
        raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
    window = show.rendition(smallest.name).window
    newest = window.open or window.segments[-1]
    init = window.resource(init_name(newest.init_number))
    media = newest.data[: newest.keyframe_bytes] if newest.data else newest.parts[0].data
    if init is None:
        raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
    return init + media


def _jpeg(data: bytes) -> bytes:
    image, file = decoded(data), BytesIO()
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    image.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
