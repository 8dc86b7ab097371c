"""The rules of low-latency HLS, checked from the outside on a real show with real people."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from bench.house import ROOM, onstage, people_on_stage
from tests.support.waiting import until

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("seconds", [20, pytest.param(120, marks=pytest.mark.soak)])
async def test_the_probe_and_hls_parser_find_no_rule_broken(seconds: int, tmp_path: Path) -> None:
    async with onstage() as server, people_on_stage(server):
        broadcast = await server.call("POST", f"/v1/rooms/{ROOM}/broadcasts")

        async def is_live() -> bool:
            found = await server.call("GET", f"/v1/broadcasts/{broadcast['id']}")
            return bool(found["status"] == "live")

        await until(is_live, what="the broadcast to be live")
        url = f"{server.url}/live/{broadcast['room_id']}/index.m3u8"
        probe = [
            sys.executable,
            "tools/hls_probe.py",
            url,
            "--seconds",
            str(seconds),
            "--json",
            "--save",
            str(tmp_path),
        ]
        code, output = await _run(*probe)

    report = json.loads(output)
    assert code == 0, [rule for rule in report["rules"] if rule["verdict"] == "broken"]
    assert sum(rule["verdict"] == "held" for rule in report["rules"]) > 40
    playlists = saved_playlists(tmp_path)
    assert len(playlists) > seconds  # about two parts a second
    code, output = await _run("node", "tools/hls_parser_check.mjs", *playlists)
    assert code == 0, output


async def _run(*command: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


def saved_playlists(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.glob("**/*.m3u8"))
