"""Chat."""

from typing import Annotated

from fastapi import APIRouter, Query

from onstage.actions import message_history, messages
from onstage.actions.answers import MessageAnswer, message_answer
from onstage.actions.bodies.messages import ReadMessages, ReadRoomMessages, SendMessage
from onstage.actions.message_history import HistoryPage
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Page
from onstage.api.problems import answers
from onstage.api.refusals import FROM_SEATS, FROM_STAGE, OF_PROJECT
from onstage.errors import ErrorCode as E
from onstage.model.views import MessageView

router = APIRouter(prefix="/v1/rooms/{room}", tags=["messages"], route_class=IdempotentRoute)
session_router = APIRouter(prefix="/v1/sessions/{session}", tags=["messages"])
_MAY_NOT_CHAT = (E.CHAT_MUTED, E.CHAT_DISABLED, E.SLOW_MODE, E.SENDING_TOO_FAST)


@router.get("/messages", responses=answers(*FROM_SEATS, E.SESSION_NOT_FOUND))
async def list_messages(
    room: str, query: Annotated[ReadRoomMessages, Query()], ctx: ContextDep, caller: CallerDep
) -> Page[MessageView]:
    """The messages that the caller may read, oldest of the page first; without a cursor, the newest."""
    return _page(await message_history.read_messages(ctx, caller, room, query.query(), session_id=query.session))


@session_router.get("/messages", responses=answers(*OF_PROJECT, E.SESSION_NOT_FOUND))
async def list_session_messages(
    session: str, query: Annotated[ReadMessages, Query()], ctx: ContextDep, caller: CallerDep
) -> Page[MessageView]:
    """All that was said in a session, oldest of the page first: also in a room that was deleted."""
    return _page(await message_history.read_session_messages(ctx, caller, session, query.query()))


def _page(found: HistoryPage) -> Page[MessageView]:
    return Page(data=[MessageView.of(one) for one in found.messages], next_cursor=found.next_cursor)


@router.post(
    "/messages",
    status_code=201,
    responses=answers(*FROM_SEATS, E.PARTICIPANT_NOT_FOUND, E.UNKNOWN_ROLE, *_MAY_NOT_CHAT),
)
async def send_message(room: str, body: SendMessage, ctx: ContextDep, caller: CallerDep) -> MessageAnswer:
    """Say something to everybody, to roles, or to one participant (`message.send`)."""
    return message_answer(await messages.send_message(ctx, caller, room, body.text, body.options()))


@router.delete("/messages/{message}", status_code=204, responses=answers(*FROM_STAGE, E.MESSAGE_NOT_FOUND, E.OUTRANKED))
async def delete_message(room: str, message: str, ctx: ContextDep, caller: CallerDep) -> None:
    """Take back one's own message, or another's (`message.delete`). Its text is gone for good."""
    await messages.delete_message(ctx, caller, room, message)


@router.post(
    "/messages/{message}/pin",
    responses=answers(*FROM_STAGE, E.MESSAGE_NOT_FOUND, E.MESSAGE_NOT_PINNABLE, E.TOO_MANY_PINNED),
)
async def pin_message(room: str, message: str, ctx: ContextDep, caller: CallerDep) -> MessageAnswer:
    """Keep a message to everybody in sight (`message.pin`)."""
    return message_answer(await messages.pin_message(ctx, caller, room, message))


@router.post("/messages/{message}/unpin", responses=answers(*FROM_STAGE, E.MESSAGE_NOT_FOUND))
async def unpin_message(room: str, message: str, ctx: ContextDep, caller: CallerDep) -> MessageAnswer:
    """Let a pinned message go (`message.pin`)."""
    return message_answer(await messages.unpin_message(ctx, caller, room, message))
