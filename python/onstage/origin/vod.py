"""Recordings, read from what is stored of their broadcasts: nothing of them is stored a second time."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from obstore.exceptions import BaseError

from onstage.errors import ErrorCode, OnstageError
from onstage.origin.film import Film, Reel, Spans, film_of
from onstage.origin.index import RenditionEntry, SegmentEntry
from onstage.origin.origin import Origin
from onstage.origin.storage import BroadcastStore

FILMS_KNOWN = 64
"""Whose segments are remembered, the last ones asked for."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Which stretches of which broadcast a recording is, as they were put in order at that moment."""

    broadcast_id: str
    spans: Spans
    ready_at: datetime | None = None


Find = Callable[[str], Awaitable[Recorded | None]]


class Vod:
    """Finds a recording's playlists and media."""

    def __init__(self, origin: Origin, find: Find) -> None:
        """`find` gives what a recording is, if it can be played."""
        self._origin = origin
        self._find = find
        self._films: dict[str, tuple[Recorded, Film]] = {}

    async def film(self, recording_id: str) -> Film:
        """The recording of that id.

        Raises:
            OnstageError: RECORDING_NOT_FOUND, STORAGE_AWAY.
        """
        return (await self._known(recording_id))[1]

    async def media(self, recording_id: str, rendition: str, name: str) -> bytes:
        """A segment or init segment of it.

        Raises:
            OnstageError: as `film`; MEDIA_NOT_FOUND for what its lists don't name.
        """
        recorded, film = await self._known(recording_id)
        store = self._origin.store(recorded.broadcast_id)
        reel = film.reels.get(rendition)
        if reel is None or store is None or name not in reel.names():
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
        key = f"{recorded.broadcast_id}/{rendition}/{name}"
        try:
            data = await self._origin.archive.get(key, partial(store.resource, rendition, name))
        except (BaseError, OSError) as cause:
            raise OnstageError(ErrorCode.STORAGE_AWAY) from cause
        if data is None:
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
        return data

    async def _known(self, recording_id: str) -> tuple[Recorded, Film]:
        """Asked of `find` each time: a recording that was deleted is not played from memory."""
        recorded = await self._find(recording_id)
        if recorded is None:
            self._films.pop(recording_id, None)
            raise OnstageError(ErrorCode.RECORDING_NOT_FOUND)
        known = self._films.get(recording_id)
        if known is None or known[0] != recorded:
            known = self._films[recording_id] = (recorded, await self._read(recorded))
            for oldest in list(self._films)[:-FILMS_KNOWN]:
                del self._films[oldest]
        return known

    async def _read(self, recorded: Recorded) -> Film:
        store = self._origin.store(recorded.broadcast_id)
        try:
            film = Film({}) if store is None else await read_film(store, recorded.spans)
        except (BaseError, OSError) as cause:
            raise OnstageError(ErrorCode.STORAGE_AWAY) from cause
        except ValueError as cause:
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND) from cause
        if not film.reels:  # it is in another server's folder
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
        return film


async def read_film(store: BroadcastStore, spans: Spans) -> Film:
    """What is stored of these spans.

    Raises:
        ValueError: what is stored can't be read.
        BaseError: storage is away.
    """
    index = await store.index()
    if index is None:
        return Film({})
    return film_of([(one.rendition, await _entries(store, one)) for one in index.renditions], spans)


async def _entries(store: BroadcastStore, entry: RenditionEntry) -> list[SegmentEntry]:
    known = [*await store.history(entry.rendition.name), *entry.segments]
    return list({one.msn: one for one in known}.values())


def reel_of(film: Film, rendition: str) -> Reel:
    """One rendition.

    Raises:
        OnstageError: MEDIA_NOT_FOUND.
    """
    try:
        return film.reels[rendition]
    except KeyError:
        raise OnstageError(ErrorCode.MEDIA_NOT_FOUND) from None
