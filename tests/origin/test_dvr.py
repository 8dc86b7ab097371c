"""The long list: hours back, the live edge at its end, and whatever it names can be fetched."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from onstage.model.media import DEFAULT_PROFILE
from onstage.origin.origin import Origin
from tests.origin.playlist_reading import ReadPlaylist, merged, read
from tests.origin.script import PARTS_PER_SEGMENT, RENDITION
from tests.origin.serving import BROADCAST, ROOM, SMALL, Show, a_show, an_app
from tests.origin.test_window import assert_legal_update

FOLDER = f"/live/{BROADCAST}/720p/"
LONG = f"{FOLDER}dvr.m3u8"
WINDOW_S = 420
SEGMENTS_IN_WINDOW = 197
"""Of 64 frames each: the first that are not less than the window."""


@pytest.fixture
async def show(tmp_path: Path) -> AsyncIterator[Show]:
    async with a_show(tmp_path, dvr_window_s=WINDOW_S) as show:
        yield show


async def restarted(show: Show) -> None:
    """The server as it is after kill -9 and a new start: only what is stored is left."""
    await show.origin.close()
    show.origin = Origin(show.clock, show.origin.folder)
    show.window = await show.origin.open(BROADCAST, ROOM, DEFAULT_PROFILE, dvr_window_s=WINDOW_S)
    show.client._transport.app = an_app(show.origin)  # type: ignore[attr-defined]  # the same client, of a new server


def refusal(answer: httpx.Response) -> str:
    return str(answer.json()["code"])


async def long_list(show: Show, query: str = "") -> ReadPlaylist:
    answer = await show.get(LONG + query)
    assert answer.status_code == 200, answer.text
    return read(answer.text)


async def test_the_long_list_goes_back_to_the_beginning_and_ends_as_the_short_one(show: Show) -> None:
    await show.fill(60, 2)
    long, short = await long_list(show), read((await show.get(f"{FOLDER}index.m3u8")).text)
    assert (sorted(short.segments), sorted(long.segments)) == (list(range(49, 62)), list(range(1, 62)))
    assert {msn: long.segments[msn] for msn in short.segments} == short.segments
    assert (long.hints, long.constants) == (short.hints, short.constants)


async def test_every_update_is_legal_and_a_delta_gives_the_same_list(show: Show) -> None:
    await show.fill(SEGMENTS_IN_WINDOW - 8)
    before = await long_list(show)
    for step in range(12):
        if step == 4:
            await show.window.on_discontinuity()
        await show.fill(1, 1)
        full = await long_list(show)
        assert_legal_update(before, full)
        delta = await long_list(show, "?_HLS_skip=YES")
        assert delta.skipped > len(full.segments) - 9
        assert merged(before, delta).segments == full.segments
        before = full


async def test_a_request_waits_for_the_next_part(show: Show) -> None:
    await show.fill(3)
    held = await show.held(f"{LONG}?_HLS_msn=4&_HLS_part=0")
    await show.feed(1)
    assert "part4.0.m4s" in (await held).text
    assert refusal(await show.get(f"{LONG}?_HLS_msn=9")) == "hls_directive_invalid"


async def test_everything_listed_is_fetched_also_what_is_in_memory_no_longer(show: Show) -> None:
    await show.fill(60)
    await show.window.stored()
    for msn, segment in (await long_list(show)).segments.items():
        answer = await show.get(FOLDER + str(segment.uri))
        start = (msn - 1) * DEFAULT_PROFILE.segment_ticks
        assert answer.content.startswith(f"<720p@{start}+".encode())
        assert "immutable" in answer.headers["cache-control"]


async def test_the_list_slides_and_what_left_it_stays_fetchable_for_as_long(show: Show, tmp_path: Path) -> None:
    await show.fill(SEGMENTS_IN_WINDOW + 50)
    await show.window.stored()
    assert min((await long_list(show)).segments) == 51
    assert (await show.get(f"{FOLDER}seg1.m4s")).status_code == 200
    await show.fill(SEGMENTS_IN_WINDOW)
    await show.window.stored()
    assert refusal(await show.get(f"{FOLDER}seg1.m4s")) == "media_not_found"
    stored = {int(path.stem[3:]) for path in (tmp_path / BROADCAST / "720p").glob("seg*.m4s")}
    assert min(stored) in range(45, 52)
    blocks = {int(path.stem[7:]) for path in (tmp_path / BROADCAST / "720p").glob("history*.json")}
    assert min(blocks) <= min(stored) < min(blocks) + 64


async def test_a_restart_takes_nothing_from_the_list(show: Show) -> None:
    await show.fill(150, 2)
    before = await long_list(show)
    await restarted(show)
    await show.fill(1, 1)
    after = await long_list(show)
    assert_legal_update(before, after)
    assert after.segments[152].discontinuity
    assert (await show.get(f"{FOLDER}seg1.m4s")).status_code == 200
    assert (await show.get(f"{FOLDER}init0.mp4")).status_code == 200


async def test_discontinuities_are_counted_as_the_list_slides_over_them(show: Show) -> None:
    for _ in range(3):
        await show.fill(20)
        await show.window.on_discontinuity()
    await show.fill(20)
    assert (await long_list(show)).discontinuity_sequence == 0
    await show.fill(SEGMENTS_IN_WINDOW - 20)
    long = await long_list(show)
    assert (min(long.segments), long.discontinuity_sequence) == (61, 2)
    await show.fill(1)
    assert (await long_list(show)).discontinuity_sequence == 3


async def test_a_segment_that_is_lost_is_a_gap_in_the_list(show: Show) -> None:
    await show.fill(40)
    await show.window.stored()
    assert show.window.keeper is not None
    show.window.keeper.history("720p").lose(7)
    answer = await show.get(LONG)
    lines = answer.text.splitlines()
    at = lines.index("#EXT-X-GAP")
    assert lines[at : at + 3] == ["#EXT-X-GAP", "#EXTINF:2.133333334,", "seg7.m4s"]
    assert answer.text.count("#EXT-X-GAP") == 1
    assert refusal(await show.get(f"{FOLDER}seg7.m4s")) == "media_not_found"


async def test_lists_of_other_renditions_are_told_of(show: Show) -> None:
    await show.feed(2 * PARTS_PER_SEGMENT, RENDITION, SMALL)
    report = '#EXT-X-RENDITION-REPORT:URI="../360p/dvr.m3u8",LAST-MSN=2,LAST-PART=3'
    assert report in (await show.get(LONG)).text
    listed = (await show.get(f"/live/{BROADCAST}/dvr.m3u8")).text.splitlines()
    assert [line for line in listed if not line.startswith("#")] == ["720p/dvr.m3u8", "360p/dvr.m3u8"]
    of_room = (await show.get(f"/live/{ROOM}/dvr.m3u8")).text
    assert f"\n../{BROADCAST}/720p/dvr.m3u8\n" in of_room


async def test_after_the_end_the_list_stays_for_as_long_as_it_is(show: Show) -> None:
    await show.fill(60)
    await show.window.end()
    long = await long_list(show)
    assert (long.ended, len(long.segments)) == (True, 60)
    await show.clock.advance(WINDOW_S - 1)
    assert (await show.get(f"{FOLDER}seg1.m4s")).status_code == 200
    await show.clock.advance(1)
    await show.origin.retired()
    assert refusal(await show.get(LONG)) == "broadcast_not_found"


async def test_a_broadcast_without_it_has_no_long_list(tmp_path: Path) -> None:
    async with a_show(tmp_path) as show:
        await show.fill(2)
        assert refusal(await show.get(LONG)) == "media_not_found"
        assert refusal(await show.get(f"/live/{BROADCAST}/dvr.m3u8")) == "media_not_found"


@pytest.mark.parametrize(
    "name", ["seg999.m4s", "seg0.m4s", "init7.mp4", "index.json", "history0.json", "open1.journal"]
)
async def test_nothing_else_of_the_store_can_be_fetched(show: Show, name: str) -> None:
    await show.fill(70)
    await show.window.stored()
    assert refusal(await show.get(FOLDER + name)) == "media_not_found"
