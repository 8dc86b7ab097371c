"""The long list of a rendition (DVR): everything since the window of hours began, with the live edge at its end.

The short list stays as it is; whoever goes back in time loads this one, in full once and as delta updates after that.
"""

import asyncio
from collections.abc import Callable, Sequence

from onstage.errors import ErrorCode, OnstageError
from onstage.origin.playlists.body import Body
from onstage.origin.playlists.directives import Directives
from onstage.origin.playlists.playlist import skippable
from onstage.origin.segments.constants import PlaylistConstants
from onstage.origin.segments.segment import Segment
from onstage.origin.segments.window import Window
from onstage.origin.storing.history import History

PLAYLIST = "dvr.m3u8"


class LongList:
    """What the long playlist says now: the history up to the window, then the window. Implements `playlist.Listed`.

    Nothing of it changes any more, so that a thread can read it.
    """

    def __init__(self, window: Window, history: History) -> None:
        first = window.media_sequence
        older = [one for one in history.listed if one.msn < first]
        self.segments: Sequence[Segment] = [*older, *window.segments]
        within = sum(one.is_discontinuity for one in older)
        self.discontinuity_sequence = window.discontinuity_sequence - within
        self.constants: PlaylistConstants = window.constants
        self.is_ended = window.is_ended
        self.open: Segment | None = window.open
        self.media_sequence = self.segments[0].msn if self.segments else window.media_sequence
        self._hinted = window.hinted()

    def hinted(self) -> tuple[str, ...]:
        """Resources that come next."""
        return self._hinted


Write = Callable[[LongList, bool], Callable[[], str]]
"""Given a list, and whether its delta update is asked for: what writes the text, in a thread."""


class LongPlaylist:
    """The bytes of one rendition's long playlist, made at most once for each change, and only if somebody asks."""

    def __init__(self, window: Window, history: History, write: Write) -> None:
        self._window = window
        self._history = history
        self._write = write
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
            # Hours of segments take milliseconds to write and compress: in a thread, once for all who ask.
            made = asyncio.to_thread(_body, self._write(long, is_delta))
            self._bodies[directives.skip] = asyncio.ensure_future(made)
        return await asyncio.shield(self._bodies[directives.skip])


def _body(write: Callable[[], str]) -> Body:
    return Body.of(write())
