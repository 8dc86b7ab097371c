"""Captions of one language being served: segments beside those of the pictures, which they follow one by one."""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from onstage.errors import ErrorCode, OnstageError
from onstage.model.captions import CaptionTrack
from onstage.origin.live.rendition import ServedRendition
from onstage.origin.playlists.body import Body
from onstage.origin.playlists.captions_list import captions_msn, captions_playlist, captions_rendition
from onstage.origin.playlists.directives import Directives
from onstage.origin.playlists.dvr import LongList, LongPlaylist
from onstage.origin.playlists.playlist import RenditionReport
from onstage.origin.segments.segment import Segment
from onstage.origin.segments.window import Window
from onstage.origin.storing.index import SegmentEntry
from onstage.origin.timed.subtitles import Subtitles

MOST_BYTES = 8 * 1024 * 1024
"""Kept of one language: twice what is said in twelve hours. Beyond that the oldest segments become empty."""


class ServedCaptions:
    """Answers for the captions of one language. No parts: players load captions by whole segments.

    A segment stays what it was when it came out, for as long as that of the pictures can be fetched.
    """

    def __init__(self, track: CaptionTrack, pictures: ServedRendition, lines: Subtitles) -> None:
        """`pictures`: the rendition whose segments these go with."""
        self._lines = lines
        self.rendition = captions_rendition(track)
        self._pictures = pictures
        self._segments: OrderedDict[int, bytes] = OrderedDict()  # those that show something
        self._bytes = 0
        self._listed: tuple[int, bool] | None = None
        self._body: Body | None = None
        history = pictures.history
        self._long = None if history is None else LongPlaylist(self.window, history, _long_text)

    @property
    def window(self) -> Window:
        """That of the pictures: what is listed of the one is listed of the other."""
        return self._pictures.window

    def report(self, playlist: str) -> RenditionReport | None:
        """What the other playlists say of this one's `playlist`."""
        if not self.window.segments:
            return None
        return RenditionReport(f"../{self.rendition.name}/{playlist}", self.window.segments[-1].msn, None)

    def complete(self, segment: Segment) -> None:
        """The pictures' segment is complete: so is this one's."""
        data = self._lines.segment(segment.start_ticks, segment.program_date_time, segment.ends_at)
        if b"-->" in data:
            self._segments[segment.msn] = data
            self._bytes += len(data)
        oldest = self._oldest()
        while self._segments and (next(iter(self._segments)) < oldest or self._bytes > MOST_BYTES):
            self._bytes -= len(self._segments.popitem(last=False)[1])

    def _oldest(self) -> int:
        """The first segment that may still be fetched."""
        history, retained = self._pictures.history, self.window.retained()
        first = retained[0].msn
        return min(first, history.entries[0].msn) if history is not None and history.entries else first

    async def playlist(self, directives: Directives) -> Body:
        """The list, once the segment that is asked for is there.

        Raises:
            OnstageError: as `ServedRendition.playlist`.
        """
        await self._pictures.wait_for(Directives(msn=directives.msn))
        self._forget_if_changed()
        if self._body is None:
            self._body = Body.of(captions_playlist(self.window))
        return self._body

    async def long_playlist(self, directives: Directives) -> Body:
        """The list that goes back for hours, once the segment that is asked for is there.

        Raises:
            OnstageError: as `ServedRendition.long_playlist`.
        """
        if self._long is None:
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
        await self._pictures.wait_for(Directives(msn=directives.msn))
        self._forget_if_changed()
        return await self._long.body(directives)

    def _forget_if_changed(self) -> None:
        now = self.window.next_msn, self.window.is_ended
        if now != self._listed:
            self._listed, self._body = now, None
            if self._long is not None:
                self._long.forget_bodies()

    async def iframes(self) -> Body:
        """There are none.

        Raises:
            OnstageError: MEDIA_NOT_FOUND.
        """
        raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)

    async def media(self, name: str) -> bytes:
        """A segment.

        Raises:
            OnstageError: MEDIA_NOT_FOUND.
        """
        segment = self._find(name)
        if segment is None:
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
        data = self._segments.get(segment.msn)
        return data or self._lines.earlier(segment.start_ticks, segment.program_date_time, segment.ends_at)

    def _find(self, name: str) -> Segment | SegmentEntry | None:
        msn, history = captions_msn(name), self._pictures.history
        if msn is None:
            return None
        entry = None if history is None else history.find(msn)
        if entry is not None:
            return None if entry.is_lost else entry
        return next((one for one in self.window.retained() if one.msn == msn), None)


def _long_text(long: LongList, is_delta: bool) -> Callable[[], str]:
    return partial(captions_playlist, long, is_delta=is_delta, skips=True)
