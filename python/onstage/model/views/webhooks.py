"""Webhook endpoints, deliveries and payloads in JSON."""

from typing import Any

from onstage.model.records import Attempt, DeliveryStatus, Endpoint, WebhookDelivery, WebhookEvent
from onstage.model.view import Timestamp, View


class EndpointView(View):
    """A webhook endpoint. `room_id` null: it hears of the whole project. `events` null: it hears of every event."""

    id: str
    room_id: str | None
    url: str
    events: list[str] | None
    description: str
    enabled: bool
    disabled_reason: str | None
    failing_since: Timestamp | None
    old_secret_until: Timestamp | None
    created_at: Timestamp
    updated_at: Timestamp

    @classmethod
    def of(cls, endpoint: Endpoint) -> "EndpointView":
        """The endpoint without its secrets."""
        return cls(**_fields(endpoint))


class EndpointSecretView(EndpointView):
    """An endpoint with its new secret, which is told this once."""

    secret: str

    @classmethod
    def made(cls, endpoint: Endpoint, secret: str) -> "EndpointSecretView":
        """The endpoint with the secret that was just made for it."""
        return cls(**_fields(endpoint), secret=secret)


def _fields(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "room_id": endpoint.room_id,
        "url": endpoint.url,
        "events": None if endpoint.events is None else list(endpoint.events),
        "description": endpoint.description,
        "enabled": endpoint.is_enabled,
        "disabled_reason": endpoint.disabled_reason,
        "failing_since": endpoint.failing_since,
        "old_secret_until": endpoint.old_secret_until,
        "created_at": endpoint.created_at,
        "updated_at": endpoint.updated_at,
    }


class AttemptView(View):
    """One request to the receiver: its status, or the error that left it without one, and how its answer began."""

    at: Timestamp
    duration_ms: int
    delivered: bool
    status: int | None
    error: str | None
    excerpt: str

    @classmethod
    def of(cls, attempt: Attempt) -> "AttemptView":
        """The attempt as logged."""
        return cls(
            at=attempt.at,
            duration_ms=attempt.duration_ms,
            delivered=attempt.is_delivered,
            status=attempt.status,
            error=attempt.error,
            excerpt=attempt.excerpt,
        )


class WebhookPayload(View):
    """What is posted. `id` is also the header `webhook-id`, the same for every attempt and replay of an event.

    `room_id` and `seq` are null for what belongs to the project and to no room.
    """

    id: str
    type: str
    timestamp: Timestamp
    project_id: str
    room_id: str | None
    seq: int | None
    data: dict[str, Any]

    @classmethod
    def of(cls, event: WebhookEvent) -> "WebhookPayload":
        """The event as receivers get it."""
        return cls(
            id=event.id,
            type=event.name,
            timestamp=event.at,
            project_id=event.project_id,
            room_id=event.room_id,
            seq=event.seq,
            data=event.data,
        )


class DeliveryView(View):
    """One event on its way to an endpoint. `status` and `error` of the last attempt are in `last_attempt`."""

    id: str
    endpoint_id: str
    event_id: str
    event: str
    room_id: str | None
    status: DeliveryStatus
    replay: bool
    attempts: int
    last_attempt: AttemptView | None
    error: str | None
    next_attempt_at: Timestamp | None
    created_at: Timestamp
    finished_at: Timestamp | None

    @classmethod
    def of(cls, delivery: WebhookDelivery, event: WebhookEvent) -> "DeliveryView":
        """The delivery as listed."""
        return cls(**_delivery_fields(delivery, event))


class DeliveryDetailView(DeliveryView):
    """A delivery with what is sent, and its last attempts, oldest first."""

    payload: WebhookPayload
    log: list[AttemptView]

    @classmethod
    def of(cls, delivery: WebhookDelivery, event: WebhookEvent) -> "DeliveryDetailView":
        """The whole delivery."""
        log = [AttemptView.of(attempt) for attempt in delivery.log]
        return cls(**_delivery_fields(delivery, event), payload=WebhookPayload.of(event), log=log)


def _delivery_fields(delivery: WebhookDelivery, event: WebhookEvent) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "endpoint_id": delivery.endpoint_id,
        "event_id": delivery.event_id,
        "event": event.name,
        "room_id": event.room_id,
        "status": delivery.status,
        "replay": delivery.is_replay,
        "attempts": delivery.attempts,
        "last_attempt": AttemptView.of(delivery.log[-1]) if delivery.log else None,
        "error": delivery.error,
        "next_attempt_at": delivery.next_attempt_at,
        "created_at": delivery.created_at,
        "finished_at": delivery.finished_at,
    }
