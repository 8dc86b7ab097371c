"""Synthetic people as a test sees them: their process, and what they are told to do."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from tests.support.content.looks import Look
from tests.support.onstage_server import OnstageServer

ROOT = Path(__file__).parents[3]
_DONE_WITHIN_S = 30.0


class Cast:
    """People who are told one thing after the other."""

    def __init__(self, process: Process, looks: Sequence[Look]) -> None:
        self.looks = list(looks)
        self._process = process

    async def tell(self, command: str, who: Look | str, *arguments: int) -> None:
        """A command of `people.py`; returns when it is done."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        identity = who if isinstance(who, str) else who.identity
        line = " ".join([command, identity, *map(str, arguments)])
        self._process.stdin.write(f"{line}\n".encode())
        answer = await asyncio.wait_for(self._process.stdout.readline(), _DONE_WITHIN_S)
        assert answer.decode().strip() == f"done {line}", "the people's process ended"

    async def everybody_joins(self) -> None:
        """In order, so that their tiles are in order as well."""
        for look in self.looks:
            await self.tell("join", look)


@asynccontextmanager
async def cast(
    server: OnstageServer, room: str, *looks: Look, base_url: str | None = None, run: Sequence[str] = ()
) -> AsyncIterator[Cast]:
    """People with a token for the room each, who have not joined yet; gone when the block ends.

    `run` stands before their command, to run it on another machine (`netns.py`), which finds us at `base_url`.
    """
    made = [{"look": look.data, "token": await _token(server, room, look)} for look in looks]
    module = (sys.executable, "-m", "tests.support.content.people", base_url or server.url)
    process = await asyncio.create_subprocess_exec(*run, *module, stdin=PIPE, stdout=PIPE, cwd=ROOT)
    assert process.stdin is not None
    process.stdin.write(json.dumps(made).encode() + b"\n")
    try:
        yield Cast(process, looks)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _token(server: OnstageServer, room: str, look: Look) -> str:
    body = {"identity": look.identity, "role": "host"}
    return str((await server.call("POST", f"/v1/rooms/{room}/tokens", body))["token"])
