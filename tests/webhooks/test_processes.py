"""A real `onstage serve`, killed while a receiver is away."""

from pathlib import Path
from typing import Any

import pytest

from tests.support.onstage_server import OnstageServer
from tests.support.receiver import OK, Receiver, answering, status
from tests.support.waiting import until


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONSTAGE_OUTBOUND_ALLOW", "127.0.0.1")
    monkeypatch.setenv("ONSTAGE_WEBHOOK_RETRY_SCALE", "0.001")


async def test_a_server_killed_between_commit_and_delivery_delivers_when_it_is_back(
    tmp_path: Path, settings: None, receiver: Receiver
) -> None:
    receiver.behaves = status(503)
    server = OnstageServer(tmp_path / "data")
    await server.start()
    try:
        await server.make_project()
        webhook = await server.call("POST", "/v1/webhooks", {"url": receiver.url, "events": ["room.*"]})
        for number in range(10):
            await server.call("POST", "/v1/rooms", {"name": f"room-{number}"})
        await receiver.until_received(2)
        await server.kill()
        receiver.behaves = answering(OK)
        before = len(receiver.received)
        await server.start()

        async def is_delivered() -> bool:
            found: Any = await server.call("GET", f"/v1/webhooks/{webhook['id']}/deliveries?status=delivered")
            return len(found["data"]) == 10

        await until(is_delivered, deadline_s=40, what="everything to be delivered")
        names = [one.json["data"]["room"]["name"] for one in receiver.received[before:]]
        assert names == [f"room-{number}" for number in range(10)]
        metrics = (await server.http.get("/metrics")).text
        assert 'onstage_webhook_attempts_total{outcome="delivered"} 10.0' in metrics
        log = (tmp_path / "onstage.log").read_text()
        assert webhook["secret"] not in log
        assert receiver.url not in log
    finally:
        await server.stop()
