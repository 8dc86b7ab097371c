"""What a server knows outlives it, and what people are called is nobody's business but theirs (invariant 10)."""

import json
from pathlib import Path

from tests.support.onstage_server import OnstageServer


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
