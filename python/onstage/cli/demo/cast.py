"""Who plays in the demo, and their process. The benches have the same cast."""

import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from onstage.children import Child, LineHandler, spawn
from onstage.cli.demo.people import IN_SEATS, ON_STAGE, TOKENS

ROLES = dict.fromkeys(ON_STAGE, "host") | dict.fromkeys(IN_SEATS, "viewer")
"""By identity."""


@asynccontextmanager
async def playing(base_url: str, tokens: Mapping[str, str], on_line: LineHandler) -> AsyncIterator[Child]:
    """The cast at play on a server, each with their token, while the block runs."""
    child = await spawn(
        [sys.executable, "-m", "onstage.cli.demo.people", base_url],
        name="demo people",
        env={**os.environ, TOKENS: json.dumps(tokens)},
        on_line=on_line,
    )
    try:
        yield child
    finally:
        await child.stop()
