"""Webhook endpoints, and what is on its way to them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from onstage.model.ids import DeliveryId, EndpointId, ProjectId, RoomId


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where events of a project, or of one room, are posted to. `events` None: all.

    The secret before the last rotation still signs until `old_secret_until`. `failing_since`: the first attempt after
    the last success that failed.
    """

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
    sealed_old_secret: str | None = None
    old_secret_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """An event as endpoints hear of it. What belongs to a project and to no room has neither `room_id` nor `seq`."""

    id: str
    project_id: str
    room_id: str | None
    seq: int | None
    name: str
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request to an endpoint. Either there was a `status`, or an `error` says why not."""

    at: datetime
    duration_ms: int
    status: int | None
    error: str | None = None
    excerpt: str = ""

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver took it: any 2xx."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants nothing any more: 410."""
        return self.status == 410


class DeliveryStatus(StrEnum):
    """pending → delivered | failed; a replay is a delivery of its own."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class WebhookDelivery:
    """One event on its way to one endpoint. `position`: its place in the order; `log`: the last attempts."""

    id: DeliveryId
    endpoint_id: EndpointId
    event_id: str
    position: int
    status: DeliveryStatus
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    is_replay: bool = False
    log: tuple[Attempt, ...] = ()
    finished_at: datetime | None = None
    error: str | None = None
