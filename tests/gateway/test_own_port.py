"""The gateway on a port of its own, as `onstage serve` has it: told to clients, with TLS as on the public port."""

import json
import ssl
from pathlib import Path

import pytest
import websockets

from tests.support.gateway import GatewayClient
from tests.support.onstage_server import OnstageServer
from tests.support.serving import free_port

PAGE = "https://pages.example"


@pytest.mark.parametrize("is_secure", [False, True])
async def test_clients_are_told_the_port_and_both_ports_serve(tmp_path: Path, is_secure: bool) -> None:
    server = OnstageServer(tmp_path / "data", is_secure=is_secure)
    server.ports["GATEWAY_PORT"] = str(free_port())
    await server.start()
    try:
        await server.make_project()
        await server.call("POST", "/v1/rooms", {"name": "show"})
        made = await server.call("POST", "/v1/rooms/show/tokens", {"identity": "anna", "role": "host"})
        joined = await server.call("POST", "/v1/join", {"token": made["token"]})
        public_url = server.url.replace("http", "ws", 1) + "/v1/gateway"
        own_url = public_url.replace(str(server.port), server.ports["GATEWAY_PORT"])
        assert made["gateway_url"] == joined["gateway_url"] == own_url
        for url in (own_url, public_url):
            async with websockets.connect(url, ssl=_trusting() if is_secure else None) as socket:
                client = GatewayClient(socket)
                await client.send({"type": "hello", "token": made["token"]})
                assert (await client.first())["type"] == "welcome"
                assert (await client.request("message.send", text="hello"))["ok"]
        with pytest.raises(websockets.InvalidStatus) as refused:
            await websockets.connect(own_url + "/other", ssl=_trusting() if is_secure else None)
        assert refused.value.response.status_code == 404
    finally:
        assert await server.stop() == 0


async def test_a_page_of_ours_is_known_though_the_gateway_has_another_port(tmp_path: Path) -> None:
    server = OnstageServer(tmp_path / "data")
    server.ports["GATEWAY_PORT"] = str(free_port())
    await server.start()
    try:
        await server.make_project()
        await server.call("POST", "/v1/rooms", {"name": "show"})
        project = await server.call("GET", "/v1/project")
        assert project["allowed_origins"] is None
        await server.call("PATCH", "/v1/project", {"allowed_origins": [PAGE]})
        made = await server.call("POST", "/v1/rooms/show/tokens", {"identity": "anna", "role": "host"})
        await server.call("POST", "/v1/join", {"token": made["token"]})
        answers = {}
        for origin in (server.url, PAGE, "https://elsewhere.example", made["gateway_url"].replace("ws", "http", 1)):
            async with websockets.connect(made["gateway_url"], origin=websockets.Origin(origin)) as socket:
                await socket.send(json.dumps({"type": "hello", "token": made["token"]}))
                frame = await GatewayClient(socket).frame()
                answers[origin] = frame.get("code", frame["type"])
        assert list(answers.values()) == ["welcome", "welcome", "origin_not_allowed", "origin_not_allowed"]
    finally:
        await server.stop()


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
