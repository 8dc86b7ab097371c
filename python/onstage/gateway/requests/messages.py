"""What is asked about messages."""

from onstage.actions import messages
from onstage.actions.access import ParticipantCaller
from onstage.actions.answers import MessageAnswer, message_answer
from onstage.actions.bodies.messages import SendMessage
from onstage.actions.context import Context
from onstage.gateway.requests.kinds import RequestKind, Requests


async def _send_message(ctx: Context, caller: ParticipantCaller, data: SendMessage) -> MessageAnswer:
    return message_answer(await messages.send_message(ctx, caller, caller.room_id, data.text))


REQUESTS: Requests = {
    "message.send": RequestKind(SendMessage, _send_message),
}
