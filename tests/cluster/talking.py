"""What people on two servers do and hear."""

from typing import Any

from tests.support.gateway import GatewayClient


async def say(client: GatewayClient, *texts: str) -> None:
    for text in texts:
        assert (await client.request("message.send", text=text))["ok"]


def texts(client: GatewayClient) -> list[str]:
    return [one["data"]["message"]["text"] for one in client.events if one["name"] == "message.sent"]


async def hear(client: GatewayClient, count: int) -> None:
    """Listen until so many messages were heard."""
    while len(texts(client)) < count:
        await client.frame()


def numbered(client: GatewayClient) -> list[tuple[Any, ...]]:
    """What has a place in the room's order."""
    return [(one["seq"], one["name"], one["data"]) for one in client.events if one["seq"] is not None]
