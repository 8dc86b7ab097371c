"""The outbox, and what is made of it: webhook endpoints and deliveries."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from onstage.store.tables.base import COUNT, UtcDateTime, metadata

# One row per event, in the transaction of its change (invariant 2). Feeds gateway and webhooks. What belongs to a
# project and to no room has neither `room_id` nor `seq`.
events = Table(
    "events",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("room_id", ForeignKey("rooms.id")),
    Column("seq", COUNT),
    Column("name", String(100), nullable=False),
    Column(
        "recipients", JSON(none_as_null=True)
    ),  # null: everyone in the room; else {"participants": […], "roles": […]}
    Column("at", UtcDateTime, nullable=False),
    Column("data", JSON, nullable=False),
    UniqueConstraint("room_id", "seq"),
    Index("ix_events_project", "project_id", "at"),
)

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("room_id", ForeignKey("rooms.id"), index=True),
    Column("url", String(2000), nullable=False),
    Column("events", JSON(none_as_null=True)),
    Column("description", String(500), nullable=False),
    Column("sealed_secret", Text, nullable=False),
    Column("sealed_old_secret", Text),
    Column("old_secret_until", UtcDateTime),
    Column("is_enabled", Boolean, nullable=False),
    Column("disabled_reason", String(500)),
    Column("failing_since", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    # Who delivers now, and until when nobody else does.
    Column("lease_holder", String(40)),
    Column("leased_until", UtcDateTime),
    Index("ix_webhook_endpoints_project", "project_id", "room_id"),
)

PENDING = text("status = 'pending'")

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    # The order of insertion. Within a room it is the order of `seq`, since the room is held while its events are made.
    Column("position", COUNT, primary_key=True, autoincrement=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("endpoint_id", ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), nullable=False),
    Column("event_id", ForeignKey("events.id"), nullable=False),
    Column("status", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("is_replay", Boolean, nullable=False),
    Column("log", JSON, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("error", String(500)),
    Index("ix_webhook_deliveries_endpoint", "endpoint_id", "position"),
    # Small however much has been delivered. A query must say 'pending' in its text for it, not in a parameter.
    Index("ix_webhook_deliveries_pending", "endpoint_id", "position", sqlite_where=PENDING, postgresql_where=PENDING),
    Index("ix_webhook_deliveries_finished", "finished_at"),
)
