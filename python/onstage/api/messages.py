"""Chat."""

from fastapi import APIRouter

from onstage.actions import messages, reading
from onstage.actions.answers import (
    MessageAnswer,
    message_answer,
)
from onstage.actions.bodies.messages import SendMessage
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Limit, Page, whole
from onstage.api.problems import answers
from onstage.api.refusals import IN_ROOM
from onstage.model.views import MessageView

router = APIRouter(prefix="/v1/rooms/{room}", tags=["messages"], route_class=IdempotentRoute)


@router.get("/messages", responses=answers(*IN_ROOM))
async def list_messages(room: str, ctx: ContextDep, caller: CallerDep, limit: Limit = 50) -> Page[MessageView]:
    """The session's newest messages, oldest of them first."""
    return whole(await reading.read_messages(ctx, caller, room, limit=limit), MessageView.of)


@router.post("/messages", status_code=201, responses=answers(*IN_ROOM))
async def send_message(room: str, body: SendMessage, ctx: ContextDep, caller: CallerDep) -> MessageAnswer:
    """Say something to everybody (`message.send`)."""
    return message_answer(await messages.send_message(ctx, caller, room, body.text))
