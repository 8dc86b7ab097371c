"""The files of a recording, from the end of its show to their download: made by a real child of real media."""

import io
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Collection, Iterator, MutableMapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from structlog.testing import capture_logs

from onstage.actions.asset_life import next_commission
from onstage.actions.assets import GOOD_FOR, Download, read_assets, request_assets
from onstage.actions.broadcast_life import report_status
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.context import Unattended
from onstage.actions.messages import MessageOptions, delete_message, send_message
from onstage.actions.output_making import NewOutput
from onstage.actions.recordings import delete_recording, read_recordings
from onstage.errors import ErrorCode, OnstageError
from onstage.jobs.asset_making import AWAY_FOR_S, LONGEST_AWAY_S, LOOK_EVERY_S, MOST_TRIES, AssetMaking
from onstage.jobs.finishing import Finishing
from onstage.model.assets import AssetFailure, AssetKind, AssetStatus
from onstage.model.broadcast_defaults import RungSpec
from onstage.model.outputs import OutputType
from onstage.model.records import Broadcast, BroadcastStatus, Message, Recording
from onstage.origin.assets.plan import Storage
from onstage.origin.assets.shelf import Shelf
from onstage.origin.assets.workshop import COMMAND, Workshop
from onstage.origin.doors.assets_http import asset_routes
from onstage.origin.doors.passing import Passing
from onstage.origin.origin import Origin
from onstage.origin.storing.objects import open_objects
from onstage.store import assets
from tests.origin.recorded import publish
from tests.origin.test_passing import a_guide
from tests.probe.media import PROFILE, a_reel
from tests.support.house import House
from tests.support.s3 import S3Server
from tests.support.serving import free_port, serving
from tests.support.waiting import until

SECONDS = 4
NAME = "144p"
AS_A_RULE = [
    "chat_json/chat.json",
    "chat_vtt/chat.vtt",
    "mp4/144p.mp4",
    "poster/poster.jpg",
    "thumbnails/thumbnails.vtt",
]
MAKES_AND_WAITS = """
import sys, time
from pathlib import Path
from onstage.origin.assets.child import main
main(Path(sys.argv[2]))
while not Path(sys.argv[1], "tell").exists():
    time.sleep(0.01)
"""
"""What stores a file, and ends only once it is told to."""
AWAY = 'echo one >> "$0"; echo \'{"is_away": true, "problem": "no route"}\''
"""What is told when storage is away, and each try is counted."""
DIES = (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")


@dataclass
class Cleaning(Unattended):
    """Nothing follows a change but what the job does."""

    job: AssetMaking

    async def assets_unwanted(self, recording_id: str) -> None:
        await self.job.unwanted(recording_id)


@dataclass
class Stagehand:
    """A show that was recorded, what makes files of it, and who downloads them."""

    house: House
    folder: Path
    job: AssetMaking
    client: httpx.AsyncClient
    recording: Recording

    async def assets(self) -> dict[str, Download]:
        found = await read_assets(self.house.ctx, self.house.server, self.recording.id)
        return {one.asset.name: one for one in found}

    async def made(self, name: str) -> Download:
        """The asset of that name, once nothing more is to be done for it."""

        async def is_over() -> bool:
            await self.house.clock.advance(LOOK_EVERY_S)
            return (await self.assets())[name].asset.status is not AssetStatus.PREPARING

        await until(is_over, what=f"{name} to be made")
        return (await self.assets())[name]

    async def get(self, name: str, **headers: str) -> httpx.Response:
        """Download it by its URL."""
        path = (await self.made(name)).path
        assert path is not None
        return await self.client.get(path, headers={key.replace("_", "-"): value for key, value in headers.items()})


@asynccontextmanager
async def at_work(
    house: House,
    folder: Path,
    recording: Recording,
    *,
    command: Sequence[str] = COMMAND,
    url: str | None = None,
    workplace: Path | None = None,
    makes_for: Callable[[], Collection[str]] = tuple,
) -> AsyncIterator[Stagehand]:
    """The job, as of one start of a server. `url` is of its storage, the folder itself by default."""
    storage = Storage(url or str(folder), folder / "live", is_remote=url is not None)
    shelf = Shelf.at(storage.url)
    job = AssetMaking(house.ctx, Workshop(workplace or folder / "making", storage, command), shelf, makes_for)
    app = Starlette(routes=[Mount("/downloads", routes=asset_routes(shelf, job.find))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://onstage.test") as client:
        await job.start()
        yield Stagehand(house, folder, job, client, recording)
        await job.stop()


async def begun(house: House) -> Broadcast:
    new = NewBroadcast(
        title='A "show" / één',
        ladder=[RungSpec(height=144, video_bps=100_000)],
        outputs=[NewOutput(OutputType.RECORDING)],
    )
    show = await start_broadcast(house.ctx, house.server, "show", new)
    await report_status(house.ctx, show.id, BroadcastStatus.LIVE)
    return show


async def over(house: House, show: Broadcast, folder: Path, url: str | None = None) -> Recording:
    """The show's media come, it ends, and its recording is finished."""
    objects = None if url is None else open_objects(url, "live")
    origin = Origin(house.clock, folder / "live", objects=objects)
    window = await origin.open(show.id, show.room_id, PROFILE, is_recorded=True)
    await publish(window, [a_reel(SECONDS, NAME)])
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED)
    job = Finishing(house.ctx, origin)
    await job.start()

    async def ready() -> bool:
        await house.clock.advance(LOOK_EVERY_S)
        [recording] = await read_recordings(house.ctx, house.server, room="show", after=None, limit=1)
        return recording.ready_at is not None

    await until(ready, what="the recording to be ready")
    await job.stop()
    await origin.close()
    [recording] = await read_recordings(house.ctx, house.server, room="show", after=None, limit=1)
    return recording


async def said(house: House, text: str, **options: Any) -> Message:
    await house.clock.advance(0.5)
    return await send_message(house.ctx, house.server, "show", text, MessageOptions(**options))


@pytest.fixture
async def recording(house: House, tmp_path: Path) -> Recording:
    return await over(house, await begun(house), tmp_path)


async def only(house: House, recording: Recording, *kinds: AssetKind) -> None:
    """Of what is made as a rule, only these: each takes a process."""
    async with house.ctx.database.begin() as tx:
        await assets.remove_all(tx, recording.id, set(AssetKind) - set(kinds))


async def test_the_files_of_a_recording_are_made_and_can_be_had(
    house: House, tmp_path: Path, recording: Recording
) -> None:
    async with at_work(house, tmp_path, recording) as hand:
        assert sorted(await hand.assets()) == AS_A_RULE
        film = await hand.get("mp4/144p.mp4")
        assert (film.status_code, film.headers["content-type"]) == (200, "video/mp4")
        assert film.headers["content-disposition"].startswith('attachment; filename="A _show_ _ _')
        with av.open(io.BytesIO(film.content)) as file:
            assert sum(1 for _ in file.decode(video=0)) == SECONDS * PROFILE.frame_rate
        for name in AS_A_RULE:
            download = await hand.made(name)
            assert (download.asset.status, download.asset.reason) == (AssetStatus.READY, None)
            got = await hand.get(name)
            assert len(got.content) == download.asset.size_bytes
        track = (await hand.get("thumbnails/thumbnails.vtt")).text
        beside = (await hand.made("thumbnails/thumbnails.vtt")).path
        assert beside is not None
        sprite = await hand.client.get(beside.replace("thumbnails.vtt", "sprite0.jpg"))
        assert "sprite0.jpg#xywh=" in track
        assert (sprite.status_code, sprite.headers["content-type"]) == (200, "image/jpeg")
        assert not (tmp_path / "making").exists()
    told = [event for event in await house.events() if event.name == "recording.asset_ready"]
    assert sorted(event.data["asset"]["kind"] for event in told) == [
        "chat_json",
        "chat_vtt",
        "mp4",
        "poster",
        "thumbnails",
    ]
    assert "downloads/~" not in json.dumps([event.data for event in told])


async def test_a_part_can_be_had_and_a_download_goes_on_where_it_broke(
    house: House, tmp_path: Path, recording: Recording
) -> None:
    await only(house, recording, AssetKind.MP4)
    async with at_work(house, tmp_path, recording) as hand:
        whole = await hand.get("mp4/144p.mp4")
        tag = whole.headers["etag"]
        part = await hand.get("mp4/144p.mp4", range="bytes=100-199")
        assert (part.status_code, part.content) == (206, whole.content[100:200])
        assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
        rest = await hand.get("mp4/144p.mp4", range="bytes=-50", if_range=tag)
        assert rest.content == whole.content[-50:]
        other = await hand.get("mp4/144p.mp4", range="bytes=100-", if_range='"another"')
        assert (other.status_code, len(other.content)) == (200, len(whole.content))
        assert (await hand.get("mp4/144p.mp4", range=f"bytes={len(whole.content)}-")).status_code == 416
        path = (await hand.made("mp4/144p.mp4")).path or ""
        head = await hand.client.head(path)
        assert (head.headers["content-length"], head.content) == (str(len(whole.content)), b"")


async def test_a_url_is_for_one_kind_of_one_recording_and_expires(
    house: House, tmp_path: Path, recording: Recording
) -> None:
    await only(house, recording, AssetKind.POSTER)
    async with at_work(house, tmp_path, recording) as hand:
        path = (await hand.made("poster/poster.jpg")).path
        assert path is not None

        async def refused(asked: str) -> str:
            return str((await hand.client.get(asked)).json()["code"])

        assert await refused(path.replace("poster/poster.jpg", "mp4/144p.mp4")) == "download_invalid"
        assert await refused(path.replace(recording.id, "rec_another")) == "download_invalid"
        assert await refused(path.replace("~", "~x")) == "download_invalid"
        assert await refused(path.replace("poster.jpg", "other.jpg")) == "asset_not_found"
        for kind in AssetKind:
            if kind is not AssetKind.POSTER:
                assert await refused(path.replace("poster/poster.jpg", f"{kind}/any")) == "download_invalid"
        await house.clock.advance(GOOD_FOR.total_seconds() + 1)
        assert await refused(path) == "download_expired"
        assert (await hand.get("poster/poster.jpg")).status_code == 200


async def test_whoever_has_the_url_of_one_chat_log_has_no_other(
    house: House, tmp_path: Path, recording: Recording
) -> None:
    await only(house, recording, AssetKind.CHAT_JSON, AssetKind.CHAT_VTT)
    async with at_work(house, tmp_path, recording) as hand:
        paths = [(await hand.made(name)).path or "" for name in AS_A_RULE[:2]]
        for path, name in zip(paths, reversed(AS_A_RULE[:2]), strict=True):
            head = path.rsplit("/", 2)[0]
            assert (await hand.client.get(path)).status_code == 200
            assert (await hand.client.get(f"{head}/{name}")).json()["code"] == "download_invalid"


async def test_what_was_deleted_or_private_is_in_no_log(house: House, tmp_path: Path) -> None:
    vic = await house.join("vic", "viewer")
    show = await begun(house)
    kept, taken = await said(house, "kept"), await said(house, "taken back")
    await said(house, "to hosts", to_roles=("host",))
    await said(house, "to vic", to_participant=vic.id)
    later = await said(house, "taken back later")
    await delete_message(house.ctx, house.server, "show", taken.id)
    recording = await over(house, show, tmp_path)
    await only(house, recording, AssetKind.CHAT_JSON, AssetKind.CHAT_VTT)
    async with at_work(house, tmp_path, recording) as hand:

        async def texts() -> list[str]:
            return [one["text"] for one in (await hand.get("chat_json/chat.json")).json()["messages"]]

        assert await texts() == ["kept", "taken back later"]
        old = (await hand.made("chat_vtt/chat.vtt")).path
        assert old is not None
        await delete_message(house.ctx, house.server, "show", later.id)
        assert (await hand.client.get(old)).json()["code"] == "asset_not_found"
        assert await texts() == ["kept"]
        assert (await hand.get("chat_vtt/chat.vtt")).text.count("-->") == 1
    assert kept.text == "kept"


async def test_what_was_being_made_when_the_server_died_is_made_again(
    house: House, tmp_path: Path, recording: Recording
) -> None:
    half = tmp_path / "making" / recording.id / "mp4" / "144p.mp4"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    stands_still = (sys.executable, "-c", "import time; time.sleep(600)")
    await only(house, recording, AssetKind.MP4)
    async with at_work(house, tmp_path, recording, command=stands_still) as hand:
        assert not half.exists()
        await until(lambda: half.parents[1].exists(), what="the child to begin")
        assert {one.asset.status for one in (await hand.assets()).values()} == {AssetStatus.PREPARING}
        assert {one.path for one in (await hand.assets()).values()} == {None}
    async with at_work(house, tmp_path, recording) as hand:
        assert (await hand.get("mp4/144p.mp4")).status_code == 200


async def test_what_makes_the_child_crash_fails_after_some_tries_and_can_be_asked_for_again(
    house: House, tmp_path: Path, recording: Recording
) -> None:
    await only(house, recording, AssetKind.POSTER)
    async with at_work(house, tmp_path, recording, command=DIES) as hand:
        assert (await hand.made("poster/poster.jpg")).asset.reason is AssetFailure.CRASHED
    assert (await house.names())[-1] == "recording.asset_failed"
    async with at_work(house, tmp_path, recording) as hand:
        asked = await request_assets(house.ctx, house.server, recording.id, [AssetKind.POSTER, AssetKind.ZIP])
        assert {one.asset.name for one in asked if one.asset.status is AssetStatus.PREPARING} == {
            "poster/poster.jpg",
            "zip/recording.zip",
        }
        assert (await hand.get("poster/poster.jpg")).status_code == 200
        assert (await hand.get("zip/recording.zip")).content.startswith(b"PK")


async def test_media_that_cannot_be_read_says_so(house: House, tmp_path: Path, recording: Recording) -> None:
    for segment in (tmp_path / "live" / recording.broadcast_id / NAME).glob("seg*.m4s"):
        segment.write_bytes(b"\0" * segment.stat().st_size)
    await only(house, recording, AssetKind.POSTER)
    async with at_work(house, tmp_path, recording) as hand:
        assert (await hand.made("poster/poster.jpg")).asset.reason is AssetFailure.MEDIA_UNREADABLE


async def test_files_go_with_their_recording(house: House, tmp_path: Path, recording: Recording) -> None:
    await only(house, recording, AssetKind.POSTER)
    async with at_work(house, tmp_path, recording) as hand:
        path = (await hand.made("poster/poster.jpg")).path
        assert path is not None
        house.ctx.after_change = Cleaning(hand.job)
        await delete_recording(house.ctx, house.server, recording.id)
        assert (await hand.client.get(path)).json()["code"] == "asset_not_found"
        assert list((tmp_path / "assets").iterdir()) == []
        with pytest.raises(OnstageError) as refusal:
            await hand.assets()
        assert refusal.value.code is ErrorCode.RECORDING_NOT_FOUND


async def test_a_start_deletes_what_a_dead_server_left_of_deleted_recordings(
    house: House, tmp_path: Path, recording: Recording
) -> None:
    await only(house, recording)
    folder = tmp_path / "assets"
    for left in ("rec_whole/poster/poster.jpg", "rec_half/mp4/144p.mp4#1", f"{recording.id}/poster/poster.jpg"):
        (folder / left).parent.mkdir(parents=True)
        (folder / left).write_bytes(b"left")
    (folder / "rec_empty" / "mp4").mkdir(parents=True)

    def is_swept() -> bool:
        return [one.name for one in folder.iterdir()] == [recording.id]

    async with at_work(house, tmp_path, recording):
        await until(is_swept, what="the leftovers to go")


def test_what_was_cut_off_goes_when_the_file_is_stored_again(tmp_path: Path) -> None:
    made, folder = tmp_path / "made", tmp_path / "assets" / "rec_1" / "mp4"
    made.write_bytes(b"whole")
    folder.mkdir(parents=True)
    for name in ("144p.mp4#1", "144p.mp4#2", "720p.mp4#1"):
        (folder / name).write_bytes(b"half")
    Shelf.at(str(tmp_path)).put("rec_1/mp4/144p.mp4", made)
    assert sorted(one.name for one in folder.iterdir()) == ["144p.mp4", "720p.mp4#1"]


@pytest.fixture
def s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    with S3Server(tmp_path / "s3") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


async def test_files_are_made_of_what_is_in_s3_and_kept_there(house: House, tmp_path: Path, s3: S3Server) -> None:
    url = f"s3://{s3.bucket}/shows"
    recording = await over(house, await begun(house), tmp_path, url)
    await only(house, recording, AssetKind.MP4)
    async with at_work(house, tmp_path, recording, url=url) as hand:
        whole = await hand.get("mp4/144p.mp4")
        part = await hand.get("mp4/144p.mp4", range="bytes=7-99")
        assert (part.status_code, part.content) == (206, whole.content[7:100])
    kept = s3.folder / s3.bucket / "shows" / "assets" / recording.id / "mp4" / "144p.mp4"
    assert kept.read_bytes() == whole.content


@pytest.mark.soak
async def test_what_storage_does_not_give_now_is_made_once_it_does(house: House, tmp_path: Path, s3: S3Server) -> None:
    url, workplace = f"s3://{s3.bucket}/shows", tmp_path / "making"
    recording = await over(house, await begun(house), tmp_path, url)
    await only(house, recording, AssetKind.MP4)
    s3.stop()
    async with at_work(house, tmp_path, recording, url=url) as hand:
        await until(workplace.exists, what="the first try")
        await until(lambda: not workplace.exists(), what="the first try to fail")
        assert (await hand.assets())["mp4/144p.mp4"].asset.status is AssetStatus.PREPARING
        s3.start()
        assert (await hand.get("mp4/144p.mp4")).status_code == 200
        s3.stop()
        assert (await hand.get("mp4/144p.mp4")).json()["code"] == "storage_away"


async def test_what_storage_never_gives_is_tried_less_and_less_often_and_fails(
    house: House, tmp_path: Path, recording: Recording
) -> None:
    await only(house, recording, AssetKind.POSTER)
    tries = tmp_path / "tries"

    def told() -> list[MutableMapping[str, Any]]:
        return [one for one in logs if one["event"] == "asset_waits_for_storage"]

    async def tried(times: int) -> float:
        async def is_told() -> bool:
            await house.clock.advance(LOOK_EVERY_S)
            return len(told()) >= times

        await until(is_told, what=f"try {times}")
        return house.clock.monotonic()

    async def failed() -> bool:
        await house.clock.advance(LONGEST_AWAY_S)
        return (await hand.assets())["poster/poster.jpg"].asset.status is AssetStatus.FAILED

    async with at_work(house, tmp_path, recording, command=("sh", "-c", AWAY, str(tries))) as hand:
        with capture_logs() as logs:
            at_s = [await tried(count) for count in (1, 2, 3)]
            assert at_s[1] - at_s[0] >= AWAY_FOR_S - LOOK_EVERY_S
            assert at_s[2] - at_s[1] >= 2 * AWAY_FOR_S - LOOK_EVERY_S
            await until(failed, what="it to be given up")
        assert (await hand.assets())["poster/poster.jpg"].asset.reason is AssetFailure.STORAGE_AWAY
    assert len(tries.read_text().split()) == MOST_TRIES
    assert {one["problem"] for one in told()} == {"no route"}
    assert [one["tries"] for one in told()] == list(range(1, MOST_TRIES + 1))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


async def test_no_film_is_made_where_live_shows_would_lack_the_room(
    house: House, tmp_path: Path, small_disk: Path, recording: Recording
) -> None:
    await only(house, recording, AssetKind.MP4)
    async with at_work(house, tmp_path, recording, workplace=small_disk / "making") as hand:
        assert (await hand.made("mp4/144p.mp4")).asset.reason is AssetFailure.STORAGE_FULL


async def test_what_is_made_of_a_recording_that_is_deleted_meanwhile_is_deleted_too(
    house: House, tmp_path: Path, recording: Recording
) -> None:
    await only(house, recording, AssetKind.POSTER)
    waits_to_tell = (sys.executable, "-c", MAKES_AND_WAITS, str(tmp_path))
    stored, told = tmp_path / "assets" / recording.id / "poster" / "poster.jpg", tmp_path / "tell"
    async with at_work(house, tmp_path, recording, command=waits_to_tell):
        await until(stored.exists, what="the file to be stored")
        await delete_recording(house.ctx, house.server, recording.id)
        told.touch()
        await until(lambda: not stored.parents[1].exists(), what="the file to go")
        assert await next_commission(house.ctx) is None


async def test_a_file_in_the_folder_of_another_server_is_had_through_this_one(
    house: House, tmp_path: Path, recording: Recording
) -> None:
    await only(house, recording, AssetKind.POSTER)
    async with at_work(house, tmp_path, recording) as hand:
        there = await hand.get("poster/poster.jpg", range="bytes=10-")
        path = (await hand.made("poster/poster.jpg")).path
        assert path is not None
        served = Starlette(routes=[Mount("/downloads", routes=asset_routes(hand.job.shelf, hand.job.find))])
        async with serving(served, port=free_port()) as url:
            passing = Passing(a_guide({recording.id: url}))
            empty = Shelf.at(str(tmp_path / "here"))
            here = Starlette(routes=[Mount("/downloads", routes=asset_routes(empty, hand.job.find, passing))])
            transport = httpx.ASGITransport(app=here)
            async with httpx.AsyncClient(transport=transport, base_url="http://here.test") as client:
                passed = await client.get(path, headers={"range": "bytes=10-"})
            await passing.close()
    assert (passed.status_code, passed.content) == (206, there.content)
    for name in ("content-disposition", "content-range", "content-type", "etag", "x-content-type-options"):
        assert passed.headers[name] == there.headers[name], name
    assert passed.headers.get_list("access-control-allow-origin") == ["*"]


async def test_a_recording_that_was_mended_has_its_files_made_again(
    house: House, tmp_path: Path, recording: Recording
) -> None:
    await only(house, recording, AssetKind.THUMBNAILS)
    async with at_work(house, tmp_path, recording) as hand:
        assert (await hand.get("thumbnails/thumbnails.vtt")).status_code == 200
        async with house.ctx.database.begin() as tx:
            await assets.remake_all(tx, recording.id)
        assert (await hand.get("thumbnails/thumbnails.vtt")).status_code == 200
        assert sorted(await hand.assets()) == ["thumbnails/sprite0.jpg", "thumbnails/thumbnails.vtt"]
        assert {one.asset.revision for one in (await hand.assets()).values()} == {2}
