"""What is told and not kept: reactions, and events of the app's own."""

from fastapi import APIRouter

from onstage.actions import custom, reactions
from onstage.actions.answers import CustomAnswer, ReactionAnswer, custom_answer
from onstage.actions.bodies.custom import SendCustom
from onstage.actions.bodies.reactions import SendReaction
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.problems import answers
from onstage.api.refusals import FROM_SEATS
from onstage.errors import ErrorCode as E

router = APIRouter(prefix="/v1/rooms/{room}", tags=["messages"], route_class=IdempotentRoute)


@router.post("/reactions", status_code=202, responses=answers(*FROM_SEATS, E.SENDING_TOO_FAST))
async def send_reaction(room: str, body: SendReaction, ctx: ContextDep, caller: CallerDep) -> ReactionAnswer:
    """Show a reaction (`reaction.send`). All of the room's are told once a second, counted."""
    await reactions.send_reaction(ctx, caller, room, body.reaction)
    return ReactionAnswer(reaction=body.reaction)


@router.post(
    "/custom",
    status_code=201,
    responses=answers(*FROM_SEATS, E.PARTICIPANT_NOT_FOUND, E.UNKNOWN_ROLE, E.SENDING_TOO_FAST),
)
async def send_custom(room: str, body: SendCustom, ctx: ContextDep, caller: CallerDep) -> CustomAnswer:
    """Tell an event of the app's own to everybody, to roles, or to participants (`custom.send`)."""
    return custom_answer(await custom.send_custom(ctx, caller, room, body.type, body.data, body.audience()))
