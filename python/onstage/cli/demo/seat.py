"""A synthetic viewer's gateway connection: raises a hand, says yes, and is sent back."""

import json
from collections.abc import AsyncIterator
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect


class Seat:
    """One participant over REST and the gateway, as an app without our SDK would write it."""

    def __init__(self, http: httpx.AsyncClient, joined: dict[str, Any], gateway: ClientConnection) -> None:
        self._http = http
        self._gateway = gateway
        self._requests = 0
        self.token: str = joined["token"]
        self.me: dict[str, Any] = joined["participant"]

    @classmethod
    async def take(cls, http: httpx.AsyncClient, token: str) -> Self:
        """Join, and open the gateway."""
        answer = await http.post("/v1/join", json={"token": token})
        answer.raise_for_status()
        joined = answer.json()
        gateway = await connect(joined["gateway_url"])
        await gateway.send(json.dumps({"type": "hello", "token": token}))
        return cls(http, joined, gateway)

    async def request(self, name: str, **data: Any) -> None:
        """Send a request; its reply comes among the frames."""
        self._requests += 1
        await self._gateway.send(json.dumps({"type": "request", "id": str(self._requests), "name": name, "data": data}))

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """Every event, until the connection ends."""
        async for text in self._gateway:
            frame = json.loads(text)
            match frame["type"]:
                case "ping":
                    await self._gateway.send('{"type": "pong"}')
                case "event":
                    yield frame
                case "events":
                    for event in frame["events"]:
                        yield event

    async def engine(self) -> dict[str, str]:
        """URL and token of the stage, once promoted."""
        answer = await self._http.post("/v1/join", json={"token": self.token})
        answer.raise_for_status()
        engine: dict[str, str] = answer.json()["engine"]
        return engine

    async def close(self) -> None:
        """Close the gateway."""
        await self._gateway.close()
