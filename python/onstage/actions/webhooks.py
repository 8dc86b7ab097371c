"""Webhook endpoints: made, changed, tried out. Only an app's server does that."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from onstage.actions.access import Caller, access_project, access_room, lock_project, require_server
from onstage.actions.context import Context
from onstage.actions.cursors import wrong_cursor
from onstage.actions.idempotency import mark_beforehand
from onstage.actions.outbox import announce
from onstage.errors import ErrorCode, OnstageError
from onstage.model.ids import EndpointId, Prefix, RoomId, new_id
from onstage.model.records import Attempt, Endpoint, Project, WebhookEvent
from onstage.store import deliveries, webhooks
from onstage.store.database import Tx

MOST_ENDPOINTS = 20
"""Of a project beside those of its rooms, and of each room."""
OLD_SECRET_VALID_FOR = timedelta(hours=24)
TEST_EVENT = "webhook.test"
"""What a test is sent as; no filter, and no event of ours, is of this name."""
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """What an endpoint is made from. `events` None: it hears of all."""

    url: str
    events: tuple[str, ...] | None = None
    description: str = ""
    is_enabled: bool = True


def new_secret() -> str:
    """A secret as the Standard Webhooks specification writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


async def access_endpoint(tx: Tx, caller: Caller, endpoint_id: str) -> Endpoint:
    """The project's endpoint, for its server.

    Raises:
        OnstageError: `permission_denied` for a participant, `webhook_not_found`.
    """
    project = await access_project(tx, caller)
    endpoint = await webhooks.find(tx, project.id, endpoint_id)
    if endpoint is None:
        raise OnstageError(ErrorCode.WEBHOOK_NOT_FOUND, f"The project has no webhook endpoint {endpoint_id!r}.")
    return endpoint


async def _owner(tx: Tx, caller: Caller, room: str | None) -> tuple[Project, RoomId | None]:
    require_server(caller)
    found = None if room is None else (await access_room(tx, caller, room, None))[0]  # rooms come first
    return await access_project(tx, caller), None if found is None else found.id


async def create_endpoint(ctx: Context, caller: Caller, room: str | None, new: NewEndpoint) -> tuple[Endpoint, str]:
    """A new endpoint of the project, or of the room, and its secret, which is shown this once.

    Raises:
        OnstageError: `permission_denied` for a participant, `room_not_found`, `url_not_allowed`,
            `webhook_limit_reached`.
    """
    async with ctx.database.read() as tx:  # nobody else makes us look up addresses
        await _owner(tx, caller, room)
    target = await ctx.outbound.guard.check(new.url)
    secret, now = new_secret(), ctx.clock.now()
    async with ctx.database.begin() as tx:
        project, room_id = await _owner(tx, caller, room)
        if room_id is None:  # else the room is held: of two who add the last one, one does
            project = await lock_project(tx, caller)
        if await webhooks.count(tx, project.id, room_id) >= MOST_ENDPOINTS:
            raise OnstageError(ErrorCode.WEBHOOK_LIMIT_REACHED, expected=f"fewer than {MOST_ENDPOINTS}")
        endpoint = Endpoint(
            id=EndpointId(new_id(Prefix.ENDPOINT)),
            project_id=project.id,
            room_id=room_id,
            url=target.url,
            events=new.events,
            description=new.description,
            sealed_secret=ctx.keyring.seal(secret),
            is_enabled=new.is_enabled,
            disabled_reason=None,
            created_at=now,
            updated_at=now,
        )
        await webhooks.add(tx, endpoint)
    return endpoint, secret


async def read_endpoint(ctx: Context, caller: Caller, endpoint_id: str) -> Endpoint:
    """One endpoint.

    Raises:
        OnstageError: as `access_endpoint`.
    """
    async with ctx.database.read() as tx:
        return await access_endpoint(tx, caller, endpoint_id)


async def read_endpoints(
    ctx: Context, caller: Caller, room: str | None, *, after: str | None, limit: int
) -> Sequence[Endpoint]:
    """A page of the project's endpoints, newest first, those of rooms too, or of one room's.

    Raises:
        OnstageError: `permission_denied` for a participant, `room_not_found`; `malformed` for a cursor that is none,
            as that of an endpoint that was deleted.
    """
    async with ctx.database.read() as tx:
        project, room_id = await _owner(tx, caller, room)
        if after is not None and await webhooks.find(tx, project.id, after) is None:
            raise wrong_cursor()
        return await webhooks.page(tx, project.id, room_id=room_id, after=after, limit=limit)


async def update_endpoint(ctx: Context, caller: Caller, endpoint_id: str, changes: dict[str, Any]) -> Endpoint:
    """The endpoint with fields of `NewEndpoint` changed. Enabled, or moved, it gets at once what waits for it.

    Raises:
        OnstageError: as `access_endpoint`, and `url_not_allowed`.
    """
    if "url" in changes:
        await read_endpoint(ctx, caller, endpoint_id)
        changes = changes | {"url": (await ctx.outbound.guard.check(changes["url"])).url}
    async with ctx.database.begin() as tx:
        old = await access_endpoint(tx, caller, endpoint_id)
        new = replace(old, **changes, updated_at=ctx.clock.now())
        if new.is_enabled and (not old.is_enabled or new.url != old.url):
            new = replace(new, failing_since=None, disabled_reason=None)
            await deliveries.try_now(tx, new.id)
            announce(ctx, tx, [new.id])
        await webhooks.save(tx, new)
    return new


async def delete_endpoint(ctx: Context, caller: Caller, endpoint_id: str) -> None:
    """Send nothing to the endpoint any more, and forget it with its deliveries.

    Raises:
        OnstageError: as `access_endpoint`.
    """
    async with ctx.database.begin() as tx:
        endpoint = await access_endpoint(tx, caller, endpoint_id)
        await webhooks.remove(tx, endpoint.id)


async def rotate_secret(ctx: Context, caller: Caller, endpoint_id: str) -> tuple[Endpoint, str]:
    """A new secret, shown this once. For 24 hours everything is signed with the old one too.

    Raises:
        OnstageError: as `access_endpoint`.
    """
    secret, now = new_secret(), ctx.clock.now()
    async with ctx.database.begin() as tx:
        old = await access_endpoint(tx, caller, endpoint_id)
        new = replace(
            old,
            sealed_secret=ctx.keyring.seal(secret),
            sealed_old_secret=old.sealed_secret,
            old_secret_until=now + OLD_SECRET_VALID_FOR,
            updated_at=now,
        )
        await webhooks.save(tx, new)
    return new, secret


async def send_test(ctx: Context, caller: Caller, endpoint_id: str) -> Attempt:
    """Post a `webhook.test` to the endpoint now, past its queue and though it be disabled; what it answered.

    Raises:
        OnstageError: as `access_endpoint`.
    """
    endpoint = await read_endpoint(ctx, caller, endpoint_id)
    event = WebhookEvent(
        id=new_id(Prefix.EVENT),
        project_id=endpoint.project_id,
        room_id=endpoint.room_id,
        seq=None,
        name=TEST_EVENT,
        at=ctx.clock.now(),
        data={"endpoint_id": endpoint.id},
    )
    assert ctx.courier is not None, "app.py sets it"
    await mark_beforehand(ctx)
    return await ctx.courier.post(endpoint, event)
