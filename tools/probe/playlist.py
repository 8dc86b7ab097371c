"""Reads playlists, leniently: what is wrong in one is for the checks to say."""

import re
from dataclasses import dataclass, field
from datetime import datetime

Attributes = dict[str, str]

LATEST_FIRST_MSN = 1
"""Shows are numbered from 0 or from 1 as far as the probe knows; in a list that begins later, segments have left it."""

_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"]*"|[^,]*)')
_HEAD_TAGS = ("#EXT-X-DISCONTINUITY", "#EXT-X-MAP", "#EXT-X-KEY", "#EXT-X-PROGRAM-DATE-TIME")


def attributes(text: str) -> Attributes:
    """An attribute list (§4.2); quotes are taken off."""
    return {name: value.strip('"') for name, value in _ATTRIBUTE.findall(text)}


@dataclass(frozen=True, slots=True)
class PartLine:
    """EXT-X-PART."""

    uri: str
    duration_s: float
    is_independent: bool
    is_gap: bool


@dataclass(slots=True)
class SegmentLines:
    """A segment, complete or open. `late_tags` stood behind its first part."""

    msn: int
    is_discontinuity: bool = False
    map_uri: str | None = None
    own_map: bool = False
    date: datetime | None = None
    parts: list[PartLine] = field(default_factory=list)
    late_tags: list[str] = field(default_factory=list)
    duration_s: float | None = None
    uri: str | None = None
    is_gap: bool = False

    @property
    def listed_s(self) -> float:
        """EXTINF, or the sum of the parts of an open segment."""
        return self.duration_s if self.duration_s is not None else sum(part.duration_s for part in self.parts)


@dataclass(slots=True)
class MediaList:
    """A media playlist."""

    text: str
    names: list[str] = field(default_factory=list)
    version: int = 1
    target_duration_s: int = 0
    control: Attributes = field(default_factory=dict)
    part_target_s: float | None = None
    media_sequence: int = 0
    discontinuity_sequence: int | None = None
    skipped: int | None = None
    segments: list[SegmentLines] = field(default_factory=list)
    hints: list[Attributes] = field(default_factory=list)
    reports: list[Attributes] = field(default_factory=list)
    date_ranges: list[Attributes] = field(default_factory=list)
    is_ended: bool = False

    @property
    def complete(self) -> list[SegmentLines]:
        """Segments with a URI line."""
        return [segment for segment in self.segments if segment.uri is not None]

    @property
    def open(self) -> SegmentLines | None:
        """The segment that is being made."""
        return self.segments[-1] if self.segments and self.segments[-1].uri is None else None

    @property
    def next_part(self) -> tuple[int, int]:
        """(msn, part) that come next."""
        if self.open is not None:
            return self.open.msn, len(self.open.parts)
        return self.media_sequence + (self.skipped or 0) + len(self.segments), 0

    @property
    def last_msn(self) -> int:
        """Number of the last complete segment; one less than the first of all when there is none."""
        return self.next_part[0] - 1

    @property
    def hinted_part(self) -> str | None:
        """URI of the hinted part."""
        return next((hint.get("URI") for hint in self.hints if hint.get("TYPE") == "PART"), None)

    @property
    def can_skip_until_s(self) -> float | None:
        """The skip boundary."""
        value = self.control.get("CAN-SKIP-UNTIL")
        return float(value) if value else None

    def duration_s(self) -> float:
        """Of the complete segments."""
        return sum(segment.listed_s for segment in self.complete)

    def segment(self, msn: int) -> SegmentLines | None:
        """The listed segment of that number."""
        return next((segment for segment in self.segments if segment.msn == msn), None)


def parse_media(text: str) -> MediaList:
    """Read a media playlist."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.list = MediaList(text)
        self.map_uri: str | None = None
        self.current = SegmentLines(0)

    def read(self) -> MediaList:
        lines = [line for line in self.list.text.splitlines() if line]
        self.list.media_sequence = int(_value(lines, "#EXT-X-MEDIA-SEQUENCE:") or 0)
        skip = _value(lines, "#EXT-X-SKIP:")
        self.list.skipped = None if skip is None else int(attributes(skip).get("SKIPPED-SEGMENTS", 0))
        self.current = SegmentLines(self.list.media_sequence + (self.list.skipped or 0))
        for line in lines:
            self.list.names.append(line.partition(":")[0] if line.startswith("#") else "URI")
            if line.startswith("#"):
                self._tag(*line.partition(":")[::2])
            else:
                self._close(line)
        if self.current.parts:
            self.current.map_uri = self.map_uri
            self.list.segments.append(self.current)
        return self.list

    def _tag(self, name: str, value: str) -> None:
        if name in _HEAD_TAGS and self.current.parts:
            self.current.late_tags.append(name)
        match name:
            case "#EXT-X-VERSION":
                self.list.version = int(value)
            case "#EXT-X-TARGETDURATION":
                self.list.target_duration_s = int(value)
            case "#EXT-X-SERVER-CONTROL":
                self.list.control = attributes(value)
            case "#EXT-X-PART-INF":
                self.list.part_target_s = float(attributes(value).get("PART-TARGET", 0))
            case "#EXT-X-DISCONTINUITY-SEQUENCE":
                self.list.discontinuity_sequence = int(value)
            case "#EXT-X-PRELOAD-HINT":
                self.list.hints.append(attributes(value))
            case "#EXT-X-RENDITION-REPORT":
                self.list.reports.append(attributes(value))
            case "#EXT-X-DATERANGE":
                self.list.date_ranges.append(attributes(value))
            case "#EXT-X-ENDLIST":
                self.list.is_ended = True
            case _:
                self._segment_tag(name, value)

    def _segment_tag(self, name: str, value: str) -> None:
        match name:
            case "#EXT-X-DISCONTINUITY":
                self.current.is_discontinuity = True
            case "#EXT-X-MAP":
                self.map_uri = attributes(value).get("URI")
                self.current.own_map = True
            case "#EXT-X-PROGRAM-DATE-TIME":
                self.current.date = datetime.fromisoformat(value)
            case "#EXT-X-GAP":
                self.current.is_gap = True
            case "#EXT-X-PART":
                self.current.parts.append(_part(attributes(value)))
            case "#EXTINF":
                self.current.duration_s = float(value.split(",")[0])

    def _close(self, uri: str) -> None:
        self.current.uri, self.current.map_uri = uri, self.map_uri
        self.list.segments.append(self.current)
        self.current = SegmentLines(self.current.msn + 1)


def _part(found: Attributes) -> PartLine:
    return PartLine(
        found.get("URI", ""),
        float(found.get("DURATION", 0)),
        found.get("INDEPENDENT") == "YES",
        found.get("GAP") == "YES",
    )


def _value(lines: list[str], prefix: str) -> str | None:
    return next((line.removeprefix(prefix) for line in lines if line.startswith(prefix)), None)


@dataclass(frozen=True, slots=True)
class Variant:
    """EXT-X-STREAM-INF with its URI, or EXT-X-MEDIA with one."""

    uri: str
    attributes: Attributes
    is_rendition: bool = False

    @property
    def frame_s(self) -> float:
        """Duration of a picture; 1/30 s where it is not told."""
        return 1 / float(self.attributes.get("FRAME-RATE") or 30)


def parse_multivariant(text: str) -> list[Variant]:
    """Variants and renditions of a multivariant playlist; empty for a media playlist."""
    variants, pending = [], None
    for line in text.splitlines():
        if line.startswith("#EXT-X-STREAM-INF:"):
            pending = attributes(line.partition(":")[2])
        elif line.startswith("#EXT-X-MEDIA:"):
            found = attributes(line.partition(":")[2])
            if "URI" in found:
                variants.append(Variant(found["URI"], found, is_rendition=True))
        elif line and not line.startswith("#") and pending is not None:
            variants.append(Variant(line, pending))
            pending = None
    return variants
