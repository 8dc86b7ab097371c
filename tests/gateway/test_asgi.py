"""The gateway as an ASGI endpoint, where the ASGI server ends it and not its client."""

import asyncio
import json

import pytest
from starlette.types import Message
from starlette.websockets import WebSocket

from onstage.gateway.asgi import GATEWAY_PATH, AsgiGateway
from tests.support.gateway import served
from tests.support.house import House
from tests.support.waiting import until


class AsgiClient:
    """What an ASGI server hands to an endpoint (ASGI specification, WebSocket), for a client that may stop reading."""

    def __init__(self, *frames: object) -> None:
        self._incoming: list[Message] = [{"type": "websocket.connect"}]
        self._incoming += [{"type": "websocket.receive", "text": json.dumps(frame)} for frame in frames]
        self._says_nothing = not frames
        self.is_stuck = False
        """Whether the endpoint has nothing more to do until this goes on, which it does not."""

    @property
    def socket(self) -> WebSocket:
        scope = {"type": "websocket", "path": GATEWAY_PATH, "headers": [], "client": ("192.0.2.1", 50_000)}
        return WebSocket(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        if not self._incoming:
            self.is_stuck = self._says_nothing
            await asyncio.Future()
        return self._incoming.pop(0)

    async def _send(self, message: Message) -> None:
        if message["type"] != "websocket.accept":
            self.is_stuck = True
            await asyncio.Future()


@pytest.mark.parametrize("is_writing", [False, True])
async def test_an_endpoint_that_is_cancelled_leaves_nothing_behind(house: House, is_writing: bool) -> None:
    """While it waits for a hello, and while it writes the answer to who does not read it."""
    async with served(house) as doors:
        hello = {"type": "hello", "token": await doors.token("anna", "host")}
        client = AsgiClient(*[hello] * is_writing)
        async with doors.client(hello["token"]) as other:
            await other.first()  # what all connections share is there
        await until(lambda: doors.gateway.connections == 0, what="it to be gone")
        before = asyncio.all_tasks()
        endpoint = asyncio.create_task(AsgiGateway(doors.gateway).endpoint(client.socket))
        await until(lambda: client.is_stuck, what="the endpoint to wait")
        endpoint.cancel()
        await asyncio.wait({endpoint})
        assert endpoint.cancelled()
        assert doors.gateway.connections == 0
        await until(lambda: asyncio.all_tasks() <= before, what="its tasks to end")
