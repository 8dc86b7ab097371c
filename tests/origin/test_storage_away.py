"""Storage that is away, or full: the show goes on, and what could not be written is written later."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from obstore.store import ObjectStore

from onstage.errors import ErrorCode, OnstageError
from onstage.model.media import DEFAULT_PROFILE
from onstage.origin.origin import Origin
from onstage.origin.storing.index import Index
from onstage.origin.storing.keeping import StorageReport
from onstage.origin.storing.objects import open_objects
from onstage.origin.storing.write_queue import JOURNALS_WELL_AFTER_S, StorageState
from tests.origin.playlist_reading import read
from tests.origin.serving import BROADCAST, LIST, ROOM, Show, a_show, an_app
from tests.support.s3 import S3Server
from tests.support.waiting import until

FOLDER = f"/live/{BROADCAST}/720p/"
WINDOW_S = 3600


@pytest.fixture
def s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    with S3Server(tmp_path / "s3") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def objects(s3: S3Server) -> ObjectStore:
    return open_objects(f"s3://{s3.bucket}/shows", "live")


@pytest.fixture
def told() -> list[StorageReport]:
    return []


@asynccontextmanager
async def on_s3(s3: S3Server, folder: Path, told: list[StorageReport]) -> AsyncIterator[Show]:
    async with a_show(folder / "live", objects=objects(s3), dvr_window_s=WINDOW_S, on_storage=told.append) as show:
        yield show


def stored(s3: S3Server) -> set[int]:
    return {
        int(path.stem[3:]) for path in (s3.folder / s3.bucket / "shows" / "live" / BROADCAST / "720p").glob("seg*.m4s")
    }


async def all_written(show: Show) -> None:
    """Let the pauses of the clock pass until nothing waits for storage."""
    assert show.window.keeper is not None
    async with asyncio.timeout(30):
        while show.window.keeper.writes.waiting:
            await show.clock.advance(1)
            await asyncio.sleep(0.01)


def refusal(answer: httpx.Response) -> str:
    return str(answer.json()["code"])


async def restarted(show: Show, s3: S3Server) -> None:
    await show.origin.close()
    show.origin = Origin(show.clock, show.origin.folder, objects=objects(s3), on_storage=show.origin.on_storage)
    show.window = await show.origin.open(BROADCAST, ROOM, DEFAULT_PROFILE, dvr_window_s=WINDOW_S)
    show.client._transport.app = an_app(show.origin)  # type: ignore[attr-defined]  # the same client, of a new server


async def test_segments_go_to_the_object_store_and_journals_stay_here(
    s3: S3Server, tmp_path: Path, told: list[StorageReport]
) -> None:
    async with on_s3(s3, tmp_path, told) as show:
        await show.fill(3, 1)
        await all_written(show)
        assert stored(s3) == {1, 2, 3}
        local = {path.name for path in (tmp_path / "live" / BROADCAST).rglob("*") if path.is_file()}
        assert local == {"index.json", "init0.mp4", "open4.journal"}
        assert told == []


async def test_the_object_store_away_and_back(s3: S3Server, tmp_path: Path, told: list[StorageReport]) -> None:
    async with on_s3(s3, tmp_path, told) as show:
        await show.fill(3)
        await all_written(show)
        s3.stop()
        await show.fill(60, 1)
        assert max(read((await show.get(LIST)).text).segments) == 64
        waiting = [await show.get(f"{FOLDER}seg{msn}.m4s") for msn in (5, 30, 63)]  # from the journals, and memory
        assert [answer.status_code for answer in waiting] == [200, 200, 200]
        assert refusal(await show.get(f"{FOLDER}seg2.m4s")) == "storage_away"
        assert stored(s3) == {1, 2, 3}
        await until(lambda: told, what="a report")
        s3.start()
        await all_written(show)
        assert stored(s3) == set(range(1, 64))
        assert (await show.get(f"{FOLDER}seg2.m4s")).status_code == 200
        assert [one.state for one in told] == [StorageState.AWAY, StorageState.WELL]
        assert not any(one.lost for one in told)


async def test_the_server_restarted_while_the_object_store_is_away(
    s3: S3Server, tmp_path: Path, told: list[StorageReport]
) -> None:
    async with on_s3(s3, tmp_path, told) as show:
        await show.fill(3)
        await all_written(show)
        s3.stop()
        await show.fill(40, 2)
        before = read((await show.get(LIST)).text)
        await restarted(show, s3)
        await show.fill(1, 1)
        after = read((await show.get(LIST)).text)
        assert (max(before.segments), max(after.segments)) == (44, 46)
        assert after.segments[45].discontinuity
        s3.start()
        await all_written(show)
        assert stored(s3) == set(range(1, 46))
        assert (await show.get(f"{FOLDER}dvr.m3u8")).text.count("#EXTINF") == 45
        assert not any(one.lost for one in told)


async def test_an_unreadable_copy_of_the_index_stops_nothing(
    s3: S3Server, tmp_path: Path, told: list[StorageReport]
) -> None:
    async with on_s3(s3, tmp_path, told) as show:
        await show.fill(3, 2)
        await all_written(show)
        before = read((await show.get(LIST)).text)
        copy = tmp_path / "live" / BROADCAST / "index.json"
        copy.write_bytes(copy.read_bytes()[:-9])
        await restarted(show, s3)
        after = read((await show.get(LIST)).text)
        assert (max(before.segments), max(after.segments)) == (4, 4)
        await all_written(show)
        assert stored(s3) == {1, 2, 3, 4}
        s3.stop()
        copy.write_bytes(b"")
        with pytest.raises(OnstageError) as refused:
            await restarted(show, s3)
        assert refused.value.code is ErrorCode.STORAGE_AWAY


async def test_what_waits_for_storage_takes_only_so_much_of_the_disk(
    s3: S3Server, tmp_path: Path, told: list[StorageReport]
) -> None:
    async with on_s3(s3, tmp_path, told) as show:
        assert show.window.keeper is not None
        show.window.keeper.writes.limit = 8
        s3.stop()
        await show.fill(40, 1)
        await show.window.stored()
        journals = names(tmp_path / "live" / BROADCAST / "720p") - {"init0.mp4"}
        assert journals == {f"open{msn}.journal" for msn in range(34, 42)}
        assert sum(one.lost for one in told) == 33
        s3.start()
        await all_written(show)
        assert stored(s3) == set(range(34, 41))
        assert (s3.folder / s3.bucket / "shows" / "live" / BROADCAST / "720p" / "init0.mp4").exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*")}


def fill_up(disk: Path) -> Path:
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(4096))
            except OSError:
                return ballast


async def test_a_full_disk_costs_nothing_if_there_is_room_again_soon(
    small_disk: Path, told: list[StorageReport]
) -> None:
    async with a_show(small_disk / "live", dvr_window_s=WINDOW_S, on_storage=told.append) as show:
        await show.fill(3)
        await show.window.stored()
        ballast = fill_up(small_disk)
        await show.fill(10, 1)
        assert "seg13.m4s" in (await show.get(LIST)).text
        assert told[0] == StorageReport(BROADCAST, StorageState.FULL)
        ballast.unlink()
        await all_written(show)
        assert {f"seg{msn}.m4s" for msn in range(1, 14)} <= names(small_disk)
        assert [one.state for one in told] == [StorageState.FULL, StorageState.WELL]


async def test_a_full_disk_here_stops_nothing_that_goes_to_the_object_store(
    s3: S3Server, small_disk: Path, tmp_path: Path, told: list[StorageReport]
) -> None:
    async with on_s3(s3, small_disk, told) as show:
        await show.fill(3)
        await all_written(show)
        ballast = fill_up(small_disk)
        for _ in range(10):
            await show.fill(4)
            await show.window.stored()
        assert stored(s3) == set(range(1, 44))
        index = Index.decode((s3.folder / s3.bucket / "shows" / "live" / BROADCAST / "index.json").read_bytes())
        assert index.renditions[0].next_msn == 44
        assert [one.state for one in told] == [StorageState.FULL]
        assert not any(one.lost for one in told)
        await restarted(show, s3)
        assert max(read((await show.get(LIST)).text).segments) == 43
        ballast.unlink()


async def test_a_disk_that_has_room_again_is_told_of(s3: S3Server, small_disk: Path, told: list[StorageReport]) -> None:
    async with on_s3(s3, small_disk, told) as show:
        ballast = fill_up(small_disk)
        await show.fill(3, 1)
        await all_written(show)
        ballast.unlink()
        await show.clock.advance(JOURNALS_WELL_AFTER_S)
        await show.fill(1)
        await all_written(show)
        await until(lambda: len(told) == 2, what="a report")
        assert [one.state for one in told] == [StorageState.FULL, StorageState.WELL]
        assert "index.json" in names(small_disk)


async def test_a_full_disk_costs_what_memory_can_keep_no_longer_and_it_is_said(
    small_disk: Path, told: list[StorageReport]
) -> None:
    async with a_show(small_disk / "live", dvr_window_s=WINDOW_S, on_storage=told.append) as show:
        await show.fill(3)
        await show.window.stored()
        ballast = fill_up(small_disk)
        await show.fill(40)
        assert "seg43.m4s" in (await show.get(LIST)).text
        ballast.unlink()
        await all_written(show)
        lost = sum(one.lost for one in told)
        assert 20 <= lost <= 26
        long = (await show.get(f"{FOLDER}dvr.m3u8")).text
        assert (long.count("#EXTINF"), long.count("#EXT-X-GAP")) == (43, lost)
