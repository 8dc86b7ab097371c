"""A show at a real RTMP server, through all that goes wrong: the server as its users run it, and nginx."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import av
import pytest

from tests.support.onstage_server import OnstageServer
from tests.support.rtmp import RtmpServer
from tests.support.waiting import until

KEY = "sesame-4711"
WITHIN_S = 40.0


@pytest.fixture
def target(tmp_path: Path) -> RtmpServer:
    return RtmpServer(tmp_path / "rtmp")


@pytest.fixture
async def server(tmp_path: Path, target: RtmpServer) -> AsyncIterator[OnstageServer]:
    running = OnstageServer(tmp_path / "data", settings={"OUTBOUND_ALLOW": "127.0.0.1"})
    await running.start()
    target.start()
    await running.make_project()
    await running.call("POST", "/v1/rooms", {"name": "show"})
    yield running
    await running.stop()
    target.stop()


class Show:
    """A running broadcast, as REST tells of it."""

    def __init__(self, server: OnstageServer, view: Any) -> None:
        self.server = server
        self.id = str(view["id"])
        self.seen: list[str] = [str(view)]

    async def view(self) -> Any:
        view = await self.server.call("GET", f"/v1/broadcasts/{self.id}")
        self.seen.append(str(view))
        return view

    async def becomes(self, status: str, *, number: int = 1) -> Any:
        async def has_become() -> bool:
            return bool((await self.view())["outputs"][number]["status"] == status)

        await until(has_become, deadline_s=WITHIN_S, what=f"output {number} to be {status}")
        return (await self.view())["outputs"][number]

    async def parts(self) -> int:
        """Parts that HLS has had so far."""
        variants = (await self.server.http.get(f"/live/{self.id}/index.m3u8")).text.splitlines()
        variant = next(line for line in variants if not line.startswith("#"))
        text = (await self.server.http.get(f"/live/{self.id}/{variant}")).text
        sequence = next(line for line in text.splitlines() if "MEDIA-SEQUENCE" in line)
        return int(sequence.partition(":")[2]) * 4 + text.count("#EXT-X-PART:")

    async def goes_on(self) -> None:
        """Wait until HLS has two segments more."""
        before = await self.parts()

        async def has_gone_on() -> bool:
            return await self.parts() >= before + 8

        await until(has_gone_on, deadline_s=WITHIN_S, what="HLS to go on")


def seconds(file: Path) -> float:
    """How long a recording is, if all of it can be decoded."""
    with av.open(str(file)) as container:
        pictures = [frame.time for frame in container.decode(video=0)]
    return float(pictures[-1] or 0)


async def test_a_target_survives_its_own_death_the_composers_and_the_servers(
    server: OnstageServer, target: RtmpServer, tmp_path: Path
) -> None:
    body = {"outputs": [{"type": "rtmp", "url": f"{target.url}/live", "stream_key": KEY}], "quality": "high"}
    show = Show(server, await server.call("POST", "/v1/rooms/show/broadcasts", body))
    await show.becomes("live")
    await show.becomes("live", number=0)
    target.stop()
    lost = await show.becomes("reconnecting")
    assert lost["reason"]["code"] in ("lost", "unreachable")
    await show.goes_on()
    target.start()
    await show.becomes("live")
    (composer,) = server.composer_pids()
    assert KEY not in f"{commands()}"

    os.kill(composer, signal.SIGKILL)
    assert (await show.becomes("reconnecting"))["reason"]["code"] == "composer"
    await show.becomes("live")
    await server.kill()
    await server.start()
    await show.becomes("live")
    await show.goes_on()
    await server.call("POST", f"/v1/broadcasts/{show.id}/stop")
    await show.becomes("ended")
    assert seconds(target.recordings()[-1]) > 1
    log = (tmp_path / "onstage.log").read_text()
    assert not [one for one in [*show.seen, log] if KEY in one]
    assert not [file for file in (tmp_path / "data").rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()]


def commands() -> list[bytes]:
    """What every process was started with."""
    return [file.read_bytes() for file in Path("/proc").glob("[0-9]*/cmdline")]


async def test_targets_are_added_and_removed_live_and_a_wrong_key_fails(
    server: OnstageServer, target: RtmpServer
) -> None:
    show = Show(server, await server.call("POST", "/v1/rooms/show/broadcasts"))
    path = f"/v1/broadcasts/{show.id}/outputs"
    first = await server.call("POST", path, {"type": "rtmp", "url": f"{target.url}/live/{KEY}"})
    wrong = {"type": "rtmp", "url": f"{target.url}/guarded", "stream_key": "a-wrong-key"}
    await server.call("POST", path, wrong)
    await show.becomes("live")
    assert (await show.becomes("failed", number=2))["reason"]["code"] == "closed"
    gone = await server.call("DELETE", f"{path}/{first['id']}")
    assert (gone["status"], gone["reason"]["code"]) == ("ended", "removed")

    async def is_recorded() -> bool:
        return "deleteStream" in (target.folder / "error.log").read_text()

    await until(is_recorded, deadline_s=WITHIN_S, what="the stream to end in order")
    refused = await server.http.post(path, json=wrong | {"url": "rtmp://10.0.0.1/live"}, auth=server.credentials)
    assert refused.json()["code"] == "url_not_allowed"
    assert KEY not in str(show.seen)
