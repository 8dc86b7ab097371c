"""A show that one server composes and records, seen, steered and played through the other, on one LiveKit server."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from onstage.clock import SystemClock
from onstage.media.livekit_server import LiveKitServer
from tests.cluster.conftest import Cluster, opened_cluster, status_of
from tests.support.livekit import server_options
from tests.support.postgres import PostgresServer
from tests.support.redis import RedisServer
from tests.support.waiting import until

_LIVE_WITHIN_S = 60.0


@pytest.fixture
async def cluster(postgres: PostgresServer, redis: RedisServer, tmp_path: Path) -> AsyncIterator[Cluster]:
    engine = LiveKitServer(server_options(tmp_path / "livekit", "http://127.0.0.1:9/engine/webhook"), SystemClock())
    await engine.start()
    key = {"LIVEKIT_API_KEY": engine.api_key.key, "LIVEKIT_API_SECRET": engine.api_key.secret}
    async with opened_cluster(postgres, redis, tmp_path, LIVEKIT_URL=engine.url, **key) as opened:
        yield opened
    await engine.stop()


async def test_a_show_is_seen_and_steered_through_the_other_server(cluster: Cluster) -> None:
    body = {"quality": "low", "title": "Across", "outputs": [{"type": "recording"}]}
    show = await cluster.b.call("POST", "/v1/rooms/show/broadcasts", body)
    assert await becomes(cluster, show, "live")
    assert (cluster.a.composer_pids(), len(cluster.b.composer_pids())) == ([], 1)
    room = await cluster.a.call("GET", "/v1/rooms/show")
    lists = [(await server.http.get(f"/live/{room['id']}/index.m3u8")).text for server in (cluster.a, cluster.b)]
    assert lists[0] == lists[1]
    rendition = next(line for line in lists[0].splitlines() if line and not line.startswith("#"))
    media = (await cluster.a.http.get(f"/live/{room['id']}/{rendition}")).text
    part = media.split("#EXT-X-PART:")[1].split('URI="')[1].split('"')[0]
    folder = f"/live/{show['id']}/{rendition.split('/')[-2]}"
    parts = [(await server.http.get(f"{folder}/{part}")).content for server in (cluster.a, cluster.b)]
    assert parts[0] == parts[1]
    assert len(parts[0]) > 100
    await cluster.a.call("POST", f"/v1/broadcasts/{show['id']}/stop")
    assert await becomes(cluster, show, "ended")
    await until(lambda: cluster.b.composer_pids() == [], what="the composer's end")
    await is_played_and_deleted_through_the_other(cluster)


async def is_played_and_deleted_through_the_other(cluster: Cluster) -> None:
    """The recording, which is in the folder of the one that composed the show."""
    recording = await until(lambda: ready(cluster), what="the recording to be ready")
    path = recording["playback_path"]
    lists = [(await server.http.get(path)).text for server in (cluster.a, cluster.b)]
    assert lists[0] == lists[1]
    rendition = next(line for line in lists[0].splitlines() if line and not line.startswith("#"))
    media = path.replace("index.m3u8", rendition)
    segment = media.replace("index.m3u8", "seg1.m4s")
    for one in (media, segment):
        answers = [await server.http.get(one) for server in (cluster.a, cluster.b)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].content == answers[1].content
    assert (await status_of(cluster.a, "DELETE", f"/v1/recordings/{recording['id']}")).status_code == 204
    assert [(await server.http.get(segment)).status_code for server in (cluster.a, cluster.b)] == [404, 404]


async def ready(cluster: Cluster) -> Any:
    [recording] = (await cluster.a.call("GET", "/v1/recordings?room=show"))["data"]
    return recording if recording["status"] == "ready" else None


async def becomes(cluster: Cluster, show: Any, status: str) -> bool:
    async def has_become() -> bool:
        now = await cluster.a.call("GET", f"/v1/broadcasts/{show['id']}")
        assert now["status"] != "failed", now
        return bool(now["status"] == status)

    return await until(has_become, deadline_s=_LIVE_WITHIN_S, what=f"status {status}")
