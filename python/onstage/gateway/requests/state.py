"""What is asked about the session's key-value store."""

from onstage.actions import state
from onstage.actions.access import ParticipantCaller
from onstage.actions.bodies.state import SetState
from onstage.actions.context import Context
from onstage.gateway.requests.kinds import RequestKind, Requests
from onstage.model.state_keys import StateKey
from onstage.model.views import StateView


class SetKey(SetState):
    """state.set: any JSON value; null deletes the key."""

    key: StateKey


async def _set_state(ctx: Context, caller: ParticipantCaller, data: SetKey) -> StateView:
    entry = await state.set_state(ctx, caller, caller.room_id, data.key, data.value, if_version=data.if_version)
    return StateView.of(entry)


REQUESTS: Requests = {
    "state.set": RequestKind(SetKey, _set_state),
}
