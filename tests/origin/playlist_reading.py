"""A small reader of media playlists for the origin's own tests: segments by number, tags as they stand."""

import re
from dataclasses import dataclass, field


@dataclass
class ReadSegment:
    """Tags of one segment. EXT-X-MAP is the one that applies, written or inherited."""

    msn: int
    discontinuity: bool = False
    map_uri: str = ""
    date: str = ""
    parts: list[str] = field(default_factory=list)
    extinf: str | None = None
    uri: str | None = None


@dataclass
class ReadPlaylist:
    constants: list[str]
    media_sequence: int
    discontinuity_sequence: int
    skipped: int
    segments: dict[int, ReadSegment]
    hints: list[str]
    ended: bool


def read(text: str) -> ReadPlaylist:
    lines = text.splitlines()
    skipped = int(_value(lines, "#EXT-X-SKIP:SKIPPED-SEGMENTS=", "0"))
    sequence = int(_value(lines, "#EXT-X-MEDIA-SEQUENCE:"))
    playlist = ReadPlaylist(
        [line for line in lines if re.match("#EXT-X-(TARGETDURATION|SERVER-CONTROL|PART-INF)", line)],
        sequence,
        int(_value(lines, "#EXT-X-DISCONTINUITY-SEQUENCE:")),
        skipped,
        {},
        [line.split('"')[1] for line in lines if line.startswith("#EXT-X-PRELOAD-HINT")],
        "#EXT-X-ENDLIST" in lines,
    )
    current, map_uri = ReadSegment(sequence + skipped), ""
    for line in lines:
        if line == "#EXT-X-DISCONTINUITY":
            current.discontinuity = True
        elif line.startswith("#EXT-X-MAP:"):
            map_uri = line.split('"')[1]
        elif line.startswith("#EXT-X-PROGRAM-DATE-TIME:"):
            current.date = line
        elif line.startswith("#EXT-X-PART:"):
            current.parts.append(line)
        elif line.startswith("#EXTINF:"):
            current.extinf = line
        elif not line.startswith("#"):
            current.uri, current.map_uri = line, map_uri
            playlist.segments[current.msn] = current
            current = ReadSegment(current.msn + 1)
    if current.parts:
        current.map_uri = map_uri
        playlist.segments[current.msn] = current
    return playlist


def merged(before: ReadPlaylist, delta: ReadPlaylist) -> ReadPlaylist:
    """What a client has after applying a delta update to the list it had."""
    first_kept = delta.media_sequence + delta.skipped
    kept = {msn: before.segments[msn] for msn in range(delta.media_sequence, first_kept)}
    delta.segments = {**{msn: _without_parts(one) for msn, one in kept.items()}, **delta.segments}
    delta.skipped = 0
    return delta


def _without_parts(segment: ReadSegment) -> ReadSegment:
    return ReadSegment(
        segment.msn, segment.discontinuity, segment.map_uri, segment.date, [], segment.extinf, segment.uri
    )


def _value(lines: list[str], prefix: str, default: str | None = None) -> str:
    for line in lines:
        if line.startswith(prefix):
            return line.removeprefix(prefix)
    assert default is not None, prefix
    return default
