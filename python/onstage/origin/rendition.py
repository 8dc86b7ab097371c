"""One rendition being served: its window, the bytes of its playlists, and the requests that wait for it."""

from collections.abc import Callable, Sequence

from onstage.clock import Clock
from onstage.errors import ErrorCode, OnstageError
from onstage.model.media import Rendition
from onstage.origin.blocking import Decision, decide_playlist, decide_resource
from onstage.origin.body import Body
from onstage.origin.constants import PlaylistConstants
from onstage.origin.directives import Directives
from onstage.origin.playlist import RenditionReport, iframe_playlist, media_playlist, skippable
from onstage.origin.waiting import Waiters
from onstage.origin.window import Window


class ServedRendition:
    """Answers for one rendition. Its window is changed by the broadcast, which calls `changed` after each change."""

    def __init__(
        self,
        rendition: Rendition,
        constants: PlaylistConstants,
        *,
        clock: Clock,
        reports: Callable[[], Sequence[RenditionReport]],
    ) -> None:
        """`reports` gives the rendition reports of the other renditions, as they are now."""
        self.rendition = rendition
        self.window = Window(constants)
        self.waiters = Waiters(clock)
        self._clock = clock
        self._reports = reports
        self._bodies: dict[bool, Body] = {}
        self._iframes: Body | None = None

    async def playlist(self, directives: Directives) -> Body:
        """The media playlist, once what `directives` ask for is there.

        Raises:
            OnstageError: HLS_DIRECTIVE_INVALID (400) for more than the limits allow, HLS_TIMEOUT (503) when nothing
                came within three target durations.
        """
        deadline_s = self._deadline_s()
        while (decision := decide_playlist(self.window, directives)) is not Decision.ANSWER:
            if decision is Decision.REFUSE:
                raise OnstageError(ErrorCode.HLS_DIRECTIVE_INVALID, "The request is too far ahead of the live edge.")
            if not await self.waiters.changed(deadline_s):
                raise OnstageError(ErrorCode.HLS_TIMEOUT)
        return self._body(is_delta=directives.skip and skippable(self.window) > 0)

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
            OnstageError: MEDIA_NOT_FOUND (404) for what is neither there nor hinted, or no longer; HLS_TIMEOUT (503).
        """
        deadline_s = self._deadline_s()
        while (data := self.window.resource(name)) is None:
            if decide_resource(self.window, name) is Decision.REFUSE:
                raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
            if not await self.waiters.changed(deadline_s):
                raise OnstageError(ErrorCode.HLS_TIMEOUT)
        return data

    def changed(self) -> None:
        """The window changed: wake who waits for it."""
        self.forget_bodies()
        self.waiters.notify()

    def forget_bodies(self) -> None:
        """What the playlists say changed (also when another rendition's report did)."""
        self._bodies.clear()
        self._iframes = None

    def _deadline_s(self) -> float:
        return self._clock.monotonic() + self.window.constants.hold_timeout_s

    def _body(self, *, is_delta: bool) -> Body:
        body = self._bodies.get(is_delta)
        if body is None:
            text = media_playlist(self.window, is_delta=is_delta, reports=self._reports())
            body = self._bodies[is_delta] = Body.of(text)
        return body
