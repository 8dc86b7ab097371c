"""All of one broadcast that has a playlist: its renditions, and the captions beside them."""

from collections.abc import Collection, Iterator

from onstage.clock import Clock
from onstage.errors import ErrorCode, OnstageError
from onstage.model.media import Rendition, RenditionKind
from onstage.origin.live.rendition import ServedRendition
from onstage.origin.live.served import Served
from onstage.origin.live.timeline import Timeline
from onstage.origin.playlists.dvr import PLAYLIST as LONG_PLAYLIST
from onstage.origin.playlists.playlist import RenditionReport, report_of
from onstage.origin.segments.constants import PlaylistConstants
from onstage.origin.segments.window import IllegalMediaError
from onstage.origin.storing.keeping import Keeper


class Renditions:
    """By name, in the order in which they became known. What one of them says of the others is kept true."""

    def __init__(self, constants: PlaylistConstants, clock: Clock, keeper: Keeper | None, timeline: Timeline) -> None:
        self._constants = constants
        self._clock = clock
        self._keeper = keeper
        self._timeline = timeline
        self._served: dict[str, ServedRendition] = {}

    def __iter__(self) -> Iterator[ServedRendition]:
        return iter(self._served.values())

    @property
    def names(self) -> Collection[str]:
        """The names of the renditions, without captions."""
        return self._served.keys()

    def find(self, name: str) -> Served:
        """The rendition of that name, or the captions.

        Raises:
            OnstageError: MEDIA_NOT_FOUND, or BROADCAST_NOT_LIVE while there is none at all.
        """
        if not self._served:
            raise OnstageError(ErrorCode.BROADCAST_NOT_LIVE, retry_after_s=1)
        found = self._served.get(name) or self._timeline.rendition(name)
        if found is None:
            raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)
        return found

    def known(self, name: str) -> ServedRendition:
        """The rendition that the composer tells of.

        Raises:
            IllegalMediaError: there is none.
        """
        try:
            return self._served[name]
        except KeyError:
            raise IllegalMediaError(f"media of rendition {name} came before its init segment") from None

    def begun(self) -> list[Rendition]:
        """Those that have media.

        Raises:
            OnstageError: BROADCAST_NOT_LIVE when none has.
        """
        begun = [one.rendition for one in self if one.window.has_media]
        if not begun:
            raise OnstageError(ErrorCode.BROADCAST_NOT_LIVE, retry_after_s=1)
        return begun

    def pictured(self) -> list[str]:
        """The names of those that have pictures."""
        return [one.rendition.name for one in self if one.rendition.kind is not RenditionKind.AUDIO]

    @property
    def next_ticks(self) -> int:
        """The first tick that none of them has used."""
        return max((one.window.next_ticks for one in self), default=0)

    def serve(self, rendition: Rendition) -> ServedRendition:
        """That of its name, which is a new one if there was none."""
        name = rendition.name
        if name not in self._served:
            self._served[name] = ServedRendition(
                rendition,
                self._constants,
                clock=self._clock,
                reports=lambda: self._reports_without(name, "index.m3u8"),
                keeper=self._keeper,
                long_reports=lambda: self._reports_without(name, LONG_PLAYLIST),
                date_ranges=self._timeline.date_ranges,
            )
            if rendition.kind is not RenditionKind.AUDIO:
                self._timeline.follow(self._served[name])
        return self._served[name]

    def changed(self, served: ServedRendition) -> None:
        """The window of that one changed."""
        self.forget_bodies()
        served.changed()

    def forget_bodies(self) -> None:
        """What all playlists say changed."""
        for one in self:
            one.forget_bodies()

    def _reports_without(self, name: str, playlist: str) -> list[RenditionReport]:
        others = (one for one in self if one.rendition.name != name)
        reports = [report_of(one.window, f"../{one.rendition.name}/{playlist}") for one in others]
        reports += [one.report(playlist) for one in self._timeline.captions]
        return [report for report in reports if report is not None]
