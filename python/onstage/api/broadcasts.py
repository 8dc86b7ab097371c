"""Broadcasts."""

from typing import Annotated

from fastapi import APIRouter

from onstage.actions import broadcast_stop, broadcasts, reading
from onstage.actions.bodies.broadcasts import StartBroadcast, UpdateBroadcast
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Limit, Page, cursor_of, page_of
from onstage.api.problems import answers
from onstage.api.refusals import FROM_STAGE, IN_ROOM, IN_ROOM_OF_BROADCAST, ON_BROADCAST
from onstage.errors import ErrorCode as E
from onstage.model.ids import Prefix
from onstage.model.views import BroadcastView

router = APIRouter(prefix="/v1", tags=["broadcasts"], route_class=IdempotentRoute)

_Cursor = Annotated[str | None, cursor_of(Prefix.BROADCAST)]


@router.post(
    "/rooms/{room}/broadcasts",
    status_code=201,
    responses=answers(
        *FROM_STAGE,
        E.BROADCAST_ACTIVE,
        E.CAPACITY_EXHAUSTED,
        E.ENCODER_UNAVAILABLE,
        E.URL_NOT_ALLOWED,
        E.IMAGE_UNUSABLE,
        E.OUTPUT_EXISTS,
        E.OUTPUT_LIMIT_REACHED,
    ),
)
async def start_broadcast(
    room: str, ctx: ContextDep, caller: CallerDep, body: StartBroadcast | None = None
) -> BroadcastView:
    """Go live (`broadcast.start`). `broadcast.live` tells when the first part can be fetched."""
    given = body or StartBroadcast()
    return BroadcastView.of(await broadcasts.start_broadcast(ctx, caller, room, given.new()))


@router.get("/rooms/{room}/broadcasts", responses=answers(*IN_ROOM))
async def list_broadcasts(
    room: str, ctx: ContextDep, caller: CallerDep, limit: Limit = 50, cursor: _Cursor = None
) -> Page[BroadcastView]:
    """The room's broadcasts, newest first."""
    found = await reading.read_broadcasts(ctx, caller, room, after=cursor, limit=limit + 1)
    return page_of(found, BroadcastView.of, limit=limit, id_of=lambda one: one.id)


@router.get("/broadcasts/{broadcast}", responses=answers(*IN_ROOM_OF_BROADCAST))
async def get_broadcast(broadcast: str, ctx: ContextDep, caller: CallerDep) -> BroadcastView:
    """One broadcast."""
    return BroadcastView.of(await reading.read_broadcast(ctx, caller, broadcast))


@router.patch(
    "/broadcasts/{broadcast}",
    responses=answers(*ON_BROADCAST, E.BROADCAST_OVER, E.URL_NOT_ALLOWED, E.IMAGE_UNUSABLE),
)
async def update_broadcast(broadcast: str, body: UpdateBroadcast, ctx: ContextDep, caller: CallerDep) -> BroadcastView:
    """Change layout, look or title while live (`broadcast.update`); playback goes on."""
    return BroadcastView.of(await broadcasts.update_broadcast(ctx, caller, broadcast, body.change()))


@router.post("/broadcasts/{broadcast}/stop", status_code=202, responses=answers(*ON_BROADCAST, E.BROADCAST_OVER))
async def stop_broadcast(broadcast: str, ctx: ContextDep, caller: CallerDep) -> BroadcastView:
    """End the show (`broadcast.stop`). `broadcast.ended` tells when the playlist has its end."""
    return BroadcastView.of(await broadcast_stop.stop_broadcast(ctx, caller, broadcast))
