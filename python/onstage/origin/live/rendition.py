"""One rendition being served: its window, the bytes of its playlists, and the requests that wait for it."""

from collections.abc import Callable, Sequence
from functools import partial

from onstage.clock import Clock
from onstage.errors import ErrorCode, OnstageError
from onstage.model.media import Rendition
from onstage.origin.live.waiting import Waiters
from onstage.origin.playlists.blocking import Decision, decide_playlist, decide_resource
from onstage.origin.playlists.body import Body
from onstage.origin.playlists.directives import Directives
from onstage.origin.playlists.dvr import LongList, LongPlaylist
from onstage.origin.playlists.playlist import Listed, RenditionReport, iframe_playlist, media_playlist, skippable
from onstage.origin.segments.constants import PlaylistConstants
from onstage.origin.segments.segment import init_name
from onstage.origin.segments.window import Window
from onstage.origin.storing.keeping import Keeper


class ServedRendition:
    """Answers for one rendition. Its window is changed by the broadcast, which calls `changed` after each change."""

    def __init__(
        self,
        rendition: Rendition,
        constants: PlaylistConstants,
        *,
        clock: Clock,
        reports: Callable[[], Sequence[RenditionReport]],
        keeper: Keeper | None = None,
        long_reports: Callable[[], Sequence[RenditionReport]] = list,
        date_ranges: Callable[[Listed], Sequence[str]] = lambda _: (),
    ) -> None:
        """Without a `keeper` there is no long list.

        `reports` gives the rendition reports of the other renditions, as they are now, `long_reports` those of their
        long lists, `date_ranges` the EXT-X-DATERANGE of a list.
        """
        self.rendition = rendition
        self.window = Window(constants)
        self.waiters = Waiters(clock)
        self._clock = clock
        self._reports = reports
        self._date_ranges = date_ranges
        self._keeper = keeper
        self._long_reports = long_reports
        self.history = None if keeper is None else keeper.history(rendition.name)
        self._long = None if self.history is None else LongPlaylist(self.window, self.history, self._long_text)
        self._bodies: dict[bool, Body] = {}
        self._iframes: Body | None = None

    async def playlist(self, directives: Directives) -> Body:
        """The media playlist, once what `directives` ask for is there.

        Raises:
            OnstageError: HLS_DIRECTIVE_INVALID (400) for more than the limits allow, HLS_TIMEOUT (503) when nothing
                came within three target durations.
        """
        await self.wait_for(directives)
        return self._body(is_delta=directives.skip and skippable(self.window) > 0)

    async def long_playlist(self, directives: Directives) -> Body:
        """The playlist that goes back for hours (DVR), once what `directives` ask for is there.

        Raises:
            OnstageError: as `playlist`; MEDIA_NOT_FOUND (404) where there is none.
        """
        if self._long is None:
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
        await self.wait_for(directives)
        return await self._long.body(directives)

    def _long_text(self, long: LongList, is_delta: bool) -> Callable[[], str]:
        reports, date_ranges = self._long_reports(), self._date_ranges(long)
        return partial(media_playlist, long, is_delta=is_delta, reports=reports, date_ranges=date_ranges)

    async def wait_for(self, directives: Directives) -> None:
        """Return once what `directives` ask for is there.

        Raises:
            OnstageError: as `playlist`.
        """
        deadline_s = self._deadline_s()
        while (decision := decide_playlist(self.window, directives)) is not Decision.ANSWER:
            if decision is Decision.REFUSE:
                raise OnstageError(ErrorCode.HLS_DIRECTIVE_INVALID, "The request is too far ahead of the live edge.")
            if not await self.waiters.changed(deadline_s):
                raise OnstageError(ErrorCode.HLS_TIMEOUT)

    async def iframes(self) -> Body:
        """The list of keyframes, once there is one.

        Raises:
            OnstageError: MEDIA_NOT_FOUND for a rendition without pictures; HLS_TIMEOUT.
        """
        if not self.rendition.iframe_peak_bps:
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
        deadline_s = self._deadline_s()
        while not (self.window.segments or self.window.is_ended):
            if not await self.waiters.changed(deadline_s):
                raise OnstageError(ErrorCode.HLS_TIMEOUT)
        if self._iframes is None:
            self._iframes = Body.of(iframe_playlist(self.window))
        return self._iframes

    async def media(self, name: str) -> bytes:
        """A segment, part or init segment; a hinted one once it is whole.

        Raises:
            OnstageError: MEDIA_NOT_FOUND (404) for what is neither there nor hinted, or no longer; HLS_TIMEOUT,
                STORAGE_AWAY (503).
        """
        deadline_s = self._deadline_s()
        while (data := self.window.resource(name)) is None:
            if decide_resource(self.window, name) is Decision.REFUSE:
                return await self._stored_media(name)
            if not await self.waiters.changed(deadline_s):
                raise OnstageError(ErrorCode.HLS_TIMEOUT)
        return data

    async def _stored_media(self, name: str) -> bytes:
        is_none = name.startswith("init") and name not in map(init_name, range(self.window.init_count))
        data = None if self._keeper is None or is_none else await self._keeper.media(self.rendition.name, name)
        if data is None:
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
        return data

    def changed(self) -> None:
        """The window changed: wake who waits for it."""
        self.forget_bodies()
        self.waiters.notify()

    def forget_bodies(self) -> None:
        """What the playlists say changed (also when another rendition's report did)."""
        self._bodies.clear()
        self._iframes = None
        if self._long is not None:
            self._long.forget_bodies()

    def _deadline_s(self) -> float:
        return self._clock.monotonic() + self.window.constants.hold_timeout_s

    def _body(self, *, is_delta: bool) -> Body:
        body = self._bodies.get(is_delta)
        if body is None:
            text = media_playlist(
                self.window,
                is_delta=is_delta,
                reports=self._reports(),
                date_ranges=self._date_ranges(self.window),
            )
            body = self._bodies[is_delta] = Body.of(text)
        return body
