"""A receiver takes what Onstage signed, and nothing else."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from onstage.client import WebhookInvalidError, verify_webhook

SECRET = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes, ok!").decode()
EVENT = {
    "id": "ev_1",
    "type": "participant.promoted",
    "timestamp": "2026-11-21T10:00:00.000Z",
    "project_id": "prj_1",
    "room_id": "rm_1",
    "seq": 7,
    "data": {"by": None},
}


def signed(body: str, at: datetime) -> dict[str, str]:
    signature = Webhook(SECRET).sign("ev_1", at, body)
    return {
        "Webhook-Id": "ev_1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": signature,
    }


def test_what_we_signed_is_read() -> None:
    body = json.dumps(EVENT)
    event = verify_webhook(body.encode(), signed(body, datetime.now(UTC)), SECRET)
    assert (event.type, event.seq, event.data) == ("participant.promoted", 7, {"by": None})


def test_a_changed_body_is_refused() -> None:
    body = json.dumps(EVENT)
    with pytest.raises(WebhookInvalidError):
        verify_webhook(body.replace("promoted", "demoted "), signed(body, datetime.now(UTC)), SECRET)


def test_another_secret_is_refused() -> None:
    body = json.dumps(EVENT)
    other = "whsec_" + base64.b64encode(b"another secret of thirty-two bytes").decode()
    with pytest.raises(WebhookInvalidError):
        verify_webhook(body, signed(body, datetime.now(UTC)), other)


def test_an_old_request_is_refused() -> None:
    body = json.dumps(EVENT)
    with pytest.raises(WebhookInvalidError):
        verify_webhook(body, signed(body, datetime.now(UTC) - timedelta(minutes=6)), SECRET)


def test_a_request_without_our_headers_is_refused() -> None:
    with pytest.raises(WebhookInvalidError):
        verify_webhook(json.dumps(EVENT), {}, SECRET)
