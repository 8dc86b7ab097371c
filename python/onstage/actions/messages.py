"""Chat: messages to the room."""

from onstage.actions.access import Caller, access_session
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.errors import ErrorCode, OnstageError
from onstage.events import MessageSent
from onstage.model.ids import MessageId, Prefix, new_id
from onstage.model.permission import Permission
from onstage.model.records import Message
from onstage.model.views import MessageView
from onstage.store import messages

LONGEST_TEXT = 2_000


async def send_message(ctx: Context, caller: Caller, room: str, text: str) -> Message:
    """Say something to everybody in the room.

    Raises:
        OnstageError: as `access_session` with `message.send`; `permission_denied` for a server, which is nobody.
    """
    async with ctx.database.begin() as tx:
        entry = await access_session(tx, caller, room, Permission.MESSAGE_SEND)
        if entry.actor is None:
            raise OnstageError(ErrorCode.PERMISSION_DENIED, "A message has a sender; call with a participant's token.")
        message = Message(
            id=MessageId(new_id(Prefix.MESSAGE)),
            room_id=entry.room.id,
            session_id=entry.session.id,
            sender_id=entry.actor.id,
            sender_name=entry.actor.name,
            text=text,
            sent_at=ctx.clock.now(),
        )
        await messages.add(tx, message)
        await emit(ctx, tx, entry.room, MessageSent(message=MessageView.of(message)))
    return message
