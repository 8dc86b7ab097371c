"""Recordings on bad days: storage away at the wrong moment, servers that end, and media asked for elsewhere."""

import asyncio
import sys
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from obstore.store import ObjectStore

from onstage.actions.assets import add_assets
from onstage.actions.broadcast_life import report_status
from onstage.actions.broadcast_stop import stop_broadcast
from onstage.actions.connections import bury_server
from onstage.actions.output_making import NewOutput
from onstage.actions.outputs import add_output, remove_output
from onstage.actions.recordings import delete_recording
from onstage.actions.servers import register
from onstage.bus import Changed, Topic
from onstage.errors import ErrorCode, OnstageError
from onstage.jobs.finishing import LOOK_EVERY_S
from onstage.jobs.lost_recordings import LostRecordings
from onstage.jobs.tidying import SWEEP_EVERY_S
from onstage.jobs.whereabouts import LOST_AFTER_S
from onstage.model.assets import AssetKind, AssetStatus
from onstage.model.outputs import OutputType
from onstage.model.records import Broadcast, BroadcastReason, BroadcastStatus, Recording, RecordingStatus
from onstage.model.views import RecordingView
from onstage.origin.storing.objects import open_objects
from onstage.store import assets, broadcasts, recordings
from onstage.store.database import Tx
from tests.jobs.scripted_engine import ScriptedEngine
from tests.jobs.staff import Staff, staffed
from tests.jobs.test_broadcasting import COMPOSER, SEGMENT, becomes
from tests.jobs.test_recording import finished, finishing, only, started, stored
from tests.origin.script import PARTS_PER_SEGMENT, an_init, next_part
from tests.support.house import House
from tests.support.s3 import S3Server
from tests.support.waiting import until

COMMAND = (sys.executable, str(COMPOSER))
PART_S = 16 / 30


@pytest.fixture
def s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    with S3Server(tmp_path / "s3") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def objects(s3: S3Server) -> ObjectStore:
    return open_objects(f"s3://{s3.bucket}/shows", "live")


@asynccontextmanager
async def a_server(
    house: House, engine: ScriptedEngine, folder: Path, objects: ObjectStore | None = None
) -> AsyncIterator[Staff]:
    """One life of the house's server: what it has of shows is in that folder."""
    async with staffed(house, engine=engine, composer=COMMAND, origin_folder=folder, objects=objects) as staff:
        await staff.broadcasting.start()
        await staff.tidying.start()
        yield staff


async def fed(staff: Staff, show: Broadcast, parts: int) -> None:
    """The composer sends more."""
    window = staff.origin.broadcast(show.id)
    for _ in range(parts):
        await window.on_part(next_part(window.rendition("720p").window))


async def another_composer(staff: Staff, show: Broadcast) -> None:
    """It died, and the next one is there."""
    window = staff.origin.broadcast(show.id)
    await window.on_discontinuity()
    await window.on_init(an_init("another", window.rendition("720p").rendition))


def in_store(s3: S3Server, show: Broadcast) -> set[str]:
    """What is stored of the show's 720p."""
    return {path.name for path in (s3.folder / s3.bucket / "shows" / "live" / show.id / "720p").glob("*")}


async def all_stored(staff: Staff, show: Broadcast) -> None:
    keeper = staff.origin.broadcast(show.id).keeper
    assert keeper is not None
    await until(lambda: not keeper.writes.waiting, what="everything to be stored")


async def ended(house: House, show: Broadcast) -> None:
    await stop_broadcast(house.ctx, house.server, show.id)
    await becomes(house, show, BroadcastStatus.ENDED)


async def looked(house: House, times: int = 5) -> Recording:
    """The recording, after so many looks at whether it can be finished."""
    for _ in range(times):
        await house.clock.advance(LOOK_EVERY_S)
        await house.settle()
    return await only(house)


async def test_a_show_that_ended_while_storage_was_away_is_stored_whole_after_a_restart(
    house: House, engine: ScriptedEngine, s3: S3Server, tmp_path: Path
) -> None:
    async with a_server(house, engine, tmp_path / "live", objects(s3)) as staff:
        show = await started(house, f"{SEGMENT} hang")
        await stored(house, staff, show, PARTS_PER_SEGMENT)
        await all_stored(staff, show)
        s3.stop()
        await fed(staff, show, PARTS_PER_SEGMENT)
        await another_composer(staff, show)
        await fed(staff, show, PARTS_PER_SEGMENT + 1)
        await ended(house, show)
    async with a_server(house, engine, tmp_path / "live", objects(s3)) as staff, finishing(house, staff):
        assert (await looked(house)).status is RecordingStatus.PROCESSING
        s3.start()
        recording = await finished(house)
        assert recording.status is RecordingStatus.READY
        assert recording.duration_s == pytest.approx((3 * PARTS_PER_SEGMENT + 1) * PART_S)
        assert not recording.is_incomplete
        assert {"init0.mp4", "init1.mp4", "seg4.m4s"} <= in_store(s3, show)
        retired = asyncio.create_task(staff.origin.retired())
        await until(lambda: passed(house, retired), what="the show to be retired")
        assert list((tmp_path / "live").rglob("*")) == []  # nothing of it is only here


async def test_a_recording_lacks_what_a_restart_finds_missing(
    house: House, engine: ScriptedEngine, s3: S3Server, tmp_path: Path
) -> None:
    async with a_server(house, engine, tmp_path / "live", objects(s3)) as staff:
        show = await started(house, f"{SEGMENT} hang")
        await stored(house, staff, show, PARTS_PER_SEGMENT)
        await all_stored(staff, show)
        s3.stop()
        await fed(staff, show, 3 * PARTS_PER_SEGMENT)
        await ended(house, show)
    s3.start()
    (tmp_path / "live" / show.id / "720p" / "open2.journal").unlink()
    async with a_server(house, engine, tmp_path / "live", objects(s3)) as staff, finishing(house, staff):
        recording = await finished(house)
        assert (recording.status, recording.is_incomplete) == (RecordingStatus.READY, True)
        assert recording.duration_s == pytest.approx(3 * PARTS_PER_SEGMENT * PART_S)
        assert b"onstage_storage_lost_segments_total 1.0" in staff.metrics.text()


async def test_a_show_starts_while_storage_is_away_and_is_kept(
    house: House, engine: ScriptedEngine, s3: S3Server, tmp_path: Path
) -> None:
    s3.stop()
    async with a_server(house, engine, tmp_path / "live", objects(s3)) as staff:
        show = await started(house, f"{SEGMENT} part hang")
        await becomes(house, show, BroadcastStatus.LIVE)
        await stored(house, staff, show, PARTS_PER_SEGMENT + 1)
        await until(lambda: is_degraded(house), what="the event")
        assert b"onstage_storage_behind 1.0" in staff.metrics.text()
    async with a_server(house, engine, tmp_path / "live", objects(s3)) as staff:  # restarted, and still away
        await stored(house, staff, show, PARTS_PER_SEGMENT + 1)
        await until(lambda: b"onstage_storage_behind 1.0" in staff.metrics.text(), what="storage to be asked")
        await ended(house, show)
        told = [event.data for event in await house.events() if event.name == "broadcast.degraded"]
        assert [(one["what"], one["is_recovered"]) for one in told] == [("storage_away", False)]
        async with finishing(house, staff):
            s3.start()
            recording = await finished(house)
        assert b"onstage_storage_behind 0.0" in staff.metrics.text()
        assert recording.duration_s == pytest.approx(2 * (PARTS_PER_SEGMENT + 1) * PART_S)
        assert {"init0.mp4", "init1.mp4", "seg1.m4s", "seg4.m4s"} <= in_store(s3, show)


async def is_degraded(house: House) -> bool:
    degraded = [event.data for event in await house.events() if event.name == "broadcast.degraded"]
    return any(data["what"] == "storage_away" for data in degraded)


@asynccontextmanager
async def another_server(
    house: House, engine: ScriptedEngine, folder: Path, objects: ObjectStore | None = None
) -> AsyncIterator[House]:
    """One with a data folder of its own; it leads."""
    other = replace(house, ctx=replace(house.ctx, server_id="srv_other"))
    await register(other.ctx, None)
    async with a_server(other, engine, folder, objects) as staff:
        job = LostRecordings(other.ctx, staff.origin, staff.leader)
        await job.start()
        yield other
        await job.stop()


async def given_up(house: House, show: Broadcast) -> None:
    """Its server is dead, and the others have ended the show."""
    await report_status(house.ctx, show.id, BroadcastStatus.FAILED, reason=BroadcastReason.SERVER_LOST)
    await bury_server(house.ctx, house.ctx.server_id)


@pytest.mark.parametrize("is_shared", [True, False])
async def test_a_recording_of_a_server_that_is_gone_is_finished_by_another_and_mended_when_it_is_back(
    house: House, engine: ScriptedEngine, s3: S3Server, tmp_path: Path, *, is_shared: bool
) -> None:
    shared = objects(s3) if is_shared else None
    async with a_server(house, engine, tmp_path / "live", shared) as staff:
        show = await started(house, f"{SEGMENT} hang")
        await stored(house, staff, show, PARTS_PER_SEGMENT)
        await all_stored(staff, show)
        await fed(staff, show, 2)  # which are in a journal only
    await given_up(house, show)
    async with another_server(house, engine, tmp_path / "other", shared):
        assert (await looked(house, round(LOST_AFTER_S))).status is RecordingStatus.PROCESSING
        lost = await finished(house)
    view = RecordingView.of(lost)
    assert (view.status, view.reason) == ("ready" if is_shared else "failed", "server_lost")
    assert view.is_incomplete
    assert (view.playback_path is not None) == is_shared
    assert lost.duration_s == pytest.approx(PARTS_PER_SEGMENT * PART_S if is_shared else 0)
    await with_poster(house, lost)
    async with a_server(house, engine, tmp_path / "live", shared) as staff, finishing(house, staff):
        await until(lambda: is_mended(house), what="what only that server had")
        mended = await only(house)
        assert (mended.status, RecordingView.of(mended).is_incomplete) == (RecordingStatus.READY, False)
        assert mended.duration_s == pytest.approx((PARTS_PER_SEGMENT + 2) * PART_S)
    async with house.ctx.database.read() as tx:
        made = await assets.of_recording(tx, lost.id)
    assert {one.status for one in made} == {AssetStatus.PREPARING}  # again: of all there is
    told = [name for name in await house.names() if name.startswith("recording.")]
    assert told == ["recording.started", f"recording.{view.status}", "recording.ready"]


@pytest.mark.parametrize("is_stored_too", [False, True])
async def test_a_recording_that_can_be_played_stays_so_whatever_its_server_returns_with(
    house: House, engine: ScriptedEngine, s3: S3Server, tmp_path: Path, *, is_stored_too: bool
) -> None:
    async with a_server(house, engine, tmp_path / "live", objects(s3)) as staff:
        show = await started(house, f"{SEGMENT} hang")
        await stored(house, staff, show, PARTS_PER_SEGMENT)
        await all_stored(staff, show)
        await fed(staff, show, 2)  # which are in a journal only
    await given_up(house, show)
    async with another_server(house, engine, tmp_path / "other", objects(s3)):
        await looked(house, round(LOST_AFTER_S))
        lost = await finished(house)
    (tmp_path / "live" / show.id / "index.json").write_bytes(b"")
    if is_stored_too:
        (s3.folder / s3.bucket / "shows" / "live" / show.id / "index.json").write_bytes(b"")
    async with a_server(house, engine, tmp_path / "live", objects(s3)) as staff, finishing(house, staff):
        await until(lambda: is_mended(house), what="the server to look at what it has")
        mended = await only(house)
    more_s = 0 if is_stored_too else 2 * PART_S
    assert (mended.status, mended.is_incomplete) == (RecordingStatus.READY, is_stored_too)
    assert mended.duration_s == pytest.approx(lost.duration_s + more_s)
    assert mended.ready_at is not None


async def with_poster(house: House, recording: Recording) -> None:
    """One was made of what there was, beside what else is made of recordings."""
    async with house.ctx.database.begin() as tx:
        await add_assets(house.ctx, tx, recording, [AssetKind.POSTER])
        for one in await assets.of_recording(tx, recording.id):
            await assets.save(tx, replace(one, status=AssetStatus.READY))


async def is_mended(house: House) -> bool:
    return (await looked(house, 1)).reason is None


async def test_a_recording_of_a_server_that_is_gone_waits_for_its_storage(
    house: House, engine: ScriptedEngine, s3: S3Server, tmp_path: Path
) -> None:
    async with a_server(house, engine, tmp_path / "live", objects(s3)) as staff:
        show = await started(house, f"{SEGMENT} hang")
        await stored(house, staff, show, PARTS_PER_SEGMENT)
        await ended(house, show)
        await all_stored(staff, show)
    await bury_server(house.ctx, house.ctx.server_id)
    s3.stop()
    async with another_server(house, engine, tmp_path / "other", objects(s3)):
        assert (await looked(house, round(2 * LOST_AFTER_S))).status is RecordingStatus.PROCESSING
        s3.start()
        recording = await finished(house)
    assert (recording.status, recording.reason) == (RecordingStatus.READY, None)  # nothing of it was missing


async def test_media_of_a_running_show_stay_when_a_recording_of_it_is_deleted_at_another_server(
    house: House, engine: ScriptedEngine, s3: S3Server, tmp_path: Path
) -> None:
    await register(house.ctx, None)
    async with a_server(house, engine, tmp_path / "live", objects(s3)) as staff:
        show = await started(house, f"{SEGMENT} hang")
        await stored(house, staff, show, PARTS_PER_SEGMENT)
        await remove_output(house.ctx, house.server, show.id, show.outputs[1].id)
        async with finishing(house, staff):
            recording = await finished(house)
        async with another_server(house, engine, tmp_path / "other", objects(s3)) as other:
            await swept(house, servers=2)
            await delete_recording(other.ctx, house.server, recording.id)
            await house.clock.advance(SWEEP_EVERY_S)
            await swept(house, servers=2)
            assert "seg1.m4s" in in_store(s3, show)
            await ended(house, show)
            retired = asyncio.create_task(staff.origin.retired())
            await until(lambda: passed(house, retired), what="the show to be retired")
        assert in_store(s3, show) == set()


async def swept(house: House, servers: int) -> None:
    """Each has looked through what is stored, and through files to play, and waits for the next time."""
    await until(lambda: house.clock.pauses_s.count(SWEEP_EVERY_S) == 2 * servers, what="the sweeps to be over")


def records_again(house: House, show: Broadcast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody adds a recording right behind the moment at which the store said that there is none."""
    read = broadcasts.unrecorded_on

    async def read_then_record(tx: Tx, ids: Collection[str], server_id: str) -> list[Broadcast]:
        found = await read(tx, ids, server_id)
        assert [one.id for one in found] == [show.id]
        await add_output(house.ctx, house.server, show.id, NewOutput(OutputType.RECORDING))
        return found

    monkeypatch.setattr(broadcasts, "unrecorded_on", read_then_record)


async def test_a_recording_that_is_added_while_the_last_one_is_deleted_has_its_media(
    house: House, engine: ScriptedEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with staffed(house, engine=engine, composer=COMMAND, origin_folder=tmp_path) as staff:
        show = await started(house, f"{SEGMENT} hang")
        await stored(house, staff, show, PARTS_PER_SEGMENT)
        await remove_output(house.ctx, house.server, show.id, show.outputs[1].id)
        async with finishing(house, staff):
            recording = await finished(house)
        records_again(house, show, monkeypatch)
        await delete_recording(house.ctx, house.server, recording.id)
        await ended(house, show)
        retired = asyncio.create_task(staff.origin.retired())
        await until(lambda: passed(house, retired), what="the show to be retired")
        assert files_of(show, tmp_path)


async def test_media_of_a_running_show_stay_as_long_as_the_store_does_not_say_that_nobody_needs_them(
    house: House, engine: ScriptedEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_away(tx: Tx, broadcast_id: str) -> bool:
        raise OnstageError(ErrorCode.STORE_UNAVAILABLE)

    async with staffed(house, engine=engine, composer=COMMAND, origin_folder=tmp_path) as staff:
        show = await started(house, f"{SEGMENT} hang")
        await stored(house, staff, show, PARTS_PER_SEGMENT)
        keeper = staff.origin.broadcast(show.id).keeper
        assert keeper is not None
        with monkeypatch.context() as patch:
            patch.setattr(recordings, "any_of", is_away)
            patch.setattr(broadcasts, "unrecorded_on", lambda *_: asyncio.sleep(0, [show]))
            await staff.tidying.unwanted(show.id)
        assert keeper.is_recorded


async def test_who_deletes_its_own_media_tells_nobody(house: House, engine: ScriptedEngine, tmp_path: Path) -> None:
    async with a_server(house, engine, tmp_path) as staff, await house.ctx.bus.subscribe(Topic.MEDIA) as told:
        show = await recorded(house, staff)
        await delete_recording(house.ctx, house.server, (await only(house)).id)
        assert not files_of(show, tmp_path)
        await staff.tidying.unwanted("bc_of_another_server")
        assert await told.get() == [Changed(Topic.MEDIA, "bc_of_another_server")]


@pytest.mark.parametrize("is_shared", [True, False])
async def test_media_go_where_they_are_when_the_last_recording_is_deleted_at_another_server(
    house: House, engine: ScriptedEngine, s3: S3Server, tmp_path: Path, *, is_shared: bool
) -> None:
    await register(house.ctx, None)
    shared = objects(s3) if is_shared else None
    async with a_server(house, engine, tmp_path / "live", shared) as staff:
        show = await recorded(house, staff)
        async with another_server(house, engine, tmp_path / "other", shared) as other:
            await delete_recording(other.ctx, house.server, (await only(house)).id)
            await until(lambda: not files_of(show, tmp_path), what="the media to be deleted")


async def test_media_of_a_server_that_is_gone_are_deleted_by_another(
    house: House, engine: ScriptedEngine, s3: S3Server, tmp_path: Path
) -> None:
    async with a_server(house, engine, tmp_path / "live", objects(s3)) as staff:
        show = await recorded(house, staff)
    async with another_server(house, engine, tmp_path / "other", objects(s3)) as other:
        await delete_recording(other.ctx, house.server, (await only(house)).id)
        await house.clock.advance(SWEEP_EVERY_S)
        await until(lambda: not in_store(s3, show), what="the media to be deleted")


async def recorded(house: House, staff: Staff) -> Broadcast:
    """A show that is over and retired, and its recording ready."""
    show = await started(house, f"{SEGMENT} hang")
    await stored(house, staff, show, PARTS_PER_SEGMENT)
    await ended(house, show)
    async with finishing(house, staff):
        await finished(house)
    retired = asyncio.create_task(staff.origin.retired())
    await until(lambda: passed(house, retired), what="the show to be retired")
    return show


async def passed(house: House, task: "asyncio.Task[None]") -> bool:
    """Whether it is done, a minute later."""
    await house.clock.advance(60)
    return task.done()


def files_of(show: Broadcast, folder: Path) -> list[Path]:
    """Media of the show, wherever it is."""
    return [path for path in folder.rglob("*.m4s") if show.id in path.parts]


async def test_what_is_stored_of_broadcasts_that_nobody_knows_is_swept_away(
    house: House, engine: ScriptedEngine, tmp_path: Path
) -> None:
    leftover = tmp_path / "live" / "bc_leftover" / "index.json"
    leftover.parent.mkdir(parents=True)
    leftover.write_text("{}")
    async with a_server(house, engine, tmp_path / "live"):
        await until(lambda: not leftover.exists(), what="the leftover to be deleted")
