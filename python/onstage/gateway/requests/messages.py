"""What is asked about messages, and what else is said: reactions, and events of the app's own."""

from onstage.actions import custom, messages, reactions
from onstage.actions.access import ParticipantCaller
from onstage.actions.answers import CustomAnswer, MessageAnswer, ReactionAnswer, custom_answer, message_answer
from onstage.actions.bodies.base import Body
from onstage.actions.bodies.custom import SendCustom
from onstage.actions.bodies.messages import SendMessage
from onstage.actions.bodies.reactions import SendReaction
from onstage.actions.context import Context
from onstage.gateway.requests.kinds import Id, RequestKind, Requests


class OfMessage(Body):
    """One message."""

    message: str = Id


async def _send_message(ctx: Context, caller: ParticipantCaller, data: SendMessage) -> MessageAnswer:
    return message_answer(await messages.send_message(ctx, caller, caller.room_id, data.text, data.options()))


async def _delete_message(ctx: Context, caller: ParticipantCaller, data: OfMessage) -> MessageAnswer:
    return message_answer(await messages.delete_message(ctx, caller, caller.room_id, data.message))


async def _pin_message(ctx: Context, caller: ParticipantCaller, data: OfMessage) -> MessageAnswer:
    return message_answer(await messages.pin_message(ctx, caller, caller.room_id, data.message))


async def _unpin_message(ctx: Context, caller: ParticipantCaller, data: OfMessage) -> MessageAnswer:
    return message_answer(await messages.unpin_message(ctx, caller, caller.room_id, data.message))


async def _send_reaction(ctx: Context, caller: ParticipantCaller, data: SendReaction) -> ReactionAnswer:
    await reactions.send_reaction(ctx, caller, caller.room_id, data.reaction)
    return ReactionAnswer(reaction=data.reaction)


async def _send_custom(ctx: Context, caller: ParticipantCaller, data: SendCustom) -> CustomAnswer:
    sent = await custom.send_custom(ctx, caller, caller.room_id, data.type, data.data, data.audience())
    return custom_answer(sent)


REQUESTS: Requests = {
    "message.send": RequestKind(SendMessage, _send_message),
    "message.delete": RequestKind(OfMessage, _delete_message),
    "message.pin": RequestKind(OfMessage, _pin_message),
    "message.unpin": RequestKind(OfMessage, _unpin_message),
    "reaction.send": RequestKind(SendReaction, _send_reaction),
    "custom.send": RequestKind(SendCustom, _send_custom),
}
