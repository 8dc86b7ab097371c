"""Our own livekit-server: up in one call, back after a crash, gone with us."""

import asyncio
import json
import os
import signal
import socket
import stat
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from onstage.clock import SystemClock
from onstage.errors import StartError
from onstage.media.engine import EngineDown, EngineEvent, EngineJoined, EngineLeft, EngineUp
from onstage.media.livekit_server import LiveKitServer
from tests.engine.clients import PythonClient
from tests.media.people import somebody
from tests.support.livekit import livekit_house, server_options
from tests.support.waiting import EventLog, until

WEBHOOK = "http://127.0.0.1:9/engine/webhook"


def is_running(pid: int | None) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def modes_of_files_with(secret: str, folder: Path) -> list[int]:
    return [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if secret in path.read_text()]


async def test_it_starts_and_stops_and_leaves_nothing_behind(tmp_path: Path) -> None:
    server = LiveKitServer(server_options(tmp_path, WEBHOOK), SystemClock())
    await server.start()
    pid = server.pid
    assert is_running(pid)
    await server.stop()
    assert not is_running(pid)
    assert server.pid is None


async def test_keys_are_private_and_outlive_a_restart(tmp_path: Path) -> None:
    first = LiveKitServer(server_options(tmp_path, WEBHOOK), SystemClock())
    await first.start()
    await first.stop()
    assert LiveKitServer(server_options(tmp_path, WEBHOOK), SystemClock()).api_key == first.api_key
    assert len(first.api_key.secret) >= 32
    assert first.api_key.secret not in repr(first.api_key)
    assert modes_of_files_with(first.api_key.secret, tmp_path) == [0o600, 0o600]


def test_two_folders_have_two_keys(tmp_path: Path) -> None:
    keys = {LiveKitServer(server_options(tmp_path / name, WEBHOOK), SystemClock()).api_key for name in ("a", "b")}
    assert len(keys) == 2


def test_a_key_file_of_somebody_else_is_said(tmp_path: Path) -> None:
    (tmp_path / "livekit-key.json").write_text('{"unknown": 1}')
    with pytest.raises(StartError, match="key file"):
        LiveKitServer(server_options(tmp_path, WEBHOOK), SystemClock())


async def test_no_public_stun_host_is_given_to_clients(tmp_path: Path) -> None:
    server = LiveKitServer(server_options(tmp_path, WEBHOOK), SystemClock())
    await server.start()
    await server.stop()
    config = json.loads((tmp_path / "livekit.yaml").read_text())
    assert all(host.startswith("127.0.0.1:") for host in config["rtc"]["stun_servers"])
    assert config["bind_addresses"] == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("port_name", "kind", "what"),
    [
        ("http_port", socket.SOCK_STREAM, "TCP"),
        ("tcp_port", socket.SOCK_STREAM, "TCP"),
        ("udp_port", socket.SOCK_DGRAM, "UDP"),
    ],
)
async def test_a_taken_port_is_one_clear_line(
    tmp_path: Path, port_name: str, kind: socket.SocketKind, what: str
) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind is socket.SOCK_STREAM:
            taken.listen()
        port = taken.getsockname()[1]
        options = replace(server_options(tmp_path, WEBHOOK), **{port_name: port})
        with pytest.raises(StartError) as caught:
            await LiveKitServer(options, SystemClock()).start()
    [line] = str(caught.value).splitlines()
    assert line.startswith(f"{what} port {port} of the media engine is taken: ONSTAGE_")


async def test_a_missing_program_is_one_clear_line(tmp_path: Path) -> None:
    options = replace(server_options(tmp_path, WEBHOOK), program=tmp_path / "none")
    with pytest.raises(StartError, match=r"setup-livekit\.sh"):
        await LiveKitServer(options, SystemClock()).start()


async def test_a_program_that_ends_at_once_is_said_with_its_last_word(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho no such luck\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(StartError, match="no such luck"):
        await LiveKitServer(replace(server_options(tmp_path, WEBHOOK), program=broken), SystemClock()).start()


async def test_it_dies_with_a_killed_parent(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import asyncio, sys
        from pathlib import Path
        from onstage.clock import SystemClock
        from onstage.media.livekit_server import LiveKitServer
        from tests.support.livekit import server_options
        async def main():
            server = LiveKitServer(server_options(Path(sys.argv[1]), "http://127.0.0.1:9/"), SystemClock())
            await server.start()
            print("pid", server.pid, flush=True)
            await asyncio.Event().wait()
        asyncio.run(main())
    """)
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(tmp_path), stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert parent.stdout is not None
    while not (line := await parent.stdout.readline()).startswith(b"pid"):
        assert line, "the parent ended early"
    pid = int(line.split()[1])
    assert is_running(pid)
    parent.kill()
    await parent.wait()
    await until(lambda: not is_running(pid), what="livekit-server's death")


async def test_after_a_crash_it_is_back_and_people_come_back_by_themselves(tmp_path: Path) -> None:
    async with livekit_house(tmp_path) as house, EventLog[EngineEvent](house.engine.events()) as events:
        ana = PythonClient("ana")
        await ana.join(house.ws_url, house.engine.access_token(somebody("ana")))
        await events.first(lambda one: isinstance(one, EngineJoined))
        first_pid = house.server.pid
        assert first_pid is not None
        os.kill(first_pid, signal.SIGKILL)
        await events.first(lambda one: isinstance(one, EngineDown))
        back = await events.position(lambda one: isinstance(one, EngineUp))
        assert house.server.pid not in {None, first_pid}
        await events.first(lambda one: isinstance(one, EngineLeft), after=back)
        await events.first(lambda one: isinstance(one, EngineJoined), after=back)
        assert [one.identity for one in await house.engine.list_participants("rm_1")] == ["ana"]
        await ana.leave()
