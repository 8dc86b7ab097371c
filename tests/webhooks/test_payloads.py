"""What is sent is what the published schema says, and none of it is in a log."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
from structlog.testing import capture_logs

from onstage.actions import hands, webhooks
from onstage.actions.webhooks import NewEndpoint
from onstage.outbound import Outbound
from tests.support.house import House
from tests.support.post_office import PostOffice
from tests.support.receiver import Receiver, answering
from tests.support.waiting import until

SCHEMA = Path(__file__).parents[2] / "protocol" / "webhooks.schema.json"


async def test_every_payload_is_of_its_published_schema(house: House, outbound: Outbound, receiver: Receiver) -> None:
    async with PostOffice(house.ctx, house) as office:
        house.ctx = office.ctx
        endpoint = await office.endpoint(receiver.url)
        await house.another_room("other")
        anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
        await hands.raise_hand(house.ctx, house.caller(vic), "show")
        await house.promoted(vic)
        await office.happen(2)
        await webhooks.send_test(office.ctx, house.server, endpoint.id)
        await office.until_quiet(endpoint)
    assert {"room.created", "session.started", "participant.promoted", "hand.raised", "webhook.test"} <= set(
        receiver.types
    )
    assert anna.id in {one.json["data"].get("participant", {}).get("id") for one in receiver.received}
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text()))
    for one in receiver.received:
        errors = [error.message for error in validator.iter_errors(one.json)]
        assert errors == [], one.json["type"]


async def test_neither_secrets_nor_urls_nor_payloads_are_logged(office: PostOffice, receiver: Receiver) -> None:
    receiver.behaves = answering(b"HTTP/1.1 500 No\r\nContent-Length: 12\r\n\r\nyour-api-key")
    with capture_logs() as logs:
        new = NewEndpoint(receiver.url + "?token=hidden")
        endpoint, secret = await webhooks.create_endpoint(office.ctx, office.house.server, None, new)
        await office.happen()
        await receiver.until_received(2)
        await webhooks.delete_endpoint(office.ctx, office.house.server, endpoint.id)
        await office.dispatcher.stop()
    assert any(one["event"] == "webhook_failed" for one in logs)
    text = str(logs)
    for hidden in (secret, "hidden", "127.0.0.1", "your-api-key", "title 0"):
        assert hidden not in text


@pytest.mark.parametrize(
    ("answer", "error"), [(b"HTTP/1.1 your-api-key\r\n\r\n", "RemoteProtocolError"), (None, "Connect")]
)
async def test_why_no_answer_came_is_logged_without_where_or_what(
    office: PostOffice, receiver: Receiver, answer: bytes | None, error: str
) -> None:
    if answer is None:
        await receiver.down()
    else:
        receiver.behaves = answering(answer)
    with capture_logs() as logs:
        endpoint = await office.endpoint(receiver.url + "?token=hidden")
        await office.happen()
        await until(lambda: office.counted.attempts["failed"] > 0, what="an attempt")
        await office.dispatcher.stop()
    [line, *_] = [one for one in logs if one["event"] == "webhook_failed"]
    assert (line["endpoint"], line["status"]) == (endpoint.id, None)
    assert line["error"].startswith(error)
    for hidden in ("hidden", "127.0.0.1", "your-api-key"):
        assert hidden not in str(logs)
