"""Timed metadata and captions, as players get them."""

from datetime import timedelta
from pathlib import Path

from onstage.model.captions import Caption, CaptionTrack
from onstage.model.ids import BroadcastId
from onstage.model.media import TICKS_PER_SECOND
from onstage.model.timed_metadata import TimedMetadata
from onstage.origin.segments.keyframe import keyframe_bytes
from onstage.origin.timed.emsg import SCHEME
from tests.origin.script import PART_TICKS, PARTS_PER_SEGMENT, RENDITION
from tests.origin.serving import BROADCAST, LIST, SMALL, Show, a_show
from tests.support.clock import EPOCH

ENGLISH = CaptionTrack(language="en", name='English "plain"')
SEGMENT_S = PARTS_PER_SEGMENT * PART_TICKS / TICKS_PER_SECOND
CAPTIONS = f"/live/{BROADCAST}/captions-en/index.m3u8"


def item(name: str, after_s: float) -> TimedMetadata:
    return TimedMetadata(name, BroadcastId(BROADCAST), EPOCH + timedelta(seconds=after_s), 1.0, f"say {name}")


def line(name: str, starts_s: float, ends_s: float) -> Caption:
    starts, ends = EPOCH + timedelta(seconds=starts_s), EPOCH + timedelta(seconds=ends_s)
    return Caption(name, BroadcastId(BROADCAST), "en", starts, ends, name)


async def tags(show: Show, path: str, name: str) -> list[str]:
    return [one for one in (await show.get(path)).text.splitlines() if one.startswith(f"#EXT-X-{name}")]


async def test_metadata_is_in_the_part_of_its_moment_and_in_every_list() -> None:
    async with a_show() as show:
        await show.feed(PARTS_PER_SEGMENT, RENDITION, SMALL)
        show.window.annotate([item("md_1", SEGMENT_S + 0.1)], [])
        small = LIST.replace("720p", "360p")
        [tag] = await tags(show, LIST, "DATERANGE")
        assert (await tags(show, small, "DATERANGE")) == [tag]
        assert 'ID="md_1",CLASS="onstage.metadata",START-DATE="2026-01-01T00:00:02.233Z"' in tag
        await show.feed(2, RENDITION, SMALL)
        for folder in ("720p", "360p"):
            first, second = [
                (await show.get(f"/live/{BROADCAST}/{folder}/part2.{index}.m4s")).content for index in (0, 1)
            ]
            assert first[4:8] == b"emsg"
            assert SCHEME in first
            assert b"md_1\0say md_1" in first
            assert second.startswith(b"<")


async def test_metadata_goes_with_the_media_that_it_belongs_to() -> None:
    async with a_show() as show:
        show.window.annotate([item("md_1", 0.1), item("md_2", 20 * SEGMENT_S)], [])
        await show.fill(6)
        assert len(await tags(show, LIST, "DATERANGE")) == 2
        await show.fill(12)
        [tag] = await tags(show, LIST, "DATERANGE")
        assert 'ID="md_2"' in tag
        delta = (await show.get(f"{LIST}?_HLS_skip=YES")).text
        assert "#EXT-X-SKIP" in delta
        assert tag in delta


async def test_a_keyframe_is_found_behind_a_box() -> None:
    moof = bytes.fromhex("0000003c 6d6f6f66 00000034 74726166 0000002c 7472756e 00000205".replace(" ", ""))
    moof += (1).to_bytes(4, "big") + (68).to_bytes(4, "big") + bytes(4) + (5).to_bytes(4, "big") + bytes(16)
    data = moof + b"\0\0\0\x0dmdatIMAGE"
    assert keyframe_bytes(data) == len(data)
    box = b"\0\0\0\x0cemsg" + bytes(4)
    assert keyframe_bytes(box + data) == len(box) + keyframe_bytes(data)


async def test_captions_have_a_segment_beside_each_of_the_pictures() -> None:
    async with a_show(captions=[ENGLISH]) as show:
        show.window.annotate([], [line("hello", 0.5, 3.0)])
        await show.fill(2, 1)
        [media] = await tags(show, f"/live/{BROADCAST}/index.m3u8", "MEDIA:")
        assert 'TYPE=SUBTITLES,GROUP-ID="captions",NAME="English \'plain\'",LANGUAGE="en"' in media
        assert media.endswith('URI="captions-en/index.m3u8"')
        assert 'SUBTITLES="captions"' in (await show.get(f"/live/{BROADCAST}/index.m3u8")).text
        pictures = await tags(show, LIST, "PROGRAM-DATE-TIME")
        assert await tags(show, CAPTIONS, "PROGRAM-DATE-TIME") == pictures[:2]
        assert await tags(show, CAPTIONS, "MEDIA-SEQUENCE") == await tags(show, LIST, "MEDIA-SEQUENCE")
        texts = [(await show.get(CAPTIONS.replace("index.m3u8", f"seg{msn}.vtt"))).text for msn in (1, 2)]
        assert texts[0].startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:0,LOCAL:00:00:00.000\n\n00:00:00.500 --> ")
        assert "MPEGTS:192000" in texts[1]
        assert "00:00:00.000 --> 00:00:00.867\nhello" in texts[1]
        assert (await show.get(CAPTIONS.replace("index.m3u8", "seg3.vtt"))).status_code == 404


async def test_a_list_of_captions_is_held_until_its_segment_is_there() -> None:
    async with a_show(captions=[ENGLISH]) as show:
        await show.fill(1)
        request = await show.held(f"{CAPTIONS}?_HLS_msn=2")
        await show.fill(1)
        assert (await request).text.endswith("seg2.vtt\n")
        reports = await tags(show, LIST, "RENDITION-REPORT")
        assert reports == ['#EXT-X-RENDITION-REPORT:URI="../captions-en/index.m3u8",LAST-MSN=2']


async def test_at_the_end_captions_end_too() -> None:
    async with a_show(captions=[ENGLISH]) as show:
        await show.fill(1, 1)
        await show.window.end()
        assert (await show.get(CAPTIONS)).text.endswith("seg2.vtt\n#EXT-X-ENDLIST\n")
        assert (
            (await show.get(CAPTIONS.replace("index.m3u8", "seg2.vtt"))).headers["content-type"].startswith("text/vtt")
        )


async def test_after_a_restart_metadata_stays_listed_and_comes_no_second_time(tmp_path: Path) -> None:
    moments = [item("md_1", 0.1), item("md_2", SEGMENT_S + 0.1)]
    async with a_show(tmp_path) as show:
        show.window.annotate(moments[:1], [])
        await show.fill(1)
        await show.window.stored()
    async with a_show(tmp_path) as show:
        show.window.annotate(moments, [], of_before=True)
        assert len(await tags(show, LIST, "DATERANGE")) == 2
        await show.fill(1)
        data = (await show.get(f"/live/{BROADCAST}/720p/seg2.m4s")).content
        assert (data.count(b"md_1"), data.count(b"md_2")) == (0, 2)  # as the key, and in the text
