"""What is asked about broadcasts."""

from onstage.actions import broadcast_stop, broadcasts
from onstage.actions.access import ParticipantCaller
from onstage.actions.bodies.base import Body
from onstage.actions.bodies.broadcasts import StartBroadcast, UpdateBroadcast
from onstage.actions.context import Context
from onstage.gateway.requests.kinds import Id, RequestKind, Requests
from onstage.model.views import BroadcastView


class OfBroadcast(Body):
    """One broadcast."""

    broadcast: str = Id


class ChangeBroadcast(UpdateBroadcast, OfBroadcast):
    """broadcast.update."""


async def _start_broadcast(ctx: Context, caller: ParticipantCaller, data: StartBroadcast) -> BroadcastView:
    return BroadcastView.of(await broadcasts.start_broadcast(ctx, caller, caller.room_id, data.new()))


async def _update_broadcast(ctx: Context, caller: ParticipantCaller, data: ChangeBroadcast) -> BroadcastView:
    return BroadcastView.of(await broadcasts.update_broadcast(ctx, caller, data.broadcast, data.change()))


async def _stop_broadcast(ctx: Context, caller: ParticipantCaller, data: OfBroadcast) -> BroadcastView:
    return BroadcastView.of(await broadcast_stop.stop_broadcast(ctx, caller, data.broadcast))


REQUESTS: Requests = {
    "broadcast.start": RequestKind(StartBroadcast, _start_broadcast),
    "broadcast.update": RequestKind(ChangeBroadcast, _update_broadcast),
    "broadcast.stop": RequestKind(OfBroadcast, _stop_broadcast),
}
