"""Every rule the probe knows: an id, what must be true, and where that stands.

Sections without another name are of draft-pantos-hls-rfc8216bis-22; "Apple n.n" is the HLS authoring specification.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    id: str
    text: str
    source: str


_TABLE = """
list.part-inf          | A list with parts has PART-INF and PART-HOLD-BACK | 4.4.3.7, 4.4.3.8
list.part-hold-back    | PART-HOLD-BACK is at least 3 PART-TARGETs | 4.4.3.8, Apple 14.3
list.hold-back         | HOLD-BACK, where given, is at least 3 target durations | 4.4.3.8
list.skip-boundary     | CAN-SKIP-UNTIL, where given, is at least 6 target durations | 4.4.3.8
list.block-reload      | SERVER-CONTROL says CAN-BLOCK-RELOAD=YES | 4.4.3.8, B.1
list.part-too-long     | No part is longer than PART-TARGET | 4.4.4.9
list.part-too-short    | Parts last 85 % of PART-TARGET or more, but for independent, gap and last ones | 4.4.4.9
list.tags-before-parts | DISCONTINUITY, MAP, KEY and PROGRAM-DATE-TIME stand before the segment's first part | 4.4.4.9
list.stale-parts       | Parts are removed once they are over 3 target durations (and a segment) from the end | 6.2.2
list.extinf-rounds     | EXTINF rounds to no more than TARGETDURATION | 4.4.3.1
list.six-segments      | A list that removes segments keeps six | Apple 8.11
list.three-durations   | A live list that removes segments lasts 3 target durations or more | 6.2.2
list.one-hint          | A live list with parts has one hint of TYPE=PART, and at most one of MAP | 4.4.5.3, B.1
list.reports           | There is one RENDITION-REPORT for every other rendition, and none for itself | B.1
list.date-time         | The list has PROGRAM-DATE-TIME, and so has every segment with a DISCONTINUITY | 6.2.1, B.1
list.version           | EXT-X-VERSION is what the tags need, and no more | 6.2.1, 8
list.date-range        | DATERANGEs have an ID of their own and come with PROGRAM-DATE-TIME | 4.4.5.1
list.no-type           | A live list has no PLAYLIST-TYPE | 6.2.2
list.discontinuity-seq | DISCONTINUITY-SEQUENCE is there from the start | Apple 8.17
list.map               | EXT-X-MAP applies to every segment | 4.4.4.5
list.ended             | After ENDLIST there is no hint and no part | 6.2.1
list.clean-uris        | Child URIs carry no delivery directive | 6.2.5
update.constants       | TARGETDURATION, PART-TARGET and SERVER-CONTROL never change | 6.2.1, 4.4.3.8
update.msn             | MEDIA-SEQUENCE never decreases, and grows with each segment removed | 6.2.2
update.discontinuity   | DISCONTINUITY-SEQUENCE grows by the discontinuities removed | 6.2.2
update.append-only     | Lines are only appended, or removed from the top | 6.2.1
update.unchanged       | A held reload is never answered with the list one has | 6.2.5.2
update.cadence         | A part follows the one before within a PART-TARGET | 6.2.1
update.hint-kept       | The part that was hinted is the next part of its segment | 4.4.5.3
update.reports-true    | A rendition report is true to within one part | B.1
update.in-sync         | Renditions have the same segment boundaries to within a frame | 6.2.4, B.1
delta.is-delta         | _HLS_skip=YES gives a delta where there is something to skip | 6.2.5.1
delta.merges           | A delta merged into the list one had equals the whole list | 6.2.5.1
delta.boundary         | A delta keeps CAN-SKIP-UNTIL seconds before the end of the last complete segment | 6.2.5.1
delta.order            | MEDIA-SEQUENCE and DISCONTINUITY-SEQUENCE stand before EXT-X-SKIP | 4.4.5.2
delta.version          | A list with EXT-X-SKIP is of version 9 or more | 8
delta.state-tags       | The first kept segment of a delta has its MAP and PROGRAM-DATE-TIME | 4.4.4.5
block.msn-alone        | _HLS_msn=M alone waits until segment M is complete | 6.2.5.2
block.part             | _HLS_msn=M&_HLS_part=N waits until part N of M, or anything later, is there | 6.2.5.2
block.roll-over        | A part beyond the last of a finished M is part 0 of M+1: at once where that is there | 6.2.5.2
block.released         | A held reload is answered as soon as the part it waits for can be fetched | 6.2.5.2
block.part-alone       | _HLS_part without _HLS_msn is 400 | 6.2.5.2
block.not-a-number     | A directive that is empty or not a number is 400 | 6.2.5
block.msn-too-far      | An M beyond the last segment by more than two is 400, at once | 6.2.5.2
block.part-too-far     | A part beyond the Advance Part Limit is 400, at once | 6.2.5.2
block.present          | What is there already is answered at once with the whole list | 6.2.5.2
block.rolled-off       | What has left the list is answered at once with the whole list | 6.2.5.2
block.stalled          | A source that stands still gets held reloads 503 after 3 target durations | 6.2.5.2
block.ended            | With ENDLIST, directives are ignored | 6.2.5
media.unknown          | An unknown resource is 404, at once | 6.2.6
media.hint-held        | A hinted part that is not ready is held, then sent with status 200 | 6.2.6
media.hint-whole       | No byte of a part is sent before all can go at line rate | 6.2.6
media.same-bytes       | A hinted part, the same part later, and its slice of the segment are the same bytes | 3.2
media.part-lifetime    | A part can be fetched for 3 target durations after it was removed from the list | 6.2.2
media.lifetime         | A segment can be fetched after it has left the list | 6.2.2
media.idr              | Every segment starts with an IDR | Apple 1.13
media.independent      | INDEPENDENT=YES is said of just the parts that start with an IDR | 4.4.4.9
media.extinf-sum       | EXTINF is the sum of the segment's parts to within a frame | Apple 8.1
media.true-duration    | Durations in the list are those of the media to within a frame | 4.4.4.1, 4.4.4.9
media.tfdt             | Decode times go on without gap or overlap from part to part in every track | 3.2
media.date-drift       | PROGRAM-DATE-TIME and decode times drift apart by less than a frame | B.1
media.decodes          | Init segment and segments decode without an error | 3.1
media.codecs           | CODECS tells what the init segment has | 4.4.6.2
media.bandwidth        | No segment takes more than 125 % of BANDWIDTH | Apple 1.28
captions.beside        | Captions have a segment beside each of the pictures, of the same time | 6.2.4
captions.webvtt        | A segment of captions is WebVTT with X-TIMESTAMP-MAP | 3.1.4
captions.within        | No cue is shown outside of its segment | 3.1.4
captions.mapped        | X-TIMESTAMP-MAP goes on as the dates of the segments do | 3.1.4
main.attributes        | Variants have BANDWIDTH, CODECS, RESOLUTION and FRAME-RATE | Apple 9
main.independent       | The multivariant list says INDEPENDENT-SEGMENTS | Apple 9
http.gzip              | Playlists are gzipped for clients that accept it | B.1, Apple 10.1
http.identity          | Playlists are plain for clients that do not accept gzip | RFC 9110 12.5.3
http.cors              | Every answer may be read by any page | hls.js in a page of another origin
http.expose            | Age and Date are exposed to pages | C
http.date              | Answers have a Date | RFC 9110 6.6.1
http.plain-cache       | A plain playlist may be cached, for at most one target duration | B.1
http.blocking-cache    | A playlist with directives may be cached, for 6 target durations at most | B.1
http.media-cache       | Media may be cached by anyone for 6 target durations or more | B.1
http.error-cache       | Errors are cached for at most 4 (held playlists) or 1 (else) target durations | B.1
http.type              | MIME types are those of playlists and of fragmented MP4 | 4, RFC 8216 4
http.no-redirect       | Nothing redirects | Apple 8.18
http.head              | HEAD answers as GET does, without a body | RFC 9110 9.3.2
http.h2                | HTTP/2 is spoken over TLS | B.1
"""


def _parse(table: str) -> dict[str, Rule]:
    rows = (line.split("|") for line in table.strip().splitlines())
    return {row[0].strip(): Rule(*(cell.strip() for cell in row)) for row in rows}


RULES = _parse(_TABLE)
