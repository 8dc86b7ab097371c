"""Two servers on one PostgreSQL and one Redis."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import websockets

from tests.support.gateway import GatewayClient, Json
from tests.support.onstage_server import OnstageServer
from tests.support.postgres import PostgresServer
from tests.support.redis import RedisServer

GRACE_S = 2.0
_SHARED = {
    "SECRET": "a secret that both servers have, of 32 bytes or more",
    "PRESENCE_GRACE_S": str(GRACE_S),
    # Nothing listens there: an engine that is away.
    "LIVEKIT_URL": "ws://127.0.0.1:9",
    "LIVEKIT_API_KEY": "key",
    "LIVEKIT_API_SECRET": "an engine secret of 32 bytes or more",
}


@dataclass(slots=True)
class Cluster:
    """Two running servers, a project and a room."""

    a: OnstageServer
    b: OnstageServer
    postgres: PostgresServer
    redis: RedisServer
    database: str
    room: str = "show"

    async def token(self, identity: str, role: str) -> str:
        """The token of somebody who has joined, through the first server."""
        body = {"identity": identity, "role": role}
        token = str((await self.a.call("POST", f"/v1/rooms/{self.room}/tokens", body))["token"])
        await self.join(self.a, token)
        return token

    async def join(self, server: OnstageServer, token: str) -> Json:
        answer = await server.http.post("/v1/join", json={"token": token})
        assert answer.status_code == 200, answer.text
        joined: Json = answer.json()
        return joined

    @asynccontextmanager
    async def client(
        self, server: OnstageServer, token: str, *, resume: GatewayClient | None = None
    ) -> AsyncIterator[GatewayClient]:
        """A gateway connection to that server that has been welcomed or resumed."""
        url = server.url.replace("http", "ws", 1) + "/v1/gateway"
        async with websockets.connect(url, close_timeout=1) as socket:
            client = GatewayClient(socket)
            hello: Json = {"type": "hello", "token": token}
            if resume is not None:
                hello["resume"] = {"connection_id": resume.connection_id, "seq": resume.seq}
            await client.send(hello)
            first = await client.first()
            assert first["type"] == ("welcome" if resume is None else "resumed"), first
            yield client

    def counted(self, event: str) -> int:
        """How many events of that name were ever written in the room."""
        return self._count(f"events WHERE name = '{event}' AND {self._of_room}")

    @property
    def connections(self) -> int:
        """How many connections tie somebody to the room."""
        return self._count(f"connections WHERE {self._of_room}")

    @property
    def servers(self) -> int:
        """How many servers are taken for alive."""
        return self._count("servers")

    @property
    def _of_room(self) -> str:
        return f"room_id = (SELECT id FROM rooms WHERE name = '{self.room}')"

    def _count(self, of: str) -> int:
        return int(self.postgres.sql(f"SELECT count(*) FROM {of}", database=self.database))


@pytest.fixture
def databases() -> Iterator[tuple[PostgresServer, RedisServer]]:
    """Those that the test may stop."""
    with PostgresServer() as postgres, RedisServer() as redis:
        yield postgres, redis


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def town(
    postgres: PostgresServer, redis: RedisServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cluster]:
    """A cluster for all tests that stop nothing."""
    async with opened_cluster(postgres, redis, tmp_path_factory.mktemp("town")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="package")
async def hall(town: Cluster) -> Cluster:
    """The town's servers, with a room of the test's own."""
    name = f"show-{secrets.token_hex(4)}"
    await town.a.call("POST", "/v1/rooms", {"name": name})
    return replace(town, room=name)


@pytest.fixture
async def cluster(databases: tuple[PostgresServer, RedisServer], tmp_path: Path) -> AsyncIterator[Cluster]:
    async with opened_cluster(*databases, tmp_path) as opened:
        yield opened


@asynccontextmanager
async def opened_cluster(
    postgres: PostgresServer, redis: RedisServer, folder: Path, **settings: str
) -> AsyncIterator[Cluster]:
    """Two servers on a database of their own; `settings` are both servers'."""
    database = f"cluster_{secrets.token_hex(4)}"
    postgres.sql(f"CREATE DATABASE {database}")
    shared = {**_SHARED, "DATABASE_URL": postgres.url(database), "REDIS_URL": redis.url, **settings}
    async with AsyncExitStack() as stack:
        a, b = [server_in(folder / name, shared) for name in ("a", "b")]
        for server in (a, b):
            stack.push_async_callback(server.stop)
        await asyncio.gather(a.start(), b.start())  # at once, on a database without any table
        await a.make_project()
        b.share_project(a)
        await a.call("POST", "/v1/rooms", {"name": "show"})
        yield Cluster(a, b, postgres, redis, database)


def server_in(folder: Path, settings: dict[str, str]) -> OnstageServer:
    folder.mkdir()
    server = OnstageServer(folder / "data", settings={**settings})
    server.settings["INTERNAL_URL"] = server.url
    return server


async def status_of(server: OnstageServer, method: str, path: str, body: Any = None) -> httpx.Response:
    """One call that may fail."""
    return await server.http.request(method, path, json=body, auth=server.credentials, timeout=30)
