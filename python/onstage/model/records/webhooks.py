"""Webhook endpoints and deliveries."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from onstage.model.ids import DeliveryId, EndpointId, ProjectId, RoomId


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where events of a project, or of one room, are posted to. `events` None: all."""

    id: EndpointId
    project_id: ProjectId
    room_id: RoomId | None
    url: str
    events: tuple[str, ...] | None
    description: str
    sealed_secret: str
    is_enabled: bool
    disabled_reason: str | None
    created_at: datetime
    updated_at: datetime
    failing_since: datetime | None = None


class DeliveryStatus(StrEnum):
    """pending → delivered | failed; a replay is a delivery of its own."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """One event on its way to one endpoint. `position` is its place in the endpoint's order."""

    id: DeliveryId
    endpoint_id: EndpointId
    event_id: str
    position: int
    status: DeliveryStatus
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    finished_at: datetime | None = None
    response_status: int | None = None
    error: str | None = None
