"""Captions of one language being served: segments beside those of the pictures, which they follow one by one."""

from collections.abc import Sequence

from onstage.clock import rfc3339
from onstage.errors import ErrorCode, OnstageError
from onstage.model.captions import CaptionTrack
from onstage.model.media import Rendition, RenditionKind
from onstage.origin import webvtt
from onstage.origin.body import Body
from onstage.origin.constants import seconds_text
from onstage.origin.directives import Directives
from onstage.origin.playlist import VERSION, RenditionReport
from onstage.origin.rendition import ServedRendition
from onstage.origin.subtitles import Subtitles
from onstage.origin.window import Segment, Window

PREFIX = "captions-"
_SUFFIX = ".vtt"


class ServedCaptions:
    """Answers for the captions of one language. No parts: players load captions by whole segments."""

    def __init__(self, track: CaptionTrack, pictures: ServedRendition, lines: Subtitles) -> None:
        """`pictures`: the rendition whose segments these go with."""
        self._lines = lines
        self.rendition = Rendition(PREFIX + track.language, 0, 0, 0, "wvtt", 0, 0, RenditionKind.TEXT, 0)
        self._pictures = pictures
        self._segments: dict[int, bytes] = {}

    @property
    def window(self) -> Window:
        """That of the pictures: what is listed of the one is listed of the other."""
        return self._pictures.window

    @property
    def report(self) -> RenditionReport | None:
        """What the other playlists say of this one."""
        if not self.window.segments:
            return None
        return RenditionReport(f"../{self.rendition.name}/index.m3u8", self.window.segments[-1].msn, None)

    def complete(self, segment: Segment) -> None:
        """The pictures' segment is complete: so is this one's."""
        begins, ends = segment.program_date_time, segment.ends_at
        self._segments[segment.msn] = self._lines.segment(segment.start_ticks, begins, ends)
        oldest = self.window.retained()[0].msn
        self._segments = {msn: data for msn, data in self._segments.items() if msn >= oldest}

    async def playlist(self, directives: Directives) -> Body:
        """The list, once the segment that is asked for is there.

        Raises:
            OnstageError: as `ServedRendition.playlist`.
        """
        await self._pictures.playlist(Directives(msn=directives.msn))
        return Body.of(captions_playlist(self.window))

    async def long_playlist(self, directives: Directives) -> Body:  # noqa: ARG002 - the door passes it
        """There is none: whoever goes back in time has no captions.

        Raises:
            OnstageError: MEDIA_NOT_FOUND.
        """
        raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)

    async def iframes(self) -> Body:
        """There are none.

        Raises:
            OnstageError: MEDIA_NOT_FOUND.
        """
        raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)

    async def media(self, name: str) -> bytes:
        """A segment. What an earlier process made is gone with it; its lines have been shown.

        Raises:
            OnstageError: MEDIA_NOT_FOUND.
        """
        for segment in self.window.retained():
            if name == captions_name(segment.msn):
                return self._segments.get(segment.msn) or webvtt.segment(segment.start_ticks, [])
        raise OnstageError(ErrorCode.MEDIA_NOT_FOUND)


def captions_name(msn: int) -> str:
    """Name of a segment's resource."""
    return f"seg{msn}{_SUFFIX}"


def captions_playlist(window: Window) -> str:
    """The list of the segments that are complete (RFC 8216bis §4.4)."""
    constants = window.constants
    blocking = "CAN-BLOCK-RELOAD=YES," if constants.lists_parts else ""
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{VERSION}",
        f"#EXT-X-TARGETDURATION:{constants.target_duration_s}",
        f"#EXT-X-SERVER-CONTROL:{blocking}HOLD-BACK={constants.hold_back_s}",
        f"#EXT-X-MEDIA-SEQUENCE:{window.media_sequence}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{window.discontinuity_sequence}",
    ]
    for segment in window.segments:
        lines += ["#EXT-X-DISCONTINUITY"] if segment.is_discontinuity else []
        lines += [
            f"#EXT-X-PROGRAM-DATE-TIME:{rfc3339(segment.program_date_time)}",
            f"#EXTINF:{seconds_text(segment.duration_ticks)},",
            captions_name(segment.msn),
        ]
    lines += ["#EXT-X-ENDLIST"] if window.is_ended else []
    return "\n".join(lines) + "\n"


def captions_lines(tracks: Sequence[CaptionTrack], group: str, prefix: str) -> list[str]:
    """EXT-X-MEDIA for the multivariant playlist (§4.4.6.1). Names come from people: a quote would end the attribute."""
    return [
        f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="{group}",NAME="{track.name.replace(chr(34), chr(39))}"'
        f',LANGUAGE="{track.language}",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO'
        f',URI="{prefix}{PREFIX}{track.language}/index.m3u8"'
        for track in tracks
    ]
