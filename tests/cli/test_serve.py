"""`onstage serve` as its users meet it: one clear line when it can't start, everything kept, nothing left behind."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from tests.support.onstage_server import OnstageServer
from tests.support.serving import free_port
from tests.support.waiting import until


async def onstage(*arguments: str, **environment: str) -> tuple[int, str, str]:
    """Run the command to its end: exit code, standard output, standard error."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "onstage", *arguments),
        env=os.environ | environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def refuses(folder: Path, *arguments: str, **environment: str) -> str:
    """The one line with which `onstage serve` does not start."""
    data = () if "--data-dir" in arguments else ("--data-dir", str(folder / "data"))
    code, _, err = await onstage("serve", *data, *arguments, **environment)
    assert code == 1
    lines = err.splitlines()
    assert len(lines) == 1, err
    return lines[0]


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = await refuses(tmp_path, "--port", str(port))
    assert f"127.0.0.1:{port}" in line


async def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = str(tmp_path / "file" / "data")
    assert folder in await refuses(tmp_path, "--port", str(free_port()), "--data-dir", folder)


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"ONSTAGE_SECRET": "short"}, "secret is too short: 32 bytes or more"),
        ({"ONSTAGE_ENVIRONMENT": "production"}, "production needs ONSTAGE_SECRET"),
        ({"ONSTAGE_TLS_CERT": "/cert.pem"}, "tls_cert and tls_key are given together"),
        ({"ONSTAGE_LIVEKIT_URL": "ws://x"}, "livekit_url needs livekit_api_key"),
        ({"ONSTAGE_PORT": "99999"}, "port"),
        ({"ONSTAGE_LIVEKIT_SERVER_PATH": "/no/such/livekit-server"}, "livekit-server"),
    ],
)
async def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path, environment: dict[str, str], says: str) -> None:
    port = {"ONSTAGE_PORT": str(free_port())}
    assert says in await refuses(tmp_path, **(port | environment))


def family_of(pid: int) -> list[int]:
    """The process, its children, and theirs."""
    files = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for file in files for child in file.read_text().split()]
    return [pid, *(one for child in children for one in family_of(child))]


def is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_the_server_and_all_its_children(tmp_path: Path, number: signal.Signals) -> None:
    server = OnstageServer(tmp_path / "data")
    await server.start()
    await server.make_project()
    room = await server.call("POST", "/v1/rooms", {"name": "show"})
    broadcast = await server.call("POST", f"/v1/rooms/{room['id']}/broadcasts")
    await until(server.composer_pids, what="a composer")
    family = family_of(server.pid)
    assert len(family) >= 3, "the server, its media server and a composer"
    assert await server.stop(number) == 0
    await until(lambda: not any(is_running(pid) for pid in family), what="the end of every child")
    assert broadcast["status"] == "starting"


async def test_a_second_start_has_everything_of_the_first_and_no_log_tells_of_people(tmp_path: Path) -> None:
    server = OnstageServer(tmp_path / "data")
    await server.start()
    await server.make_project()
    await server.call("POST", "/v1/rooms", {"name": "show", "title": "Secret Title"})
    body = {"identity": "wilhelmina", "name": "Wilhelmina Unusual", "role": "host"}
    token = (await server.call("POST", "/v1/rooms/show/tokens", body))["token"]
    joined = await server.call("POST", "/v1/join", {"token": token})
    await server.call("POST", "/v1/rooms/show/participants/wilhelmina/demote")
    await server.kill()
    first = json.loads((tmp_path / "data" / "development.json").read_text())

    await server.start()
    assert json.loads((tmp_path / "data" / "development.json").read_text()) == first
    found = await server.call("GET", "/v1/rooms/show/participants/wilhelmina")
    assert (found["id"], found["level"]) == (joined["participant"]["id"], "viewer")
    again = await server.call("POST", "/v1/join", {"token": token})
    assert again["participant"]["id"] == found["id"]
    assert await server.stop() == 0

    log = (tmp_path / "onstage.log").read_text()
    assert "Stopping" in log
    for private in ("wilhelmina", "Wilhelmina", "Secret Title", token, joined["engine"]["token"]):
        assert private not in log
    for name in ("secret", "development.json"):
        assert (tmp_path / "data" / name).stat().st_mode & 0o077 == 0


async def test_projects_and_tokens_are_made_at_the_terminal(tmp_path: Path) -> None:
    data = ("--data-dir", str(tmp_path / "data"))
    code, out, err = await onstage("project", "create", "mine", "--json", *data)
    assert (code, err) == (0, "")
    project = json.loads(out)
    assert project["id"].startswith("prj_")
    assert len(project["secret"]) >= 32
    code, out, err = await onstage("token", "no-room", "--identity", "a", "--role", "host", *data)
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1
