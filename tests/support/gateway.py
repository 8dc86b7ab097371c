"""REST and gateway of a house behind a real socket, and a client that keeps what it hears."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx
import websockets
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from websockets.asyncio.client import ClientConnection

from onstage.api.application import build_api
from onstage.gateway.asgi import GATEWAY_PATH, AsgiGateway
from onstage.gateway.own_port import OwnPort, Pages
from onstage.gateway.server import GatewayServer
from onstage.jobs.presence import PresenceKeeper
from tests.support.house import House
from tests.support.serving import free_port, serving
from tests.support.waiting import DEADLINE_S

Json = dict[str, Any]


@dataclass(slots=True)
class ServedHouse:
    """A house whose doors are open."""

    house: House
    url: str
    gateway: GatewayServer
    presence: PresenceKeeper
    rest: httpx.AsyncClient  # with the project's credentials
    gateway_url: str
    door: "Door"

    def is_connected(self, client: "GatewayClient") -> bool:
        """Whether the server still serves this connection, or another of its participant."""
        return self.gateway.is_connected(client.connection_id.partition(".")[0])

    @asynccontextmanager
    async def client(
        self, token: str, *, resume: tuple[str, int] | None = None, **options: Any
    ) -> AsyncIterator["GatewayClient"]:
        """A connection that has said hello."""
        async with websockets.connect(self.gateway_url, **options) as socket:
            client = GatewayClient(socket)
            hello: Json = {"type": "hello", "token": token}
            if resume is not None:
                hello["resume"] = {"connection_id": resume[0], "seq": resume[1]}
            await client.send(hello)
            yield client

    async def token(self, identity: str, role: str) -> str:
        """The token of somebody who has joined."""
        token = await self.house.token(identity, role)
        answer = await self.rest.post("/v1/join", json={"token": token}, auth=None)
        assert answer.status_code == 200, answer.text
        await self.house.clock.advance(1)
        return token


class GatewayClient:
    """Frames in the order they came; events unpacked, `prev` checked, pings answered."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.connection_id = ""
        self.seq = self.welcome_seq = 0
        self.events: list[Json] = []
        self.dropped: list[Json] = []
        self._requests = 0

    async def send(self, frame: object) -> None:
        await self.socket.send(json.dumps(frame))

    async def frame(self) -> Json:
        """The next frame that is not a ping."""
        while True:
            text = await _within(self.socket.recv())
            frame: Json = json.loads(text)
            if frame["type"] == "ping":
                await self.send({"type": "pong"})
                continue
            self._take(frame)
            return frame

    def _take(self, frame: Json) -> None:
        match frame["type"]:
            case "welcome" | "resumed":
                self.welcome_seq = frame["seq"]
                self.connection_id, self.seq = frame["connection_id"], frame["seq"]
            case "event":
                self._take_event(frame)
            case "dropped":
                self.dropped.append(frame)
            case "events":
                for event in frame["events"]:
                    self._take_event(event)

    def _take_event(self, event: Json) -> None:
        if event["seq"] is not None:
            assert event["prev"] == self.seq, "an event is missing, or came twice"
            assert event["seq"] > event["prev"]
            self.seq = event["seq"]
        self.events.append(event)

    async def first(self) -> Json:
        """The answer to the hello."""
        frame = await self.frame()
        assert frame["type"] in ("welcome", "resumed", "bye"), frame
        return frame

    async def until_event(self, name: str) -> Json:
        """The next event of that name, from the ones that are still to come."""
        seen = len(self.events)
        while True:
            await self.frame()
            for event in self.events[seen:]:
                if event["name"] == name:
                    return event
            seen = len(self.events)

    async def until_seq(self, seq: int) -> None:
        while self.seq < seq:
            await self.frame()

    async def request(self, name: str, **data: Any) -> Json:
        """The reply to a request."""
        self._requests += 1
        number = str(self._requests)
        await self.send({"type": "request", "id": number, "name": name, "data": data})
        while True:
            frame = await self.frame()
            if frame["type"] == "reply":
                assert frame["id"] == number
                return frame

    async def bye(self) -> str:
        """The code of the last frame; after it the connection is closed."""
        while True:
            frame = await self.frame()
            if frame["type"] == "bye":
                await _within(self.socket.wait_closed())
                return str(frame["code"])


async def _within(waiting: Any) -> Any:
    async with asyncio.timeout(DEADLINE_S):
        return await waiting


class Door(StrEnum):
    """The sockets that the gateway has; what holds for one holds for the other."""

    PUBLIC_PORT = "public port"
    OWN_PORT = "own port"


@asynccontextmanager
async def served(house: House, door: Door = Door.PUBLIC_PORT, **options: Any) -> AsyncIterator[ServedHouse]:
    """Open the doors of `house`; its clients come through `door`. `options` are the gateway server's."""
    presence = PresenceKeeper(house.ctx)
    await presence.start()
    gateway = GatewayServer(house.ctx, presence, **options)
    presence.on_replaced = gateway.replace
    api = build_api(house.ctx, public_url=None, routes=[])
    app = Starlette(routes=[WebSocketRoute(GATEWAY_PATH, AsgiGateway(gateway).endpoint)])
    app.router.default = api
    async with serving(app, port=free_port()) as url, listening(gateway) as own_url:
        public_url = url.replace("http", "ws", 1) + GATEWAY_PATH
        gateway_url = public_url if door is Door.PUBLIC_PORT else own_url
        async with httpx.AsyncClient(base_url=url, auth=(house.project.id, house.secret)) as rest:
            yield ServedHouse(house, url, gateway, presence, rest, gateway_url, door)
        gateway.stop()
        await gateway.close()
    await presence.stop()


@asynccontextmanager
async def listening(gateway: GatewayServer) -> AsyncIterator[str]:
    """The gateway on a port of its own. Gives its URL."""
    listener, port = OwnPort(gateway, Pages(None, 80)), free_port()
    await listener.start("127.0.0.1", port, None)
    try:
        yield f"ws://127.0.0.1:{port}{GATEWAY_PATH}"
    finally:
        listener.stop()
