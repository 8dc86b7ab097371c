"""A restart: what viewers saw stays true, and the show goes on behind a discontinuity."""

import json
from collections.abc import AsyncIterator, Collection
from dataclasses import replace
from pathlib import Path

import pytest

from onstage.model.media import DEFAULT_PROFILE, SegmentEnd
from onstage.origin.origin import Origin
from onstage.origin.playlists.directives import Directives
from onstage.origin.segments.figures import Published
from onstage.origin.segments.segment import part_name
from onstage.origin.segments.window import IllegalMediaError
from onstage.origin.storing.index import Index
from onstage.origin.storing.journal import JournalRecord, read_journal, segment_of
from tests.origin.playlist_reading import read
from tests.origin.script import PART_TICKS, PARTS_PER_SEGMENT, RENDITION, a_part, an_init, capture_time
from tests.origin.serving import BROADCAST, LIST, ROOM, SMALL, Show, a_show
from tests.origin.test_window import assert_legal_update
from tests.support.clock import ManualClock


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder / BROADCAST)) for path in folder.rglob("*") if path.is_file()}


def folders(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def records(count: int) -> list[JournalRecord]:
    return [
        JournalRecord(
            start_ticks=index * PART_TICKS,
            duration_ticks=PART_TICKS,
            is_independent=index == 0,
            program_date_time=capture_time(index * PART_TICKS),
            init_number=2,
            is_discontinuity=True,
            data=bytes([index]) * 9,
        )
        for index in range(count)
    ]


def test_a_journal_torn_at_any_byte_gives_its_whole_parts() -> None:
    written = records(3)
    encoded = [record.encode() for record in written]
    journal = b"".join(encoded)
    ends = [sum(map(len, encoded[: count + 1])) for count in range(3)]
    for cut in range(len(journal) + 1):
        whole = sum(end <= cut for end in ends)
        assert list(read_journal(journal[:cut])) == written[:whole]


def test_a_journal_with_a_flipped_bit_ends_there() -> None:
    encoded = [record.encode() for record in records(3)]
    for at in range(len(encoded[1])):
        broken = bytearray(b"".join(encoded))
        broken[len(encoded[0]) + at] ^= 0x40
        assert list(read_journal(bytes(broken))) == records(1)


def test_a_segment_made_of_a_journal_keeps_what_stood_before_its_first_part() -> None:
    segment = segment_of(7, records(3))
    assert (segment.msn, segment.init_number, segment.is_discontinuity) == (7, 2, True)
    assert segment.duration_ticks == 3 * PART_TICKS
    assert segment.data == b"".join(part.data for part in segment.parts)


@pytest.fixture
async def show(tmp_path: Path) -> AsyncIterator[Show]:
    async with a_show(tmp_path) as show:
        yield show


async def restarted(show: Show) -> Show:
    """The server as it is after kill -9 and a new start: only the files are left."""
    await show.origin.close()
    folder = show.origin.folder
    show.origin = Origin(show.clock, folder)
    show.window = await show.origin.open(BROADCAST, ROOM, DEFAULT_PROFILE)
    return show


async def list_text(show: Show) -> str:
    """The playlist as the window has it, without the HTTP in front."""
    return (await show.window.rendition("720p").playlist(Directives())).plain.decode()


@pytest.mark.parametrize(("segments", "parts"), [(3, 0), (3, 1), (3, 3), (20, 2), (1, 0)])
async def test_a_restart_is_a_legal_update(show: Show, segments: int, parts: int) -> None:
    await show.fill(segments, parts)
    before = read(await list_text(show))
    await restarted(show)
    after = read(await list_text(show))
    assert_legal_update(before, after)
    assert show.window.resume_point().next_ticks == (segments * PARTS_PER_SEGMENT + parts) * PART_TICKS
    await show.feed(PARTS_PER_SEGMENT)
    again = read(await list_text(show))
    assert_legal_update(after, again)
    last = again.segments[max(again.segments)]
    assert (last.discontinuity, last.map_uri) == (True, "init1.mp4")


async def test_a_restart_before_any_media_leaves_no_trace(show: Show) -> None:
    await show.window.on_init(an_init())
    await restarted(show)
    await show.fill(1)
    text = await list_text(show)
    assert "#EXT-X-MEDIA-SEQUENCE:1\n" in text
    assert "#EXT-X-DISCONTINUITY\n" not in text


async def test_what_was_fetchable_before_a_restart_is_the_same_after(show: Show) -> None:
    await show.fill(20, 2)
    names = ["init0.mp4", "seg20.m4s", "seg6.m4s", *(part_name(20, index) for index in range(4)), part_name(21, 1)]
    before = [await show.window.rendition("720p").media(name) for name in names]
    await restarted(show)
    assert [await show.window.rendition("720p").media(name) for name in names] == before


async def test_restarts_in_a_row_never_give_a_number_twice(show: Show) -> None:
    seen: dict[str, bytes] = {}
    for _ in range(4):
        await show.feed(3)
        window = show.window.rendition("720p").window
        for segment in window.retained():
            for index, part in enumerate(segment.parts):
                assert seen.setdefault(part_name(segment.msn, index), part.data) == part.data
        await restarted(show)
    text = await list_text(show)
    assert text.count("#EXT-X-DISCONTINUITY\n") == 3
    assert "#EXT-X-DISCONTINUITY-SEQUENCE:0\n" in text


@pytest.mark.parametrize("lost", [1, 60, 250, 10_000])
async def test_a_torn_journal_costs_only_the_part_it_tore(show: Show, tmp_path: Path, lost: int) -> None:
    await show.fill(2, 2)
    journal = tmp_path / BROADCAST / "720p" / "open3.journal"
    torn = journal.read_bytes()[: -lost or None] if lost < journal.stat().st_size else b""
    await show.origin.close()
    journal.write_bytes(torn)
    kept = len(list(read_journal(torn)))
    await restarted(show)
    window = show.window.rendition("720p").window
    assert window.next_msn == 3 + bool(kept)
    assert len(window.segments[-1].parts) == (kept or PARTS_PER_SEGMENT)


async def test_a_finished_segment_needs_its_journal_no_longer(show: Show, tmp_path: Path) -> None:
    await show.fill(2, 1)
    await show.window.stored()
    expected = {"index.json", "720p/init0.mp4", "720p/seg1.m4s", "720p/seg2.m4s", "720p/open3.journal"}
    assert files(tmp_path) == expected


async def test_files_that_nobody_can_fetch_are_deleted(show: Show, tmp_path: Path) -> None:
    await show.fill(40)
    await show.window.stored()
    window = show.window.rendition("720p").window
    kept = {f"720p/seg{segment.msn}.m4s" for segment in window.retained()}
    assert {name for name in files(tmp_path) if "seg" in name} == kept
    assert len(kept) < 25


async def test_a_recorded_broadcast_keeps_every_segment(tmp_path: Path) -> None:
    async with a_show() as show:
        origin = Origin(show.clock, tmp_path)
        show.window = await origin.open(BROADCAST, ROOM, DEFAULT_PROFILE, is_recorded=True)
        await show.fill(40)
        await show.window.stored()
        assert {f"720p/seg{msn}.m4s" for msn in range(1, 41)} <= files(tmp_path)
        await origin.close()


async def test_a_retired_broadcast_leaves_no_file(show: Show, tmp_path: Path) -> None:
    await show.fill(2, 1)
    await show.window.end()
    await show.clock.advance(60)
    await show.origin.retired()
    assert files(tmp_path) == set()


async def test_leftovers_of_other_broadcasts_are_swept(show: Show, tmp_path: Path) -> None:
    await show.fill(1)
    await show.window.stored()
    for name in ("bc_old", "bc_kept"):
        (tmp_path / name / "720p").mkdir(parents=True)
        (tmp_path / name / "720p" / "open1.journal").write_bytes(b"x")
        (tmp_path / name / "index.json").write_bytes(b"{}")

    async def wanted(found: Collection[str]) -> Collection[str]:
        assert set(found) == {BROADCAST, "bc_old", "bc_kept"}
        return {"bc_kept"}

    await show.origin.sweep(wanted)
    assert folders(tmp_path) == {BROADCAST, "bc_kept"}


async def test_a_missing_segment_shortens_the_list_and_keeps_the_numbers(show: Show, tmp_path: Path) -> None:
    await show.fill(9, 1)
    await show.window.stored()
    (tmp_path / BROADCAST / "720p" / "seg5.m4s").unlink()
    (tmp_path / BROADCAST / "720p" / "seg3.m4s").write_bytes(b"short")
    await restarted(show)
    assert sorted(read(await list_text(show)).segments) == [6, 7, 8, 9, 10]


async def test_a_missing_last_segment_never_gives_its_number_again(show: Show, tmp_path: Path) -> None:
    await show.fill(4)
    await show.window.stored()
    (tmp_path / BROADCAST / "720p" / "seg4.m4s").unlink()
    await restarted(show)
    await show.fill(1)
    text = await list_text(show)
    assert "#EXT-X-MEDIA-SEQUENCE:5\n" in text
    assert show.window.resume_point().next_ticks == 5 * DEFAULT_PROFILE.segment_ticks


async def test_an_ended_broadcast_comes_back_ended(show: Show) -> None:
    await show.fill(2)
    await show.window.end()
    await restarted(show)
    assert (await list_text(show)).endswith("#EXT-X-ENDLIST\n")
    assert show.origin.room_live(ROOM) is None


async def test_two_renditions_come_back(show: Show) -> None:
    await show.feed(2 * PARTS_PER_SEGMENT + 1, RENDITION, SMALL)
    await restarted(show)
    assert [show.window.rendition(name).window.next_msn for name in ("720p", "360p")] == [4, 4]


async def test_an_unreadable_index_is_said_and_nothing_is_overwritten(show: Show, tmp_path: Path) -> None:
    await show.fill(1)
    await show.window.stored()
    (tmp_path / BROADCAST / "index.json").write_bytes(b'{"format": 1}')
    with pytest.raises(ValueError, match="index"):
        await restarted(show)
    assert "720p/seg1.m4s" in files(tmp_path)


async def test_the_show_goes_on_when_nothing_can_be_stored(show: Show, tmp_path: Path) -> None:
    (tmp_path / BROADCAST).write_text("a file where the folder should be")
    await show.fill(2, 1)
    await show.window.stored()
    assert "seg2.m4s" in await list_text(show)
    assert show.window.stats().storage_failures > 0


async def test_a_part_is_in_the_journal_before_viewers_hear_of_it(show: Show, tmp_path: Path) -> None:
    await show.fill(1, 1)
    request = await show.held(f"{LIST}?_HLS_msn=2&_HLS_part=1")
    await show.feed(1)
    await request
    assert len(list(read_journal((tmp_path / BROADCAST / "720p" / "open2.journal").read_bytes()))) == 2


async def test_media_after_the_end_is_dropped(show: Show) -> None:
    await show.fill(1)
    await show.window.end()
    await show.window.on_init(an_init())
    await show.window.on_segment_end(SegmentEnd("720p"))
    await show.window.on_part(a_part(DEFAULT_PROFILE.segment_ticks, first=True))
    assert show.window.stats().parts == PARTS_PER_SEGMENT


async def test_the_index_reads_back_what_it_wrote(show: Show, tmp_path: Path) -> None:
    await show.fill(3)
    await show.window.stored()
    data = (tmp_path / BROADCAST / "index.json").read_bytes()
    index = Index.decode(data)
    assert index.encode() == data
    assert [entry.msn for entry in index.renditions[0].segments] == [1, 2, 3]


async def test_an_index_of_before_there_were_ladders_is_read(show: Show, tmp_path: Path) -> None:
    await show.fill(1)
    await show.window.stored()
    facts = json.loads((tmp_path / BROADCAST / "index.json").read_bytes())
    for name in ("kind", "channels", "iframe_peak_bps"):
        del facts["renditions"][0]["rendition"][name]
    assert Index.decode(json.dumps(facts).encode()).renditions[0].rendition == RENDITION


async def test_a_rendition_never_changes_its_parameters(show: Show) -> None:
    await show.fill(1)
    await show.window.on_discontinuity()
    with pytest.raises(IllegalMediaError, match="changed"):
        await show.window.on_init(an_init(rendition=replace(RENDITION, width=640)))


async def test_media_of_an_unknown_rendition_is_refused(show: Show) -> None:
    with pytest.raises(IllegalMediaError, match="before its init"):
        await show.window.on_part(a_part(0, first=True))


async def test_a_segment_ended_early_is_complete(show: Show) -> None:
    await show.fill(1, 2)
    await show.window.on_segment_end(SegmentEnd("720p"))
    await show.window.on_segment_end(SegmentEnd("720p"))
    assert "#EXTINF:1.066666667,\nseg2.m4s\n" in await list_text(show)


async def test_each_part_is_told_with_its_times(tmp_path: Path) -> None:
    told: list[Published] = []
    clock = ManualClock()
    origin = Origin(clock, tmp_path, on_published=told.append)
    window = await origin.open(BROADCAST, ROOM, DEFAULT_PROFILE)
    await window.on_init(an_init())
    await window.on_part(a_part(0, first=True, composed_at_s=999.9))
    assert told == [Published(BROADCAST, "720p", 1, 0, 999.9, clock.monotonic())]
    await origin.close()
