"""The whole of it: a file is uploaded through REST, played by a real composer, seen in the show's HLS, and survives."""

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from tests.composer.films import film
from tests.composer.media import decode_pictures
from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until

GREEN, BLUE = (40, 160, 60), (40, 60, 200)
_PLAYED_WITHIN_S = 20.0


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[OnstageServer]:
    server = OnstageServer(tmp_path / "data")
    await server.start()
    await server.make_project()
    yield server
    await server.stop()


async def newest_picture(server: OnstageServer, show: str) -> np.ndarray:
    """The last picture of the last whole segment."""
    multi = (await server.http.get(f"/live/{show}/index.m3u8")).text
    names = [line for line in multi.splitlines() if line.endswith(".m3u8")]
    path = f"/live/{show}/{names[0] if names else 'none'}"
    folder = path.rpartition("/")[0]
    lines = (await server.http.get(path)).text.splitlines()
    inits = [line.split('"')[1] for line in lines if line.startswith("#EXT-X-MAP")]
    segments = [line for line in lines if line and not line.startswith("#")]
    if not segments or not inits:
        return np.zeros((2, 2, 3), int)
    init, segment = [(await server.http.get(f"{folder}/{name}")).content for name in (inits[-1], segments[-1])]
    return decode_pictures(init + segment)[-1].astype(int)


async def shows(server: OnstageServer, show: str, colour: tuple[int, int, int]) -> None:
    async def is_seen() -> bool:
        picture = await newest_picture(server, show)
        y, x = picture.shape[0] // 2, picture.shape[1] // 2
        return bool(np.abs(picture[y, x] - colour).max() < 16)

    await until(is_seen, deadline_s=_PLAYED_WITHIN_S, what=f"the colour {colour} in the show")


async def test_an_uploaded_film_is_seen_in_the_show_also_after_its_composer_was_killed(
    server: OnstageServer, tmp_path: Path
) -> None:
    path = film(tmp_path / "a.mp4", [(4.0, GREEN), (40.0, BLUE)], sounds=[(44.0, 500)], rate=10)
    await server.call("POST", "/v1/rooms", {"name": "show"})
    answer = await server.http.post(
        "/v1/rooms/show/media?name=Film",
        content=path.read_bytes(),
        headers={"Content-Type": "video/mp4"},
        auth=server.credentials,
    )
    uploaded = answer.json()
    assert (answer.status_code, uploaded["kind"], uploaded["width"], uploaded["height"]) == (201, "video", 320, 180)
    show = (await server.call("POST", "/v1/rooms/show/broadcasts"))["id"]
    media = f"/v1/broadcasts/{show}/media"
    body = {"media_id": uploaded["media_id"], "shown_as": "full", "is_paused": True, "start_ms": 1_000}
    playback = await server.call("POST", media, body)
    assert playback["status"] == "loading"
    await shows(server, show, GREEN)
    await server.call("PATCH", f"{media}/{playback['id']}", {"position_ms": 6_000, "is_paused": False})
    await shows(server, show, BLUE)
    [composer] = server.composer_pids()
    os.kill(composer, signal.SIGKILL)
    await until(lambda: [pid for pid in server.composer_pids() if pid != composer], what="the next composer")
    await shows(server, show, BLUE)
    [now] = (await server.call("GET", media))["data"]
    assert (now["status"], now["duration_ms"] // 100) == ("playing", 440)
    stopped = await server.http.delete(f"{media}/{playback['id']}", auth=server.credentials)
    assert stopped.status_code == 204
    [ended] = (await server.call("GET", media))["data"]
    assert (ended["status"], ended["reason"]) == ("ended", "stopped")
    assert ended["position_ms"] > 6_000
