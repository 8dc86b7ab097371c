"""The session's key-value store."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from onstage.actions import state
from onstage.actions.bodies.state import SetState
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Page, whole
from onstage.api.problems import answers
from onstage.api.refusals import FROM_SEATS, IN_ROOM
from onstage.errors import ErrorCode as E
from onstage.model.state_keys import StateKey
from onstage.model.views import StateView

router = APIRouter(prefix="/v1/rooms/{room}/state", tags=["state"], route_class=IdempotentRoute)

Key = Annotated[StateKey, Path(description="1 to 128 of `A-Z a-z 0-9 . _ : -`.")]
IfVersion = Annotated[
    int | None, Query(ge=0, le=2**31 - 1, description="Only if the key is at this version now; 0: if there is none.")
]
_WRITING = (*FROM_SEATS, E.STATE_KEY_NOT_FOUND, E.STATE_KEY_DENIED, E.STATE_CONFLICT)


@router.get("", responses=answers(*IN_ROOM))
async def list_state(room: str, ctx: ContextDep, caller: CallerDep) -> Page[StateView]:
    """Every key of the session, in the order of keys."""
    return whole(await state.read_state(ctx, caller, room), StateView.of)


@router.get("/{key}", responses=answers(*IN_ROOM, E.STATE_KEY_NOT_FOUND))
async def get_state(room: str, key: Key, ctx: ContextDep, caller: CallerDep) -> StateView:
    """One key."""
    return StateView.of(await state.read_key(ctx, caller, room, key))


@router.put("/{key}", responses=answers(*_WRITING, E.STATE_FULL))
async def set_state(room: str, key: Key, body: SetState, ctx: ContextDep, caller: CallerDep) -> StateView:
    """Write a key (`state.set`, and a pattern of the role's `state_keys`); everybody hears of it."""
    return StateView.of(await state.set_state(ctx, caller, room, key, body.value, if_version=body.if_version))


@router.delete("/{key}", status_code=204, responses=answers(*_WRITING))
async def delete_state(
    room: str, key: Key, ctx: ContextDep, caller: CallerDep, if_version: IfVersion = None
) -> Response:
    """Delete a key, by the same rights. Its version counts on if it is written again."""
    await state.set_state(ctx, caller, room, key, None, if_version=if_version)
    return Response(status_code=204)
