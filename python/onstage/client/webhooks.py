"""Webhooks: is it ours, is it fresh, and what does it say (Standard Webhooks)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from onstage.client.errors import OnstageClientError
from onstage.client.wire import Model


class WebhookInvalidError(OnstageClientError):
    """The request did not come from Onstage, or is too old; answer it with 400 and do nothing."""


class WebhookEvent(Model):
    """One event. `id` is the same in every repetition: handle each id once. `data` is as docs/guides/events.md says."""

    id: str
    type: str
    timestamp: datetime
    project_id: str
    room_id: str | None
    seq: int | None
    data: dict[str, Any]


def verify_webhook(body: bytes | str, headers: Mapping[str, str], secret: str) -> WebhookEvent:
    """The event that a request to your endpoint carries.

    Args:
        body: The request's body as it came, before any parsing.
        headers: Its headers; names in any case.
        secret: The endpoint's, `whsec_…`.

    Raises:
        WebhookInvalidError: a signature of another secret, a changed body, or more than five minutes old.
    """
    text = body.decode() if isinstance(body, bytes) else body
    try:
        Webhook(secret).verify(text, {name.lower(): value for name, value in headers.items()})
    except WebhookVerificationError as cause:
        raise WebhookInvalidError(str(cause)) from cause
    return WebhookEvent.model_validate_json(text)
