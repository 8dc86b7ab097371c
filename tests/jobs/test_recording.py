"""A show that is recorded, from its start to what can be played of it, with a composer that follows a script."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from onstage.actions.broadcast_stop import stop_broadcast
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.output_making import NewOutput
from onstage.actions.outputs import add_output, remove_output
from onstage.actions.recordings import delete_expired, delete_recording, read_recordings
from onstage.jobs.finishing import LOOK_EVERY_S, Finishing
from onstage.model.outputs import OutputType
from onstage.model.records import Broadcast, Recording, RecordingFailure, RecordingStatus
from onstage.origin.doors.vod_http import vod_routes
from onstage.origin.recordings.vod import Vod
from onstage.origin.storing.keeping import StorageReport
from onstage.origin.storing.write_queue import StorageState
from tests.jobs.scripted_engine import ScriptedEngine
from tests.jobs.staff import Staff, staffed
from tests.jobs.test_broadcasting import COMPOSER, SEGMENT, parts
from tests.support.house import House
from tests.support.waiting import until

COMMAND = (sys.executable, str(COMPOSER))
DAY_S = 86_400.0


@pytest.fixture
async def staff(house: House, engine: ScriptedEngine, tmp_path: Path) -> AsyncIterator[Staff]:
    async with staffed(house, engine=engine, composer=COMMAND, origin_folder=tmp_path / "live") as staff:
        yield staff


async def started(house: House, script: str, keep_days: int | None = None) -> Broadcast:
    new = NewBroadcast(title=script, outputs=[NewOutput(OutputType.RECORDING, keep_days=keep_days)])
    return await start_broadcast(house.ctx, house.server, "show", new)


async def only(house: House) -> Recording:
    [recording] = await read_recordings(house.ctx, house.server, room="show", after=None, limit=9)
    return recording


@asynccontextmanager
async def finishing(house: House, staff: Staff) -> AsyncIterator[Finishing]:
    job = Finishing(house.ctx, staff.origin)
    await job.start()
    yield job
    await job.stop()


async def finished(house: House) -> Recording:
    async def is_finished() -> bool:
        await house.clock.advance(LOOK_EVERY_S)
        return (await only(house)).status in (RecordingStatus.READY, RecordingStatus.FAILED)

    await until(is_finished, what="the recording to be finished")
    return await only(house)


def player(staff: Staff, job: Finishing) -> httpx.AsyncClient:
    app = Starlette(routes=[Mount("/vod", routes=vod_routes(Vod(staff.origin, job.find)))])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://onstage.test")


async def stored(house: House, staff: Staff, show: Broadcast, count: int) -> None:
    await until(lambda: staff.origin.room_live(show.room_id) is not None, what="the show to be live")
    await until(lambda: parts(staff, show) == count, what="the parts")


async def test_a_recorded_show_can_be_played_once_it_is_over(house: House, staff: Staff) -> None:
    show = await started(house, f"{SEGMENT} {SEGMENT} part hang")
    assert (await only(house)).status is RecordingStatus.RECORDING
    async with finishing(house, staff) as job, player(staff, job) as client:
        await stored(house, staff, show, 9)
        path = f"/vod/{(await only(house)).id}/"
        assert (await client.get(f"{path}index.m3u8")).json()["code"] == "recording_not_found"
        await stop_broadcast(house.ctx, house.server, show.id)
        recording = await finished(house)
        assert (recording.status, recording.duration_s) == (RecordingStatus.READY, pytest.approx(9 * 16 / 30))
        assert recording.size_bytes == 9 * len(b"media")
        listed = (await client.get(f"{path}index.m3u8")).text.splitlines()
        assert [line for line in listed if not line.startswith("#")] == ["720p/index.m3u8"]
        text = (await client.get(f"{path}720p/index.m3u8")).text
        assert "#EXT-X-PLAYLIST-TYPE:VOD\n" in text
        assert text.endswith("#EXTINF:0.533333334,\nseg3.m4s\n#EXT-X-ENDLIST\n")
        assert (await client.get(f"{path}720p/seg1.m4s")).content == 4 * b"media"
        assert (await client.get(f"{path}720p/seg9.m4s")).json()["code"] == "media_not_found"
        assert (await client.get(f"{path}360p/index.m3u8")).json()["code"] == "media_not_found"
    names = [name for name in await house.names() if name.startswith(("recording.", "output."))]
    assert names == ["output.live", "recording.started", "output.ended", "recording.ready"]


async def test_its_media_outlive_the_show_and_go_with_the_last_recording(
    house: House, staff: Staff, tmp_path: Path
) -> None:
    show = await started(house, f"{SEGMENT} hang", keep_days=2)
    async with finishing(house, staff):
        await stored(house, staff, show, 4)
        await stop_broadcast(house.ctx, house.server, show.id)
        await finished(house)
        await house.clock.advance(DAY_S)
        segment = tmp_path / "live" / show.id / "720p" / "seg1.m4s"
        assert segment.exists()
        assert await delete_expired(house.ctx) == 0
        await house.clock.advance(DAY_S)
        assert await delete_expired(house.ctx) == 1
        assert not segment.exists()
    assert await read_recordings(house.ctx, house.server, room=None, after=None, limit=9) == []


async def test_a_show_without_a_whole_segment_left_nothing(house: House, staff: Staff) -> None:
    show = await started(house, "hang")
    async with finishing(house, staff):
        await remove_output(house.ctx, house.server, show.id, show.outputs[1].id)
        recording = await finished(house)
    assert (recording.status, recording.reason) == (RecordingStatus.FAILED, RecordingFailure.NOTHING_RECORDED)
    assert (await house.names())[-1] == "recording.failed"
    await delete_recording(house.ctx, house.server, recording.id)


async def test_a_recording_that_misses_media_says_so(house: House, staff: Staff) -> None:
    show = await started(house, "part hang")
    await stored(house, staff, show, 1)
    assert staff.origin.on_storage is not None
    staff.origin.on_storage(StorageReport(show.id, StorageState.FULL, lost=True))

    async def is_incomplete() -> bool:
        return (await only(house)).is_incomplete

    await until(is_incomplete, what="the recording to be incomplete")


async def test_what_came_before_the_recording_began_is_not_in_it(house: House, staff: Staff, tmp_path: Path) -> None:
    show = await start_broadcast(house.ctx, house.server, "show", NewBroadcast(title="part hang"))
    await stored(house, staff, show, 1)
    await add_output(house.ctx, house.server, show.id, NewOutput(OutputType.RECORDING))
    keeper = staff.origin.broadcast(show.id).keeper
    assert keeper is not None
    assert keeper.is_recorded
