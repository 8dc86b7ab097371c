from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.onstage_server import OnstageServer


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[OnstageServer]:
    """A running server with a project and an empty room called `show`."""
    server = OnstageServer(tmp_path / "data")
    await server.start()
    await server.make_project()
    await server.call("POST", "/v1/rooms", {"name": "show", "title": "The show"})
    yield server
    await server.stop()
