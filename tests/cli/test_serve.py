"""`onstage serve` from its first line to the end of its last child."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.cli.running import processes, read_until, serving, stop, wait_for, wait_for_none
from tests.support.serving import free_port

LAST_LINE = "Data "


def call(process_output: str, path: str, body: object = None) -> httpx.Response:
    """A REST call with the credentials that were printed."""
    found = re.search(r"curl -u (\S+):(\S+) (http://\S+)/v1/rooms", process_output)
    assert found is not None
    project, secret, url = found.groups()
    return httpx.post(f"{url}{path}", json=body, auth=(project, secret))


def go_live(printed: str) -> None:
    """Start a broadcast in the development room, so that there is a composer."""
    assert call(printed, "/v1/rooms/first-show/broadcasts", {}).status_code == 201


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_every_child_and_is_a_success(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as server:
        go_live(read_until(server, LAST_LINE))
        wait_for(tmp_path, "livekit-server", "onstage.composer")
        ended = stop(server, number)
    assert ended.code == 0
    assert ended.out.splitlines()[-1] == "Stopping."
    assert "Traceback" not in ended.err
    assert processes(tmp_path) == {}


def test_a_killed_server_takes_its_children_along(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        go_live(read_until(server, LAST_LINE))
        wait_for(tmp_path, "livekit-server", "onstage.composer")
        server.kill()
        server.wait()
        wait_for_none(tmp_path)


def test_a_second_start_keeps_project_and_links(tmp_path: Path) -> None:
    port = free_port()
    printed = [_first_words(tmp_path, port) for _ in range(2)]
    assert printed[0] == printed[1]
    kept = json.loads((tmp_path / "data" / "development.json").read_text())
    for name in ("project_id", "secret", "room_id", "host_code", "guest_code", "viewer_code"):
        assert kept[name] in printed[0]
    for link in ("studio", "watch", "live"):
        assert f"http://localhost:{port}/{link}/" in printed[0]
    assert (tmp_path / "data" / "development.json").stat().st_mode & 0o077 == 0


def _first_words(folder: Path, port: int) -> str:
    with serving(folder, PORT=port) as server:
        printed = read_until(server, LAST_LINE)
        stop(server)
    return printed


def test_production_prints_no_secret(tmp_path: Path) -> None:
    secret = "a secret of thirty-two bytes or more"
    with serving(tmp_path, ENVIRONMENT="production", SECRET=secret) as server:
        printed = read_until(server, "is ready at")
        ended = stop(server)
    assert secret not in printed + ended.out + ended.err
    assert "curl" not in printed
    assert not (tmp_path / "data" / "development.json").exists()


def test_serving_needs_no_browser_driver() -> None:
    script = "import sys, onstage.cli.serve; print([name for name in sys.modules if name.startswith('playwright')])"
    assert subprocess.check_output([sys.executable, "-c", script], text=True) == "[]\n"
