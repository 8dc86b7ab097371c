"""Debian's Varnish with the guide's configuration, in front of a server of the test's own."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.serving import free_port, is_open
from tests.support.waiting import until

CONFIGURATION = Path(__file__).parents[2] / "docs" / "guides" / "varnish.vcl"


@dataclass(slots=True)
class Varnish:
    """A cache that runs."""

    url: str
    folder: Path

    async def counter(self, name: str) -> int:
        """One of its counters."""
        command = ("varnishstat", "-n", str(self.folder), "-j", "-f", f"MAIN.{name}")
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        output, _ = await process.communicate()
        return int(json.loads(output)["counters"][f"MAIN.{name}"]["value"])


@asynccontextmanager
async def varnish(folder: Path, origin_port: int) -> AsyncIterator[Varnish]:
    """Varnish in front of that port, with its files in `folder`."""
    configuration, port = folder / "onstage.vcl", free_port()
    configuration.write_text(CONFIGURATION.read_text().replace('"8080"', f'"{origin_port}"'))
    process = await asyncio.create_subprocess_exec(
        *("varnishd", "-F", "-j", "none", "-n", str(folder / "varnish"), "-a", f"127.0.0.1:{port}"),
        *("-f", str(configuration), "-s", "default,32m"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await until(lambda: is_open("127.0.0.1", port), what="Varnish")
        yield Varnish(f"http://127.0.0.1:{port}", folder / "varnish")
    finally:
        process.terminate()
        await process.wait()
