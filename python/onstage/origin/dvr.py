"""The long list of a rendition (DVR): everything since the window of hours began, with the live edge at its end.

The short list stays as it is; whoever goes back in time loads this one, in full once and as delta updates after that.
"""

import asyncio
from collections.abc import Callable, Sequence

from onstage.errors import ErrorCode, OnstageError
from onstage.origin.body import Body
from onstage.origin.constants import PlaylistConstants
from onstage.origin.directives import Directives
from onstage.origin.history import History
from onstage.origin.playlist import Listed, RenditionReport, media_playlist, skippable
from onstage.origin.window import Segment, Window

PLAYLIST = "dvr.m3u8"


class LongList:
    """What the long playlist says: the history up to the window, then the window. Implements `playlist.Listed`."""

    def __init__(self, window: Window, history: History) -> None:
        self._window = window
        first = window.media_sequence
        older = [one for one in history.listed if one.msn < first]
        self.segments: Sequence[Segment] = [*older, *window.segments]
        within = sum(one.is_discontinuity for one in older)
        self.discontinuity_sequence = window.discontinuity_sequence - within

    @property
    def constants(self) -> PlaylistConstants:
        """Those of the short list: both end with the same parts."""
        return self._window.constants

    @property
    def is_ended(self) -> bool:
        """Whether nothing follows."""
        return self._window.is_ended

    @property
    def open(self) -> Segment | None:
        """The segment that is being made."""
        return self._window.open

    @property
    def media_sequence(self) -> int:
        """Number of the first listed segment."""
        return self.segments[0].msn if self.segments else self._window.media_sequence

    def hinted(self) -> tuple[str, ...]:
        """Resources that come next."""
        return self._window.hinted()


class LongPlaylist:
    """The bytes of one rendition's long playlist, made at most once for each change, and only if somebody asks."""

    def __init__(
        self,
        window: Window,
        history: History,
        reports: Callable[[], Sequence[RenditionReport]],
        date_ranges: Callable[[Listed], Sequence[str]],
    ) -> None:
        """`reports` gives those of the other renditions' long lists, `date_ranges` the EXT-X-DATERANGE of a list."""
        self._window = window
        self._history = history
        self._reports = reports
        self._date_ranges = date_ranges
        self._bodies: dict[bool, asyncio.Task[Body]] = {}

    def forget_bodies(self) -> None:
        """What the list says changed."""
        self._bodies.clear()

    async def body(self, directives: Directives) -> Body:
        """The playlist as it is now, or its delta update.

        Raises:
            OnstageError: MEDIA_NOT_FOUND: the broadcast has no such list.
        """
        if not self._history.window_ticks:
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
        if directives.skip not in self._bodies:
            long = LongList(self._window, self._history)
            is_delta = directives.skip and skippable(long) > 0
            text = media_playlist(long, is_delta=is_delta, reports=self._reports(), date_ranges=self._date_ranges(long))
            # Hours of segments take milliseconds to compress: in a thread, once for all who ask.
            self._bodies[directives.skip] = asyncio.ensure_future(asyncio.to_thread(Body.of, text))
        return await asyncio.shield(self._bodies[directives.skip])
