"""The origin's door: status, bytes and headers of every kind of request."""

import asyncio
import gzip
from collections.abc import AsyncIterator

import pytest
from httpx import Response
from starlette.routing import Route

from onstage.origin.doors.http import live_routes
from onstage.origin.playlists.directives import Directives
from tests.origin.script import PARTS_PER_SEGMENT, RENDITION
from tests.origin.serving import BROADCAST, LIST, ROOM, SMALL, Show, a_show
from tests.support.clock import settle

IMMUTABLE = "public, max-age=31536000, immutable"


@pytest.fixture
async def show() -> AsyncIterator[Show]:
    async with a_show() as show:
        yield show


def assert_problem(answer: Response, status: int, code: str, caching: str) -> None:
    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == caching
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_room_that_is_not_live_says_when_to_try_again(show: Show) -> None:
    for path in (f"/live/{ROOM}/index.m3u8", "/live/rm_other/index.m3u8", f"/live/{BROADCAST}/index.m3u8", LIST):
        answer = await show.get(path)
        assert_problem(answer, 404, "broadcast_not_live", "public, max-age=1")
        assert answer.headers["retry-after"] == "1"


async def test_an_unknown_broadcast_is_not_found(show: Show) -> None:
    assert_problem(await show.get("/live/bc_no/index.m3u8"), 404, "broadcast_not_found", "public, max-age=1")
    assert_problem(await show.get("/live/bc_no/720p/seg1.m4s"), 404, "broadcast_not_found", "public, max-age=1")


async def test_the_rooms_list_leads_to_the_broadcasts_playlists(show: Show) -> None:
    await show.feed(1)
    room, own = await show.get(f"/live/{ROOM}/index.m3u8"), await show.get(f"/live/{BROADCAST}/index.m3u8")
    assert room.text.splitlines()[-1] == f"../{BROADCAST}/720p/index.m3u8"
    assert own.text.splitlines()[-1] == "720p/index.m3u8"
    for answer in (room, own):
        assert answer.headers["cache-control"] == "public, max-age=1"
        assert answer.headers["content-type"] == "application/vnd.apple.mpegurl"


async def test_the_rooms_list_ends_with_the_broadcast_whose_own_stays(show: Show) -> None:
    await show.fill(2)
    await show.window.end()
    assert (await show.get(f"/live/{ROOM}/index.m3u8")).status_code == 404
    assert (await show.get(LIST)).text.endswith("#EXT-X-ENDLIST\n")


async def test_an_ended_broadcast_can_be_watched_to_its_end_then_is_gone(show: Show) -> None:
    await show.fill(13)
    await show.window.end()
    await show.clock.advance(25)
    assert (await show.get(f"/live/{BROADCAST}/720p/seg13.m4s")).status_code == 200
    await show.clock.advance(30)
    assert (await show.get(LIST)).status_code == 404
    assert show.origin.stats() == {}


@pytest.mark.parametrize(
    "query",
    ["_HLS_part=1", "_HLS_msn=", "_HLS_msn=x", "_HLS_msn=2&_HLS_part=", "_HLS_msn=24", "_HLS_msn=21&_HLS_part=7"],
)
async def test_a_wrong_or_far_directive_is_400_at_once(show: Show, query: str) -> None:
    await show.fill(20, 2)
    assert_problem(await show.get(f"{LIST}?{query}"), 400, "hls_directive_invalid", "public, max-age=8")


@pytest.mark.parametrize("query", ["_HLS_msn=21&_HLS_part=1", "_HLS_msn=20", "_HLS_msn=1", "_HLS_msn=20&_HLS_part=4"])
async def test_what_is_there_or_rolled_off_is_the_whole_list_at_once(show: Show, query: str) -> None:
    await show.fill(20, 2)
    plain, answer = await show.get(LIST), await show.get(f"{LIST}?{query}")
    assert answer.status_code == 200
    assert answer.content == plain.content
    assert plain.headers["cache-control"] == "public, max-age=1"
    assert answer.headers["cache-control"] == "public, max-age=12"


async def test_a_part_request_is_held_until_that_part(show: Show) -> None:
    await show.fill(3, 1)
    request = await show.held(f"{LIST}?_HLS_msn=4&_HLS_part=1")
    await show.feed(1)
    assert "part4.1.m4s" in (await request).text.splitlines()[-2]


async def test_a_segment_request_is_held_until_the_segment_is_complete(show: Show) -> None:
    await show.fill(3, 1)
    request = await show.held(f"{LIST}?_HLS_msn=4")
    await show.feed(PARTS_PER_SEGMENT - 2)
    await settle()
    assert not request.done()
    await show.feed(1)
    assert "\nseg4.m4s\n" in (await request).text


async def test_a_part_beyond_a_segment_that_ends_early_is_the_next_segments_first(show: Show) -> None:
    await show.fill(3, 1)
    request = await show.held(f"{LIST}?_HLS_msn=4&_HLS_part=2")
    await show.window.on_discontinuity()
    await settle()
    assert not request.done()
    await show.feed(1)
    assert "part5.0.m4s" in (await request).text


async def test_a_source_that_stands_still_is_503_after_three_target_durations(show: Show) -> None:
    await show.fill(3)
    requests = [await show.held(path) for path in (f"{LIST}?_HLS_msn=4&_HLS_part=0", f"{LIST}?_HLS_msn=4")]
    hinted = await show.held(LIST.replace("index.m3u8", "part4.0.m4s"))
    await show.clock.advance(5.99)
    assert not any(request.done() for request in (*requests, hinted))
    await show.clock.advance(0.01)
    for request in requests:
        assert_problem(await request, 503, "hls_timeout", "public, max-age=8")
    assert_problem(await hinted, 503, "hls_timeout", "public, max-age=2")
    assert show.window.stats().held_requests == 0


async def test_a_late_waiter_keeps_its_own_deadline(show: Show) -> None:
    await show.fill(3)
    await show.held(f"{LIST}?_HLS_msn=4&_HLS_part=0")
    await show.clock.advance(4)
    late = await show.held(f"{LIST}?_HLS_msn=4&_HLS_part=0")
    await show.clock.advance(5)
    assert not late.done()
    await show.clock.advance(1)
    assert (await late).status_code == 503


async def test_a_segment_request_is_not_prolonged_by_the_parts_on_the_way(show: Show) -> None:
    await show.fill(3)
    request = await show.held(f"{LIST}?_HLS_msn=4")
    await show.clock.advance(4)
    await show.feed(1)
    await show.clock.advance(2)
    assert (await request).status_code == 503


async def test_an_ended_list_ignores_directives(show: Show) -> None:
    await show.fill(3)
    held = await show.held(f"{LIST}?_HLS_msn=4")
    await show.window.end()
    plain = await show.get(LIST)
    assert (await held).text == plain.text
    for query in ("_HLS_msn=99", "_HLS_part=1", "_HLS_msn=", "_HLS_skip=YES"):
        answer = await show.get(f"{LIST}?{query}")
        assert (answer.status_code, answer.text) == (200, plain.text)


async def test_a_delta_is_sent_when_asked_for(show: Show) -> None:
    await show.fill(20)
    for value in ("YES", "v2"):
        assert "#EXT-X-SKIP:SKIPPED-SEGMENTS=6" in (await show.get(f"{LIST}?_HLS_skip={value}")).text
    held = await show.held(f"{LIST}?_HLS_msn=21&_HLS_part=0&_HLS_skip=YES")
    await show.feed(1)
    assert "#EXT-X-SKIP:SKIPPED-SEGMENTS=6" in (await held).text


async def test_the_first_plain_request_waits_for_a_segment(show: Show) -> None:
    await show.feed(1)
    assert (await show.get(f"{LIST}?_HLS_msn=1&_HLS_part=0")).status_code == 200
    request = await show.held(LIST)
    await show.feed(PARTS_PER_SEGMENT - 1)
    assert "seg1.m4s" in (await request).text


async def test_media_is_immutable_and_a_segment_is_its_parts(show: Show) -> None:
    await show.fill(1, 1)
    folder = LIST.removesuffix("index.m3u8")
    parts = [await show.get(f"{folder}part1.{index}.m4s") for index in range(PARTS_PER_SEGMENT)]
    segment, init = await show.get(f"{folder}seg1.m4s"), await show.get(f"{folder}init0.mp4")
    assert segment.content == b"".join(part.content for part in parts)
    for answer in (*parts, segment, init):
        assert answer.headers["cache-control"] == IMMUTABLE
        assert answer.headers["content-type"] == "video/mp4"
        assert answer.headers["content-length"] == str(len(answer.content))
        assert "content-encoding" not in answer.headers


async def test_a_hinted_part_is_held_and_sent_whole(show: Show) -> None:
    await show.fill(1, 1)
    path = LIST.replace("index.m3u8", "part2.1.m4s")
    request = await show.held(path)
    await show.feed(1)
    assert (await request).content == (await show.get(path)).content
    assert (await request).headers["cache-control"] == IMMUTABLE


async def test_a_hinted_part_that_will_never_exist_is_404(show: Show) -> None:
    await show.fill(1, 1)
    request = await show.held(LIST.replace("index.m3u8", "part2.1.m4s"))
    await show.window.on_discontinuity()
    assert_problem(await request, 404, "media_not_found", "public, max-age=2")


@pytest.mark.parametrize("name", ["part2.2.m4s", "seg2.m4s", "init1.mp4", "part9.0.m4s", "favicon.ico"])
async def test_unknown_media_is_404_at_once(show: Show, name: str) -> None:
    await show.fill(1, 1)
    answer = await show.get(LIST.replace("index.m3u8", name))
    assert_problem(answer, 404, "media_not_found", "public, max-age=2")


async def test_an_unknown_rendition_is_404(show: Show) -> None:
    await show.fill(1)
    answer = await show.get(f"/live/{BROADCAST}/4k/index.m3u8")
    assert_problem(answer, 404, "media_not_found", "public, max-age=1")


@pytest.mark.parametrize(
    ("accept", "is_compressed"),
    [("gzip", True), ("br, gzip;q=0.5", True), ("*", True), ("identity", False), ("gzip;q=0", False), ("", False)],
)
async def test_playlists_are_compressed_for_who_accepts_it(show: Show, accept: str, is_compressed: bool) -> None:
    await show.fill(2)
    for path in (LIST, f"/live/{ROOM}/index.m3u8", f"{LIST}?_HLS_msn=2"):
        async with show.client.stream("GET", path, headers={"Accept-Encoding": accept}) as answer:
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])
        assert (answer.headers.get("content-encoding") == "gzip") is is_compressed
        assert answer.headers["vary"] == "Accept-Encoding"
        assert (gzip.decompress(raw) if is_compressed else raw).startswith(b"#EXTM3U\n")


async def test_everybody_held_gets_the_same_bytes_built_once(show: Show) -> None:
    await show.fill(2)
    served = show.window.rendition("720p")
    waiting = [asyncio.create_task(served.playlist(_directives(3, 0))) for _ in range(50)]
    await settle()
    assert show.window.stats().held_requests == 50
    await show.feed(1)
    bodies = await asyncio.gather(*waiting)
    assert len({id(body) for body in bodies}) == 1


def _directives(msn: int, part: int) -> Directives:
    return Directives(msn, part)


async def test_scripts_of_any_page_may_read_it_all(show: Show) -> None:
    await show.fill(1)
    for path in (LIST, f"/live/{ROOM}/index.m3u8", LIST.replace("index.m3u8", "seg1.m4s")):
        answer = await show.get(path)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert {"Age", "Date"} <= set(answer.headers["access-control-expose-headers"].split(", "))
        preflight = await show.client.options(path, headers={"Origin": "https://a.test"})
        assert preflight.status_code == 204
        assert "GET" in preflight.headers["access-control-allow-methods"]


async def test_head_tells_the_length_and_sends_nothing(show: Show) -> None:
    await show.fill(1)
    for path in (LIST, LIST.replace("index.m3u8", "seg1.m4s"), LIST.replace("index.m3u8", "no.m4s")):
        get, head = await show.get(path, Accept_Encoding="identity"), await show.client.head(path)
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert int(head.headers["content-length"]) > 0


async def test_only_reading_is_possible(show: Show) -> None:
    assert (await show.client.post(LIST)).status_code == 405
    methods = {method for route in live_routes(show.origin) for method in route.methods or () if not _counts(route)}
    assert methods == {"GET", "HEAD", "OPTIONS"}


def _counts(route: Route) -> bool:
    """Whether players only say there that they play."""
    return route.path.endswith("/beacon")


async def test_another_rendition_is_reported(show: Show) -> None:
    await show.feed(PARTS_PER_SEGMENT, RENDITION, SMALL)
    report = '#EXT-X-RENDITION-REPORT:URI="../360p/index.m3u8",LAST-MSN=1,LAST-PART=3'
    assert (await show.get(LIST)).text.splitlines()[-1] == report
    await show.feed(1, RENDITION, SMALL)
    assert (await show.get(LIST)).text.splitlines()[-1] == report.replace("MSN=1,LAST-PART=3", "MSN=2,LAST-PART=0")


async def test_the_only_rendition_is_not_reported(show: Show) -> None:
    await show.fill(2, 1)
    assert "RENDITION-REPORT" not in (await show.get(LIST)).text


async def test_a_server_about_to_stop_holds_nobody(show: Show) -> None:
    await show.fill(2)
    request = await show.held(f"{LIST}?_HLS_msn=3")
    show.origin.let_go()
    assert (await request).status_code == 503
    assert (await show.get(f"{LIST}?_HLS_msn=3")).status_code == 503
    assert (await show.get(LIST)).status_code == 200


async def test_closing_the_origin_lets_held_requests_go(show: Show) -> None:
    await show.fill(2)
    request = await show.held(f"{LIST}?_HLS_msn=3")
    await show.origin.close()
    assert (await request).status_code == 503
