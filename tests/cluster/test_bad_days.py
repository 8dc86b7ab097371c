"""PostgreSQL stopped and back, Redis stopped and back: requests fail clearly, connections live through and catch up."""

import sqlite3
from pathlib import Path
from typing import Any

import websockets

from tests.cluster.conftest import Cluster, status_of
from tests.cluster.talking import hear, say, texts
from tests.support.gateway import GatewayClient
from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until


async def test_postgres_stopped_and_back(cluster: Cluster) -> None:
    tokens = {name: await cluster.token(name, "host") for name in ("anna", "gus")}
    async with cluster.client(cluster.a, tokens["anna"]) as anna, cluster.client(cluster.b, tokens["gus"]) as gus:
        await say(gus, "before")
        await hear(anna, 1)
        cluster.postgres.stop()
        for server in (cluster.a, cluster.b):
            await fails_clearly(server)
            assert (await server.http.get("/readyz")).status_code == 503
        refused = await anna.request("message.send", text="lost")
        assert (refused["ok"], refused["error"]["code"]) == (False, "store_unavailable")
        cluster.postgres.start()
        for server in (cluster.a, cluster.b):
            await until(lambda server=server: answers(server), what="the server to answer again")
        await say(gus, "after")
        await say(anna, "and I")
        for client in (anna, gus):
            await hear(client, 3)
            assert texts(client) == ["before", "after", "and I"]
    assert cluster.counted("participant.left") == 0
    assert cluster.counted("room.updated") == 0


async def fails_clearly(server: OnstageServer) -> None:
    for method, path, body in (("PATCH", "/v1/rooms/show", {"title": "Lost"}), ("GET", "/v1/rooms", None)):
        answer = await status_of(server, method, path, body)
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")


async def answers(server: OnstageServer) -> bool:
    return (await status_of(server, "GET", "/v1/rooms/show")).status_code == 200


async def test_redis_stopped_and_back(cluster: Cluster) -> None:
    """Servers look into the store each second, and hear each other again when it is back."""
    tokens = {name: await cluster.token(name, "host") for name in ("anna", "gus")}
    async with cluster.client(cluster.a, tokens["anna"]) as anna, cluster.client(cluster.b, tokens["gus"]) as gus:
        await say(gus, "before")
        await hear(anna, 1)
        cluster.redis.stop()
        await say(gus, "meanwhile")
        await cluster.a.call("PATCH", "/v1/rooms/show", {"title": "Nobody waits"})
        for client in (anna, gus):
            await hear(client, 2)
            while "room.updated" not in [one["name"] for one in client.events]:
                await client.frame()
        cluster.redis.start()
        await say(anna, "after")
        for client in (anna, gus):
            await hear(client, 3)
            assert texts(client) == ["before", "meanwhile", "after"]
    assert cluster.counted("participant.left") == 0


async def test_a_locked_sqlite_fails_requests_clearly_and_cuts_nobody(tmp_path: Path) -> None:
    settings = {"LIVEKIT_URL": "ws://127.0.0.1:9", "LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "s" * 32}
    server = OnstageServer(tmp_path / "data", settings=settings)
    await server.start()
    await server.make_project()
    await server.call("POST", "/v1/rooms", {"name": "show"})
    token = (await server.call("POST", "/v1/rooms/show/tokens", {"identity": "anna", "role": "host"}))["token"]
    await server.call("POST", "/v1/join", {"token": token})
    async with websockets.connect(server.url.replace("http", "ws", 1) + "/v1/gateway", close_timeout=1) as socket:
        anna = GatewayClient(socket)
        await anna.send({"type": "hello", "token": token})
        await anna.first()
        other = sqlite3.connect(tmp_path / "data" / "onstage.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        change: dict[str, Any] = {"title": "Lost"}
        answer = await status_of(server, "PATCH", "/v1/rooms/show", change)
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable")
        assert (await status_of(server, "GET", "/v1/rooms/show")).status_code == 200, "readers wait for no writer"
        other.execute("ROLLBACK")
        other.close()
        await server.call("PATCH", "/v1/rooms/show", {"title": "Kept"})
        event = await anna.until_event("room.updated")
        assert event["data"]["room"]["title"] == "Kept"
    assert await server.stop() == 0
