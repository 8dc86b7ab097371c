"""What becomes of a recording as one file: the same pictures and sounds, on a timeline without holes."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import av
import pytest

from onstage.model.assets import AssetFailure
from onstage.origin.assets.child import not_made
from onstage.origin.assets.mp4 import write_mp4
from onstage.origin.assets.source import Source, positions, runs
from tests.origin.recorded import PARTS_PER_SEGMENT, recorded, source
from tests.probe.media import PROFILE
from tests.support.clock import EPOCH

SECONDS = 8
FRAMES = PROFILE.segment_frames


def top_boxes(path: Path) -> list[bytes]:
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        found.append(data[at + 4 : at + 8])
        at += int.from_bytes(data[at : at + 4], "big")
    return found


def pictures(path: Path) -> Iterator[av.VideoFrame]:
    with av.open(str(path)) as file:
        yield from file.decode(video=0)


def written(path: Path, source: Source) -> Path:
    write_mp4(path, source, source.film.reels["tiny"], title="A show")
    return path


async def test_it_has_every_picture_of_the_segments_in_order(tmp_path: Path) -> None:
    await recorded(tmp_path / "live", SECONDS)
    whole = await source(tmp_path / "live")
    path = written(tmp_path / "film.mp4", whole)
    times = [one.time for one in pictures(path)]
    assert times == pytest.approx([number / PROFILE.frame_rate for number in range(SECONDS * FRAMES)], abs=1e-4)
    with av.open(str(path)) as file:
        assert file.metadata["title"] == "A show"
        sound = sum(frame.samples for frame in file.decode(audio=0))
    assert sound == pytest.approx(SECONDS * 48_000, abs=2 * 1024)


async def test_a_disk_that_fills_while_it_is_written_is_told_as_full(tmp_path: Path) -> None:
    await recorded(tmp_path / "live", 2)
    whole = await source(tmp_path / "live")
    with pytest.raises(av.FFmpegError) as full:
        written(Path("/dev/full"), whole)
    assert not_made(full.value).failure is AssetFailure.STORAGE_FULL


async def test_its_index_stands_before_its_media(tmp_path: Path) -> None:
    await recorded(tmp_path / "live", 2)
    boxes = top_boxes(written(tmp_path / "film.mp4", await source(tmp_path / "live")))
    assert boxes.index(b"moov") < boxes.index(b"mdat")


async def test_nothing_is_encoded_anew(tmp_path: Path) -> None:
    await recorded(tmp_path / "live", 2)
    whole = await source(tmp_path / "live")
    reel = whole.film.reels["tiny"]
    coded = b"".join(whole.segment("tiny", one) for one in reel.segments)
    with av.open(str(written(tmp_path / "film.mp4", whole))) as file:
        packets = [bytes(packet) for packet in file.demux(video=0) if packet.size]
    assert len(packets) == 2 * FRAMES
    assert all(packet in coded for packet in packets)


async def test_times_go_on_where_a_composer_died(tmp_path: Path) -> None:
    """Its open segment had one part; the next composer began at the next keyframe, with a head of its own."""
    await recorded(tmp_path / "live", SECONDS, dies_at=3 * PARTS_PER_SEGMENT + 1)
    whole = await source(tmp_path / "live")
    reel = whole.film.reels["tiny"]
    assert [len(run) for run in runs(reel)] == [4, 4]
    times = [one.time or 0.0 for one in pictures(written(tmp_path / "film.mp4", whole))]
    assert len(times) == 7 * FRAMES + PROFILE.part_frames
    assert reel.duration_s == pytest.approx(len(times) / PROFILE.frame_rate)
    assert all(later - sooner == pytest.approx(1 / PROFILE.frame_rate, abs=1e-4) for sooner, later in pairwise(times))


async def test_a_pause_is_cut_out_of_picture_and_sound(tmp_path: Path) -> None:
    await recorded(tmp_path / "live", SECONDS)
    at = [EPOCH + timedelta(seconds=second) for second in range(SECONDS + 1)]
    whole = await source(tmp_path / "live", [(at[0], at[2]), (at[5], at[8])])
    assert list(positions(whole.film.reels["tiny"]).values()) == [number * 90_000 for number in range(5)]
    path = written(tmp_path / "film.mp4", whole)
    assert len(list(pictures(path))) == 5 * FRAMES
    with av.open(str(path)) as file:
        [video], [audio] = file.streams.video, file.streams.audio
        ends = [float((one.start_time or 0) * one.time_base + one.duration * one.time_base) for one in (video, audio)]
    assert ends[0] == pytest.approx(5.0, abs=0.001)
    assert ends[1] == pytest.approx(5.0, abs=0.05)
