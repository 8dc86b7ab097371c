"""Several renditions of one show: nobody is ahead, whatever dies, and each is what its line says."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from onstage.model.media import CLASSIC_PROFILE, TICKS_PER_SECOND, Init
from onstage.origin.origin import Origin
from onstage.origin.playlists.directives import Directives
from onstage.origin.segments.keyframe import keyframe_bytes
from onstage.origin.segments.window import IllegalMediaError
from tests.composer.media import decode_pictures
from tests.origin.playlist_reading import read
from tests.origin.script import PARTS_PER_SEGMENT, PICTURES, SOUND, a_part
from tests.origin.serving import BROADCAST, ROOM, Show, a_show
from tests.probe.media import PROFILE, a_reel
from tests.support.clock import ManualClock

LADDER = (*PICTURES, SOUND)
LISTS = [f"/live/{BROADCAST}/{one.name}/index.m3u8" for one in LADDER]


@pytest.fixture
async def show(tmp_path: Path) -> AsyncIterator[Show]:
    async with a_show(tmp_path) as show:
        yield show


async def lists(show: Show) -> list[str]:
    return [(await show.get(path)).text for path in LISTS]


async def restarted(show: Show, tmp_path: Path) -> None:
    await show.origin.close()
    show.origin = Origin(ManualClock(), tmp_path)
    show.window = await show.origin.open(BROADCAST, ROOM, show.window.profile)


async def test_a_part_is_published_when_every_rendition_has_it(show: Show) -> None:
    await show.feed(PARTS_PER_SEGMENT, *LADDER)
    before = await lists(show)
    held = [await show.held(f"{path}?_HLS_msn=2&_HLS_part=0") for path in LISTS]
    for rendition in LADDER[:-1]:
        await show.part(rendition)
    assert await lists(show) == before
    assert not any(request.done() for request in held)
    await show.part(LADDER[-1])
    assert [(await request).status_code for request in held] == [200] * 4


async def test_every_list_reports_all_others_where_they_are(show: Show) -> None:
    await show.feed(PARTS_PER_SEGMENT + 1, *LADDER)
    for rendition, text in zip(LADDER, await lists(show), strict=True):
        reports = [line for line in text.splitlines() if "RENDITION-REPORT" in line]
        others = [one.name for one in LADDER if one is not rendition]
        assert reports == [
            f'#EXT-X-RENDITION-REPORT:URI="../{name}/index.m3u8",LAST-MSN=2,LAST-PART=0' for name in others
        ]


async def test_a_rendition_cannot_run_ahead(show: Show) -> None:
    await show.feed(1, *LADDER)
    await show.part(LADDER[0])
    second = a_part(2 * 48_000, first=False, rendition=LADDER[0].name)
    with pytest.raises(IllegalMediaError, match=r"48000 was next|none yet of 360p, 720p, audio"):
        await show.window.on_part(second)
    with pytest.raises(IllegalMediaError, match="none yet of 360p, 720p, audio"):
        await show.part(LADDER[0])


async def test_a_composer_that_dies_within_a_part_leaves_all_at_the_same_number(show: Show) -> None:
    await show.feed(PARTS_PER_SEGMENT, *LADDER)
    await show.part(LADDER[0])
    await show.part(LADDER[1])
    point = await show.window.on_discontinuity()
    assert point.next_ticks == PARTS_PER_SEGMENT * 48_000
    await show.feed(1, *LADDER)
    for text in await lists(show):
        found = read(text)
        assert found.segments[2].discontinuity
        assert len(found.segments[2].parts) == 1
        assert sorted(found.segments) == [1, 2]


async def test_a_server_that_died_between_two_journals_goes_on_with_what_all_have(show: Show, tmp_path: Path) -> None:
    await show.feed(PARTS_PER_SEGMENT, *LADDER)
    await show.window.stored()
    # The first part of segment 2 reached two journals of four; nobody was shown it.
    source = tmp_path / BROADCAST / "1080p" / "open2.journal"
    await show.feed(1, *LADDER)
    for name in ("360p", "audio"):
        (tmp_path / BROADCAST / name / "open2.journal").unlink()
    assert source.exists()
    await restarted(show, tmp_path)
    assert not source.exists()
    assert [show.window.rendition(one.name).window.next_msn for one in LADDER] == [2] * 4
    await show.feed(PARTS_PER_SEGMENT + 1, *LADDER)
    texts = [await show.window.rendition(one.name).playlist(Directives()) for one in LADDER]
    assert {tuple(read(one.plain.decode()).segments) for one in texts} == {(1, 2, 3)}


async def test_a_segment_is_as_long_as_the_shortest_journal(show: Show, tmp_path: Path) -> None:
    await show.feed(PARTS_PER_SEGMENT + 1, *LADDER)
    await show.window.stored()
    short = tmp_path / BROADCAST / "360p" / "open2.journal"
    one_part = short.read_bytes()
    await show.feed(1, *LADDER)
    short.write_bytes(one_part)
    await restarted(show, tmp_path)
    windows = [show.window.rendition(one.name).window for one in LADDER]
    assert [window.segments[-1].duration_ticks for window in windows] == [48_000] * 4
    await show.window.stored()
    await restarted(show, tmp_path)
    assert [show.window.rendition(one.name).window.segments[-1].duration_ticks for one in LADDER] == [48_000] * 4


async def test_sound_is_served_as_sound(show: Show) -> None:
    await show.feed(PARTS_PER_SEGMENT, *LADDER)
    types = [(await show.get(f"/live/{BROADCAST}/{one}/seg1.m4s")).headers["content-type"] for one in ("720p", "audio")]
    assert types == ["video/mp4", "audio/mp4"]
    assert (await show.get(f"/live/{BROADCAST}/audio/iframes.m3u8")).status_code == 404


async def test_a_classic_list_knows_nothing_of_parts() -> None:
    async with a_show(profile=CLASSIC_PROFILE) as show:
        await show.feed(PARTS_PER_SEGMENT + 1, *LADDER)
        path = LISTS[1]
        plain = await show.get(path)
        for word in ("PART", "PRELOAD", "BLOCK", "REPORT"):
            assert word not in plain.text
        assert "HOLD-BACK=6" in plain.text
        asked = await show.get(f"{path}?_HLS_msn=2&_HLS_part=1")
        assert asked.text == plain.text
        assert (await show.get(f"/live/{BROADCAST}/720p/part2.0.m4s")).status_code == 404
        assert (await show.get(f"/live/{BROADCAST}/720p/part1.0.m4s")).status_code == 404
        assert (await show.get(f"/live/{BROADCAST}/720p/seg1.m4s")).status_code == 200


async def test_a_classic_list_waits_for_its_first_segment() -> None:
    async with a_show(profile=CLASSIC_PROFILE) as show:
        await show.feed(1, *LADDER)
        request = await show.held(LISTS[0])
        await show.feed(PARTS_PER_SEGMENT - 1, *LADDER)
        assert "seg1.m4s" in (await request).text


async def test_each_keyframe_of_the_list_is_one_whole_picture() -> None:
    reel = a_reel(4)
    async with a_show(profile=PROFILE) as show:
        await show.window.on_init(Init(reel.rendition, reel.init))
        for part in reel.parts:
            await show.window.on_part(part)
        text = (await show.get(f"/live/{BROADCAST}/tiny/iframes.m3u8")).text
        assert "#EXT-X-I-FRAMES-ONLY\n" in text
        ranges = [line.split(":")[1] for line in text.splitlines() if line.startswith("#EXT-X-BYTERANGE")]
        names = [line for line in text.splitlines() if not line.startswith("#")]
        assert len(ranges) == len(names) == 4
        for name, size_at in zip(names, ranges, strict=True):
            size = int(size_at.split("@")[0])
            wanted = f"bytes=0-{size - 1}"
            answer = await show.get(f"/live/{BROADCAST}/tiny/{name}", Range=wanted)
            assert answer.status_code == 206
            assert len(answer.content) == size
            assert len(decode_pictures(reel.init + answer.content)) == 1


async def test_ranges_of_media(show: Show) -> None:
    await show.feed(PARTS_PER_SEGMENT, *LADDER)
    path = f"/live/{BROADCAST}/720p/seg1.m4s"
    whole = (await show.get(path)).content
    for header, expected in (("bytes=0-9", whole[:10]), ("bytes=5-", whole[5:]), ("bytes=-3", whole[-3:])):
        answer = await show.get(path, Range=header)
        assert (answer.status_code, answer.content) == (206, expected)
        assert answer.headers["content-range"].endswith(f"/{len(whole)}")
    for header in ("bytes=9-5", "bytes=0-1,4-5", "lines=0-1", "bytes=-", "bytes=" + "9" * 30 + "-"):
        answer = await show.get(path, Range=header)
        assert (answer.status_code, answer.content) == (200, whole)
    for header in (f"bytes={len(whole)}-", "bytes=-0"):
        answer = await show.get(path, Range=header)
        assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(whole)}")


@pytest.mark.parametrize(
    "data", [b"", b"nothing", b"\0\0\0\x10moof\0\0\0\x08traf", b"\xff\xff\xff\xffmoof" + bytes(40)]
)
def test_what_is_no_fragment_has_no_keyframe(data: bytes) -> None:
    assert keyframe_bytes(data) == 0


def test_a_torn_fragment_has_no_keyframe() -> None:
    whole = a_reel(4).parts[0].data
    size = keyframe_bytes(whole)
    assert 0 < size < len(whole)
    assert keyframe_bytes(whole[: size - 1]) == 0


async def test_the_broadcast_goes_on_at_one_tick_for_all(show: Show) -> None:
    await show.feed(3, *LADDER)
    assert show.window.resume_point().next_ticks / TICKS_PER_SECOND == timedelta(seconds=1.6).total_seconds()
