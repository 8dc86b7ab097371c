"""What a client may ask over the gateway: each name with its body and its action, as the REST route of that name."""

from typing import Any

from pydantic import BaseModel

from onstage.actions.access import ParticipantCaller
from onstage.actions.context import Context
from onstage.errors import ErrorCode, OnstageError
from onstage.gateway.requests import (
    broadcasts,
    invites,
    media,
    messages,
    moderation,
    outputs,
    participants,
    polls,
    recordings,
    state,
    timed,
)
from onstage.gateway.requests.kinds import Requests

REQUESTS: Requests = {
    **participants.REQUESTS,
    **moderation.REQUESTS,
    **invites.REQUESTS,
    **messages.REQUESTS,
    **state.REQUESTS,
    **polls.REQUESTS,
    **broadcasts.REQUESTS,
    **outputs.REQUESTS,
    **recordings.REQUESTS,
    **timed.REQUESTS,
    **media.REQUESTS,
}


async def run_request(ctx: Context, caller: ParticipantCaller, name: str, data: dict[str, Any]) -> BaseModel:
    """Do what is asked.

    Raises:
        OnstageError: `unknown_request`, `malformed`, and whatever the action raises.
    """
    kind = REQUESTS.get(name)
    if kind is None:
        raise OnstageError(ErrorCode.UNKNOWN_REQUEST, f"There is no request {name!r}.")
    return await kind(ctx, caller, data)
