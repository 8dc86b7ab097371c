"""`onstage serve` as its users run it: a process with ports and a data folder of its own."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import httpx

from tests.support.children import children
from tests.support.serving import free_port
from tests.support.waiting import until

_READY_WITHIN_S = 90.0


class OnstageServer:
    """One server that can be killed and started again on the same data and ports."""

    def __init__(self, data_dir: Path, *, is_secure: bool = False, settings: dict[str, str] | None = None) -> None:
        """`settings` are environment variables without their ONSTAGE_. No composer is kept ready unless they say so."""
        self.data_dir = data_dir
        self.settings = {"SPARE_COMPOSERS": "0"} | (settings or {})
        self.port = free_port()
        self.url = f"{'https' if is_secure else 'http'}://localhost:{self.port}"
        self._flags = ["--tls-self-signed"] if is_secure else []
        self.ports = {name: str(free_port()) for name in ("LIVEKIT_PORT", "MEDIA_UDP_PORT", "MEDIA_TCP_PORT")}
        self._process: asyncio.subprocess.Process | None = None
        self.http = httpx.AsyncClient(base_url=self.url, verify=False)
        self._credentials: tuple[str, str] | None = None

    async def start(self) -> None:
        """Start, and return when it is ready."""
        log = (self.data_dir.parent / "onstage.log").open("ab")
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "onstage", "serve"),
            *("--port", str(self.port), "--data-dir", str(self.data_dir), *self._flags),
            env=self._environment,
            stdout=log,
            stderr=log,
        )
        log.close()
        await until(self._is_ready, deadline_s=_READY_WITHIN_S, what="GET /readyz is 200")

    @property
    def _environment(self) -> dict[str, str]:
        return os.environ | {f"ONSTAGE_{name}": value for name, value in (self.ports | self.settings).items()}

    async def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.returncode is None, (self.data_dir.parent / "onstage.log").read_text()
        try:
            return (await self.http.get("/readyz")).status_code == 200
        except httpx.TransportError:
            return False

    async def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    def freeze(self) -> None:
        """It keeps what it has, and does nothing any more."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        os.kill(self.pid, signal.SIGCONT)

    @property
    def pid(self) -> int:
        """The server's process."""
        assert self._process is not None
        return self._process.pid

    async def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Ctrl-C, or another signal; gives the exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(number)
        await self.http.aclose()
        return await self._process.wait()

    async def make_project(self) -> None:
        """The project that a first start makes for its developer; its credentials sign every `call` from now on."""
        made = await until(self._project, what="the development project")
        self._credentials = made["project_id"], made["secret"]

    def _project(self) -> dict[str, str]:
        made: dict[str, str] = {}
        with contextlib.suppress(FileNotFoundError, json.JSONDecodeError):  # not there, or being written
            made = json.loads((self.data_dir / "development.json").read_text())
        return made

    @property
    def credentials(self) -> tuple[str, str]:
        """The project's id and secret."""
        assert self._credentials is not None, "make_project comes first"
        return self._credentials

    def share_project(self, other: "OnstageServer") -> None:
        """Sign calls as the other server's project does: both have one store."""
        self._credentials = other.credentials

    def client_environment(self) -> dict[str, str]:
        """What a guide's code finds in its environment."""
        project, secret = self.credentials
        return {"API": self.url, "PROJECT": project, "SECRET": secret}

    async def call(self, method: str, path: str, body: object = None) -> Any:
        """One REST call with the project's credentials that must succeed."""
        answer = await self.http.request(method, path, json=body, auth=self._credentials)
        assert answer.is_success, answer.text
        return answer.json()

    async def link(self, room: str, role: str) -> str:
        """A page's URL for somebody in that role."""
        return str((await self.call("POST", f"/v1/rooms/{room}/codes", {"role": role}))["url"])

    def composer_pids(self) -> list[int]:
        """The composers that this server runs."""
        assert self._process is not None
        return children(self._process.pid, "onstage.composer")
