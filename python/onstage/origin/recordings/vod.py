"""Recordings, read from what is stored of their broadcasts: nothing of them is stored a second time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from obstore.exceptions import BaseError

from onstage.errors import ErrorCode, OnstageError
from onstage.model.captions import Caption, CaptionTrack
from onstage.model.media import RenditionKind
from onstage.model.timed_metadata import TimedMetadata
from onstage.origin.once import Once
from onstage.origin.origin import Origin
from onstage.origin.playlists.body import Body
from onstage.origin.playlists.captions_list import PREFIX
from onstage.origin.recordings.film import Film, Reel, Spans, film_of
from onstage.origin.storing.index import Index, SegmentEntry
from onstage.origin.storing.storage import BroadcastStore
from onstage.origin.timed.subtitles import exact_segment

SEGMENTS_KNOWN = 200_000
"""Of the films that are remembered, the last ones asked for: 250 MB. Twelve hours of four renditions have 80 000."""
PLAYLIST_BYTES_KNOWN = 32 * 1024 * 1024
"""An hour takes 130 kB."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Which stretches of which broadcast a recording is, as they were put in order at that moment."""

    broadcast_id: str
    spans: Spans
    ready_at: datetime | None = None

    @property
    def key(self) -> tuple[Hashable, ...]:
        """What is made of it is made anew when this is another."""
        return (self.broadcast_id, tuple(self.spans), self.ready_at)


Find = Callable[[str], Awaitable[Recorded | None]]


class Notes(Protocol):
    """What apps put on the timeline of broadcasts, as it is known now."""

    async def tracks(self, broadcast_id: str) -> Sequence[CaptionTrack]:
        """The languages of its captions."""
        ...

    async def captions(self, broadcast_id: str, language: str, since: datetime, until: datetime) -> Sequence[Caption]:
        """The lines that are shown at any moment between these."""
        ...

    async def metadata(self, broadcast_id: str, since: datetime, until: datetime) -> Sequence[TimedMetadata]:
        """What lies between these moments, in order."""
        ...

    def is_settled(self, moment: datetime) -> bool:
        """Whether nothing can come any more that belongs to that moment."""
        ...


class Vod:
    """Finds a recording's playlists and media."""

    def __init__(self, origin: Origin, find: Find, notes: Notes | None = None) -> None:
        """`find` gives what a recording is, if it can be played. Without `notes` it has no captions and no metadata."""
        self._origin = origin
        self._find = find
        self._notes = notes
        self._films: Once[Film] = Once(SEGMENTS_KNOWN, lambda film: film.segment_count)
        self._playlists: Once[Body] = Once(PLAYLIST_BYTES_KNOWN, lambda body: len(body.plain) + len(body.gzipped))

    async def film(self, recording_id: str) -> Film:
        """The recording of that id.

        Raises:
            OnstageError: RECORDING_NOT_FOUND, STORAGE_AWAY.
        """
        return (await self._known(recording_id))[1]

    async def playlist(self, recording_id: str, rendition: str) -> Body:
        """The media playlist of one rendition, or of captions.

        Raises:
            OnstageError: as `film`; MEDIA_NOT_FOUND where it has no such rendition.
        """
        recorded, film = await self._known(recording_id)
        reel = reel_of(film, rendition)
        write = partial(self._write, recorded, reel)
        return await self._playlists.get((*recorded.key, rendition), write)

    async def _write(self, recorded: Recorded, reel: Reel) -> Body:
        """Hours of segments take a while to write and to compress: in a thread."""
        metadata: Sequence[TimedMetadata] = []
        if self._notes is not None and not reel.is_text:
            first, last = reel.segments[0], reel.segments[-1]
            metadata = await self._notes.metadata(recorded.broadcast_id, first.program_date_time, last.ends_at)
        return await asyncio.to_thread(lambda: Body.of(reel.playlist(metadata)))

    async def media(self, recording_id: str, rendition: str, name: str) -> tuple[RenditionKind, bytes]:
        """A segment or init segment of it, and what it is of.

        Raises:
            OnstageError: as `film`; MEDIA_NOT_FOUND for what its lists don't name.
        """
        recorded, film = await self._known(recording_id)
        reel, store = film.reels.get(rendition), self._origin.store(recorded.broadcast_id)
        segment = None if reel is None else reel.resources.get(name)
        if reel is None or store is None or segment is None:
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
        if reel.is_text:
            return RenditionKind.TEXT, await self._captions(recorded.broadcast_id, rendition, segment)
        key = f"{recorded.broadcast_id}/{rendition}/{name}"
        try:
            data = await self._origin.archive.get(key, partial(store.resource, rendition, name))
        except (BaseError, OSError) as cause:
            raise OnstageError(ErrorCode.STORAGE_AWAY) from cause
        if data is None:
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
        return reel.rendition.kind, data

    async def _captions(self, broadcast_id: str, rendition: str, segment: SegmentEntry) -> bytes:
        """Here nothing is late: each line is shown when it was said."""
        assert self._notes is not None, "only what has notes has captions"
        notes, language = self._notes, rendition.removeprefix(PREFIX)
        begins, ends = segment.program_date_time, segment.ends_at

        async def read() -> bytes:
            return exact_segment(
                segment.start_ticks, begins, ends, await notes.captions(broadcast_id, language, begins, ends)
            )

        if not notes.is_settled(ends):
            return await read()
        return await self._origin.archive.get(f"{broadcast_id}/{rendition}/{segment.msn}", read) or b""

    async def _known(self, recording_id: str) -> tuple[Recorded, Film]:
        """Asked of `find` each time: a recording that was deleted is not played from memory."""
        recorded = await self._find(recording_id)
        if recorded is None:
            raise OnstageError(ErrorCode.RECORDING_NOT_FOUND)
        read = partial(self._read, recorded)
        return recorded, await self._films.get(recorded.key, read)

    async def _read(self, recorded: Recorded) -> Film:
        store = self._origin.store(recorded.broadcast_id)
        try:
            film = Film({}) if store is None else await read_film(store, recorded.spans)
        except (BaseError, OSError) as cause:
            raise OnstageError(ErrorCode.STORAGE_AWAY) from cause
        except ValueError as cause:
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND) from cause
        if not film.reels:  # it is in the folder of another server, which may be asked for it
            raise OnstageError(ErrorCode.STORAGE_AWAY)
        return film if self._notes is None else film.with_captions(await self._notes.tracks(recorded.broadcast_id))


async def read_film(store: BroadcastStore, spans: Spans) -> Film:
    """What is stored of these spans.

    Raises:
        ValueError: what is stored can't be read.
        BaseError: storage is away.
    """
    index = await store.index()
    if index is None:
        return Film({})
    histories = [await store.history(one.rendition.name) for one in index.renditions]
    return await asyncio.to_thread(_film, index, histories, spans)  # twelve hours take 100 ms


def _film(index: Index, histories: Sequence[Sequence[SegmentEntry]], spans: Spans) -> Film:
    stored = []
    for one, history in zip(index.renditions, histories, strict=True):
        known = {segment.msn: segment for segment in (*history, *one.segments)}
        stored.append((one.rendition, list(known.values())))
    return film_of(stored, spans)


def reel_of(film: Film, rendition: str) -> Reel:
    """One rendition.

    Raises:
        OnstageError: MEDIA_NOT_FOUND.
    """
    try:
        return film.reels[rendition]
    except KeyError:
        raise OnstageError(ErrorCode.MEDIA_NOT_FOUND) from None
