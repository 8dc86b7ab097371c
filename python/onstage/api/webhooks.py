"""Webhook endpoints and their deliveries. Only your server calls these."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from onstage.actions import deliveries, webhooks
from onstage.actions.bodies.webhooks import CreateWebhook, ReplayRange, UpdateWebhook
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Limit, Page, cursor_of, page_of
from onstage.api.problems import answers
from onstage.api.refusals import OF_PROJECT, ON_WEBHOOK
from onstage.errors import ErrorCode as E
from onstage.model.ids import Prefix
from onstage.model.records import DeliveryStatus
from onstage.model.views import AttemptView, DeliveryDetailView, DeliveryView, EndpointSecretView, EndpointView

router = APIRouter(prefix="/v1", tags=["webhooks"], route_class=IdempotentRoute)


class ReplayAnswer(BaseModel):
    """How many events are on their way again. `next_cursor`: call again with it as `cursor` for the rest."""

    replayed: int
    next_cursor: str | None


_Cursor = Annotated[str | None, cursor_of(Prefix.ENDPOINT)]
_DeliveryCursor = Annotated[str | None, cursor_of(Prefix.DELIVERY)]
_ON_CREATION = (*OF_PROJECT, E.URL_NOT_ALLOWED, E.WEBHOOK_LIMIT_REACHED)


@router.get("/webhooks", responses=answers(*OF_PROJECT))
async def list_webhooks(
    ctx: ContextDep, caller: CallerDep, limit: Limit = 50, cursor: _Cursor = None
) -> Page[EndpointView]:
    """The project's endpoints, newest first, with those of its rooms."""
    found = await webhooks.read_endpoints(ctx, caller, None, after=cursor, limit=limit + 1)
    return page_of(found, EndpointView.of, limit=limit, id_of=lambda one: one.id)


@router.post("/webhooks", status_code=201, responses=answers(*_ON_CREATION))
async def create_webhook(body: CreateWebhook, ctx: ContextDep, caller: CallerDep) -> EndpointSecretView:
    """Have the project's events posted to a URL. The answer holds the secret that signs them, this once."""
    return EndpointSecretView.made(*await webhooks.create_endpoint(ctx, caller, None, body.new()))


@router.get("/rooms/{room}/webhooks", responses=answers(*OF_PROJECT))
async def list_room_webhooks(
    room: str, ctx: ContextDep, caller: CallerDep, limit: Limit = 50, cursor: _Cursor = None
) -> Page[EndpointView]:
    """The room's own endpoints, newest first."""
    found = await webhooks.read_endpoints(ctx, caller, room, after=cursor, limit=limit + 1)
    return page_of(found, EndpointView.of, limit=limit, id_of=lambda one: one.id)


@router.post("/rooms/{room}/webhooks", status_code=201, responses=answers(*_ON_CREATION))
async def create_room_webhook(room: str, body: CreateWebhook, ctx: ContextDep, caller: CallerDep) -> EndpointSecretView:
    """Have one room's events posted to a URL, beside the project's endpoints."""
    return EndpointSecretView.made(*await webhooks.create_endpoint(ctx, caller, room, body.new()))


@router.get("/webhooks/{webhook}", responses=answers(*ON_WEBHOOK))
async def get_webhook(webhook: str, ctx: ContextDep, caller: CallerDep) -> EndpointView:
    """One endpoint."""
    return EndpointView.of(await webhooks.read_endpoint(ctx, caller, webhook))


@router.patch("/webhooks/{webhook}", responses=answers(*ON_WEBHOOK, E.URL_NOT_ALLOWED))
async def update_webhook(webhook: str, body: UpdateWebhook, ctx: ContextDep, caller: CallerDep) -> EndpointView:
    """Change URL, filter or description; disable, or enable again: what waited is sent at once."""
    return EndpointView.of(await webhooks.update_endpoint(ctx, caller, webhook, body.changes()))


@router.delete("/webhooks/{webhook}", status_code=204, responses=answers(*ON_WEBHOOK))
async def delete_webhook(webhook: str, ctx: ContextDep, caller: CallerDep) -> Response:
    """Send nothing there any more, and forget what was sent."""
    await webhooks.delete_endpoint(ctx, caller, webhook)
    return Response(status_code=204)


@router.post("/webhooks/{webhook}/rotate-secret", responses=answers(*ON_WEBHOOK))
async def rotate_webhook_secret(webhook: str, ctx: ContextDep, caller: CallerDep) -> EndpointSecretView:
    """A new secret. For 24 hours the old one signs as well: the header holds both signatures."""
    return EndpointSecretView.made(*await webhooks.rotate_secret(ctx, caller, webhook))


@router.post("/webhooks/{webhook}/test", responses=answers(*ON_WEBHOOK))
async def test_webhook(webhook: str, ctx: ContextDep, caller: CallerDep) -> AttemptView:
    """Post a `webhook.test` now, past the queue; what the receiver answered, and how long it took."""
    return AttemptView.of(await webhooks.send_test(ctx, caller, webhook))


@router.get("/webhooks/{webhook}/deliveries", responses=answers(*ON_WEBHOOK))
async def list_deliveries(
    webhook: str,
    ctx: ContextDep,
    caller: CallerDep,
    status: DeliveryStatus | None = None,
    event: Annotated[str | None, Query(max_length=100, description="Only of events of this name.")] = None,
    limit: Limit = 50,
    cursor: _DeliveryCursor = None,
) -> Page[DeliveryView]:
    """What was sent or waits, newest first."""
    found = await deliveries.read_deliveries(
        ctx, caller, webhook, status=status, event=event, after=cursor, limit=limit + 1
    )
    return page_of(
        found, lambda one: DeliveryView.of(one.delivery, one.event), limit=limit, id_of=lambda one: one.delivery.id
    )


@router.get("/webhooks/{webhook}/deliveries/{delivery}", responses=answers(*ON_WEBHOOK, E.DELIVERY_NOT_FOUND))
async def get_delivery(webhook: str, delivery: str, ctx: ContextDep, caller: CallerDep) -> DeliveryDetailView:
    """One delivery, with its payload and its last attempts."""
    found = await deliveries.read_delivery(ctx, caller, webhook, delivery)
    return DeliveryDetailView.of(found.delivery, found.event)


@router.post(
    "/webhooks/{webhook}/deliveries/{delivery}/replay",
    status_code=201,
    responses=answers(*ON_WEBHOOK, E.DELIVERY_NOT_FOUND, E.WEBHOOK_DISABLED),
)
async def replay_delivery(webhook: str, delivery: str, ctx: ContextDep, caller: CallerDep) -> DeliveryView:
    """Send an event again: a new delivery, behind what waits, with the same `webhook-id`."""
    made = await deliveries.replay_delivery(ctx, caller, webhook, delivery)
    return DeliveryView.of(made.delivery, made.event)


@router.post("/webhooks/{webhook}/replay", status_code=202, responses=answers(*ON_WEBHOOK, E.WEBHOOK_DISABLED))
async def replay_webhook(webhook: str, body: ReplayRange, ctx: ContextDep, caller: CallerDep) -> ReplayAnswer:
    """Send what happened in a time again, oldest first, also from before the endpoint was there."""
    done = await deliveries.replay_range(ctx, caller, webhook, body.range())
    return ReplayAnswer(replayed=done.count, next_cursor=done.next_cursor)
