"""The guides work as they stand: Python and shell run against a server, TypeScript is checked by the compiler."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.docs.guide import blocks_of, steps_of
from tests.support.onstage_server import OnstageServer

ROOT = Path(__file__).parents[2]
GUIDES = sorted(path for path in (ROOT / "docs" / "guides").glob("*.md") if "```python" in path.read_text())
_WITHIN_S = 90.0


def test_the_guides_that_run_are_there() -> None:
    names = {path.stem for path in GUIDES}
    assert names >= {"tokens-and-roles", "bring-a-viewer-on-stage", "webhooks", "chat-and-polls"}
    assert all(len(steps_of(path)) >= 3 for path in GUIDES)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[OnstageServer]:
    server = OnstageServer(tmp_path / "data", settings={"OUTBOUND_ALLOW": "127.0.0.0/8"})
    await server.start()
    await server.make_project()
    yield server
    await server.stop()


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.stem)
async def test_a_guide_does_what_it_says(guide: Path, server: OnstageServer) -> None:
    environment = os.environ | server.client_environment() | {"PYTHONPATH": f"{ROOT / 'python'}{os.pathsep}{ROOT}"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "ignore", str(ROOT / "tests" / "docs" / "run_guide.py"), str(guide)),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(_WITHIN_S):
        output, _ = await process.communicate()
    assert process.returncode == 0, output.decode()


def test_the_guides_typescript_compiles(tmp_path: Path) -> None:
    folder = ROOT / "web" / "sdk"
    shown = [(path, block) for path in (ROOT / "docs" / "guides").glob("*.md") for block in blocks_of(path)]
    written = [(path, block) for path, block in shown if block.language == "ts"]
    assert written, "no guide shows the browser's side"
    for path, block in written:
        (tmp_path / f"{path.stem}-{block.line}.ts").write_text(f"{block.text}\nexport {{}};\n")
    config = tmp_path / "tsconfig.json"
    options = {
        "noEmit": True,
        "rootDir": "/",
        "noUnusedLocals": False,
        "types": [],
        "paths": {"@onstage/client": [f"{folder}/src/index.ts"]},
    }
    config.write_text(
        json.dumps({"extends": f"{folder}/tsconfig.json", "include": ["*.ts"], "compilerOptions": options})
    )
    done = subprocess.run(
        [ROOT / "node_modules" / ".bin" / "tsc", "--project", config], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
