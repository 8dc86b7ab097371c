"""The table: how each rule is broken on purpose."""

from tests.probe.mutating import Exchange
from tests.probe.mutations import (
    Mutation,
    date_after_parts,
    double,
    drifting_dates,
    drop_bad_directives,
    drop_third_segment,
    from_reload,
    gone,
    header,
    in_bytes,
    in_delta,
    in_list,
    in_main,
    is_present,
    is_roll_over,
    is_rolled_off,
    keep_all_parts,
    late,
    msn_waits_for_a_part_only,
    no_keyframe,
    other_bytes_later,
    part_waits_for_less,
    replaced,
    same_list_again,
    scrambled,
    shift_decode_time,
    shorten_samples,
    status,
    was_held,
)

ENDED = {"ends_at": 48}
TWO = {"renditions": 2}
DIED = {"dies_at": 45}
SAID = {"has_captions": True}


def is_plain(exchange: Exchange) -> bool:
    return exchange.is_list and not exchange.query


def is_blocking(exchange: Exchange) -> bool:
    return exchange.is_list and "_HLS_msn" in exchange.query


def is_refused(exchange: Exchange) -> bool:
    return exchange.status == 400


def is_segment(exchange: Exchange) -> bool:
    return exchange.is_media and "/seg" in exchange.path


def is_caption(exchange: Exchange) -> bool:
    return exchange.is_media and exchange.path.endswith(".vtt")


def is_init(exchange: Exchange) -> bool:
    return exchange.is_media and "/init" in exchange.path


def is_everything(_: Exchange) -> bool:
    return True


def second_rendition_is_late(exchange: Exchange) -> None:
    if exchange.is_list and "tiny1" in exchange.path:
        exchange.sub("Z$", "+00:01")


def alone_is_ignored(exchange: Exchange) -> None:
    if "_HLS_msn" not in exchange.query:
        exchange.query.clear()


def trickle(exchange: Exchange) -> None:
    exchange.trickles = exchange.is_part


def ended_refuses(exchange: Exchange) -> None:
    if exchange.is_list and "ENDLIST" in exchange.text and "_HLS_msn" not in exchange.query and exchange.query:
        exchange.status, exchange.body = 400, b"{}"


def too_far_msn_answered(exchange: Exchange) -> None:
    if exchange.number("_HLS_msn") > 900:
        exchange.query.clear()


def too_far_part_answered(exchange: Exchange) -> None:
    if exchange.number("_HLS_part") > 9:
        exchange.query.clear()


def unknown_is_ok(exchange: Exchange) -> None:
    if "no-such" in exchange.path:
        exchange.status = 200


def hinted_is_refused(exchange: Exchange) -> None:
    if exchange.is_part and was_held(exchange):
        exchange.status = 404


def late_reload(exchange: Exchange) -> None:
    if is_blocking(exchange) and was_held(exchange) and "_HLS_skip" not in exchange.query:
        exchange.delay_s = 0.2


def head_fails(exchange: Exchange) -> None:
    if exchange.method == "HEAD":
        exchange.status = 405


def stalled_gives_the_same_list(exchange: Exchange) -> None:
    if exchange.status == 503:
        exchange.status = 200


def gzip_for_all(exchange: Exchange) -> None:
    if exchange.is_list:
        exchange.headers["content-encoding"] = "gzip"


def whole_instead_of_delta(exchange: Exchange) -> None:
    exchange.query.pop("_HLS_skip", None)


def slow_present(exchange: Exchange) -> None:
    if is_present(exchange):
        exchange.delay_s = 0.3


MUTATIONS = [
    Mutation("list.part-inf", in_list(r"^#EXT-X-PART-INF.*\n", "")),
    Mutation("list.part-inf", in_list(r",PART-HOLD-BACK=[\d.]+", "")),
    Mutation("list.part-hold-back", in_list(r"PART-HOLD-BACK=[\d.]+", "PART-HOLD-BACK=0.83")),
    Mutation("list.hold-back", in_list(r",HOLD-BACK=\d+", ",HOLD-BACK=2")),
    Mutation("list.skip-boundary", in_list(r"CAN-SKIP-UNTIL=\d+", "CAN-SKIP-UNTIL=5")),
    Mutation("list.block-reload", in_list(r"CAN-BLOCK-RELOAD=YES,", "")),
    Mutation("list.part-too-long", in_list(r"PART-TARGET=[\d.]+", "PART-TARGET=0.33300")),
    Mutation("list.part-too-short", in_list(r"PART-TARGET=[\d.]+", "PART-TARGET=0.40000")),
    Mutation("list.tags-before-parts", from_reload(1, date_after_parts)),
    Mutation("list.stale-parts", keep_all_parts),
    Mutation("list.extinf-rounds", in_list(r"#EXTINF:1\.0+", "#EXTINF:1.60000")),
    Mutation("list.six-segments", from_reload(1, replaced(r"(?:#EXT-X-PROGRAM.*\n#EXTINF.*\nseg.*\n){7}", "", 1))),
    Mutation("list.three-durations", in_list(r"#EXTINF:1\.0+", "#EXTINF:0.20000")),
    Mutation("list.one-hint", in_list(r"^#EXT-X-PRELOAD-HINT.*\n", "")),
    Mutation("list.one-hint", from_reload(1, double(r"^#EXT-X-PRELOAD-HINT.*\n"))),
    Mutation("list.reports", in_list(r"^#EXT-X-RENDITION-REPORT.*\n", ""), show=TWO),
    Mutation("list.reports", from_reload(1, lambda text: text + '#EXT-X-RENDITION-REPORT:URI="x.m3u8",LAST-MSN=1\n')),
    Mutation("list.date-time", in_list(r"^#EXT-X-PROGRAM.*\n", "")),
    Mutation("list.date-time", in_list(r"(DISCONTINUITY\n#EXT-X-MAP.*\n)#EXT-X-PROGRAM.*\n", r"\1"), show=DIED),
    Mutation("list.version", in_list(r"VERSION:6", "VERSION:10")),
    Mutation("list.version", in_list(r"VERSION:6", "VERSION:3")),
    Mutation("list.date-range", from_reload(1, lambda text: text + '#EXT-X-DATERANGE:START-DATE="2026-01-01"\n')),
    Mutation("list.no-type", in_list(r"^#EXT-X-TARGET", "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-TARGET")),
    Mutation("list.discontinuity-seq", in_list(r"^#EXT-X-DISCONTINUITY-SEQ.*\n", "")),
    Mutation("list.map", in_list(r"^#EXT-X-MAP.*\n", "")),
    Mutation(
        "list.ended", in_list("#EXT-X-ENDLIST", '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="x"\n#EXT-X-ENDLIST'), show=ENDED
    ),
    Mutation("list.clean-uris", in_list(r"(seg\d+\.m4s)$", r"\1?_HLS_msn=1")),
    Mutation("update.constants", from_reload(5, replaced(r"PART-HOLD-BACK=[\d.]+", "PART-HOLD-BACK=1.10000"))),
    Mutation("update.constants", from_reload(5, replaced(r"PART-TARGET=[\d.]+", "PART-TARGET=0.33335"))),
    Mutation("update.msn", from_reload(5, replaced(r"MEDIA-SEQUENCE:\d+", "MEDIA-SEQUENCE:0"))),
    Mutation("update.discontinuity", from_reload(5, replaced(r"(ITY-SEQUENCE):\d+", r"\1:3"))),
    Mutation("update.append-only", from_reload(5, drop_third_segment)),
    Mutation("update.append-only", from_reload(5, replaced(r"#EXTINF:1\.0+", "#EXTINF:0.99000", 3))),
    Mutation("update.append-only", from_reload(5, replaced(r"T00:00:(\d\d)\.\d{3}Z", r"T00:00:\1.040Z"))),
    Mutation("update.unchanged", same_list_again),
    Mutation("update.cadence", late(lambda one: is_blocking(one) and one.query.get("_HLS_part") == "2", 0.4)),
    Mutation("update.hint-kept", in_list(r'TYPE=PART,URI="part(\d+)', r'TYPE=PART,URI="part9\1')),
    Mutation("update.reports-true", in_list(r"LAST-MSN=\d+", "LAST-MSN=3"), show=TWO),
    Mutation(
        "update.in-sync", lambda: lambda one: "tiny1" in one.path and one.is_list and one.sub("Z$", "+00:01"), show=TWO
    ),
    Mutation("delta.is-delta", on_request=lambda: whole_instead_of_delta),
    Mutation("delta.merges", in_delta(r"SKIPPED-SEGMENTS=(\d)", r"SKIPPED-SEGMENTS=1\1")),
    Mutation("delta.boundary", in_delta(r"(SKIPPED-SEGMENTS=.*\n#EXT-X-MAP.*\n)(?:.*\n#EXTINF.*\nseg.*\n){2}", r"\1")),
    Mutation("delta.order", in_delta(r"(#EXT-X-DISCONTINUITY-SEQUENCE.*\n)(#EXT-X-SKIP.*\n)", r"\2\1")),
    Mutation("delta.version", in_delta("VERSION:9", "VERSION:6")),
    Mutation("delta.state-tags", in_delta(r"^#EXT-X-MAP.*\n", "")),
    Mutation("block.msn-alone", on_request=lambda: msn_waits_for_a_part_only),
    Mutation("block.part", on_request=lambda: part_waits_for_less),
    Mutation("block.roll-over", late(is_roll_over, 0.3)),
    Mutation("block.released", lambda: late_reload),
    Mutation("block.part-alone", on_request=lambda: alone_is_ignored),
    Mutation("block.not-a-number", on_request=lambda: drop_bad_directives),
    Mutation("block.msn-too-far", on_request=lambda: too_far_msn_answered),
    Mutation("block.msn-too-far", late(lambda one: one.number("_HLS_msn") > 900, 1.7)),
    Mutation("block.part-too-far", on_request=lambda: too_far_part_answered),
    Mutation("block.present", lambda: slow_present),
    Mutation("block.rolled-off", status(is_rolled_off, 400)),
    Mutation("block.stalled", lambda: stalled_gives_the_same_list, show={"is_stalled": True}),
    Mutation("block.stalled", late(lambda one: one.status == 503, 4), show={"is_stalled": True}),
    Mutation("block.ended", lambda: ended_refuses, show=ENDED),
    Mutation("media.unknown", lambda: unknown_is_ok),
    Mutation("media.hint-held", lambda: hinted_is_refused),
    Mutation("media.hint-whole", lambda: trickle),
    Mutation("media.same-bytes", other_bytes_later),
    Mutation("media.same-bytes", in_bytes(is_segment, lambda data: data + b"\0\0\0\x08free")),
    Mutation("media.part-lifetime", gone(r"/part\d", after_s=2)),
    Mutation("media.lifetime", gone(r"/seg[1-5]\.", after_s=-1), show={"warm_up_s": 11.4}),
    Mutation("media.idr", in_bytes(is_segment, no_keyframe)),
    Mutation("media.independent", in_list(",INDEPENDENT=YES", "")),
    Mutation("media.independent", in_bytes(lambda one: one.is_part, no_keyframe)),
    Mutation("media.extinf-sum", in_list(r"#EXTINF:1\.0+", "#EXTINF:1.20000")),
    Mutation("media.true-duration", in_bytes(lambda one: one.is_part, shorten_samples)),
    Mutation("media.tfdt", in_bytes(lambda one: one.is_part, shift_decode_time)),
    Mutation("media.date-drift", from_reload(1, drifting_dates)),
    Mutation("media.decodes", in_bytes(is_segment, scrambled)),
    Mutation("media.codecs", in_main("avc1.[0-9A-Fa-f]+", "avc1.640028")),
    Mutation("media.codecs", in_main(",mp4a.40.2", "")),
    Mutation("media.bandwidth", in_main("=400000", "=40000")),
    Mutation(
        "captions.beside", in_list(r"DATE-TIME:(.*)Z$(?=\n#EXTINF.*\nseg\d+\.vtt)", r"DATE-TIME:\1+00:01"), show=SAID
    ),
    Mutation(
        "captions.webvtt", in_bytes(is_caption, lambda data: data.replace(b"X-TIMESTAMP-MAP", b"NOTE")), show=SAID
    ),
    Mutation(
        "captions.within", in_bytes(is_caption, lambda data: data.replace(b"--> 00:00:01", b"--> 00:00:02")), show=SAID
    ),
    Mutation("captions.mapped", in_bytes(is_caption, lambda data: data.replace(b"MPEGTS:9", b"MPEGTS:8")), show=SAID),
    Mutation("main.attributes", in_main(",FRAME-RATE=[0-9.]+", "")),
    Mutation("main.independent", in_main("#EXT-X-INDEPENDENT-SEGMENTS\n", "")),
    Mutation("http.gzip", header(is_blocking, "content-encoding", None)),
    Mutation("http.identity", lambda: gzip_for_all),
    Mutation("http.cors", header(lambda one: one.is_part, "access-control-allow-origin", None)),
    Mutation("http.cors", header(is_refused, "access-control-allow-origin", None)),
    Mutation("http.expose", header(is_blocking, "access-control-expose-headers", "Date")),
    Mutation("http.date", header(is_everything, "date", None)),
    Mutation("http.plain-cache", header(is_plain, "cache-control", "max-age=60")),
    Mutation("http.blocking-cache", header(is_blocking, "cache-control", "private, no-cache")),
    Mutation("http.media-cache", header(lambda one: one.is_part, "cache-control", "no-cache")),
    Mutation("http.media-cache", header(is_init, "cache-control", "max-age=1")),
    Mutation("http.error-cache", header(is_refused, "cache-control", "max-age=60")),
    Mutation("http.type", header(is_blocking, "content-type", "text/plain")),
    Mutation("http.type", header(lambda one: one.is_part, "content-type", "application/octet-stream")),
    Mutation("http.no-redirect", status(is_init, 302)),
    Mutation("http.head", lambda: head_fails),
    Mutation("http.h2", show={"http_version": b"HTTP/1.1"}),
]
