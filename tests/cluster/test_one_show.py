"""A show that one server composes, seen and steered through the other, on one LiveKit server."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from onstage.clock import SystemClock
from onstage.media.livekit_server import LiveKitServer
from tests.cluster.conftest import Cluster, opened_cluster
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
    body = {"quality": "low", "title": "Across"}
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


async def becomes(cluster: Cluster, show: Any, status: str) -> bool:
    async def has_become() -> bool:
        now = await cluster.a.call("GET", f"/v1/broadcasts/{show['id']}")
        assert now["status"] != "failed", now
        return bool(now["status"] == status)

    return await until(has_become, deadline_s=_LIVE_WITHIN_S, what=f"status {status}")
