"""What a client may ask over the gateway: each name with its body and its action, as the REST route of that name."""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, get_args, get_type_hints

from pydantic import BaseModel, Field

from onstage.actions import broadcasts, hands, invites, messages, presence, promotion, tracks
from onstage.actions.accepting import accept
from onstage.actions.access import ParticipantCaller
from onstage.actions.answers import (
    AcceptedAnswer,
    InviteAnswer,
    MessageAnswer,
    ParticipantAnswer,
    accepted_answer,
    invite_answer,
    message_answer,
    participant_answer,
)
from onstage.actions.bodies import (
    AnyBody,
    Body,
    Demote,
    Mute,
    Promote,
    SendMessage,
    StartBroadcast,
    UpdateBroadcast,
    parse,
)
from onstage.actions.context import Context
from onstage.errors import ErrorCode, OnstageError
from onstage.model.records import Invite
from onstage.model.views import BroadcastView

Id = Field(min_length=1, max_length=120)


class Nothing(Body):
    """A request that says all by its name."""


class OfParticipant(Body):
    """Somebody, by id or identity."""

    participant: str = Id


class PromoteParticipant(Promote, OfParticipant):
    """participant.promote."""


class DemoteParticipant(Demote, OfParticipant):
    """participant.demote."""


class MuteParticipant(Mute, OfParticipant):
    """participant.mute."""


class OfInvite(Body):
    """One invite."""

    invite: str = Id


class LowerHand(Body):
    """hand.lower: the caller's own without `participant`."""

    participant: str | None = Field(default=None, min_length=1, max_length=120)


class OfBroadcast(Body):
    """One broadcast."""

    broadcast: str = Id


class ChangeBroadcast(UpdateBroadcast, OfBroadcast):
    """broadcast.update."""


async def _promote(
    ctx: Context, caller: ParticipantCaller, data: PromoteParticipant
) -> InviteAnswer | ParticipantAnswer:
    found = await promotion.promote(ctx, caller, caller.room_id, data.participant, data.asked())
    return invite_answer(found) if isinstance(found, Invite) else participant_answer(found)


async def _demote(ctx: Context, caller: ParticipantCaller, data: DemoteParticipant) -> ParticipantAnswer:
    return participant_answer(await promotion.demote(ctx, caller, caller.room_id, data.participant, data.role))


async def _mute(ctx: Context, caller: ParticipantCaller, data: MuteParticipant) -> ParticipantAnswer:
    return participant_answer(await tracks.mute(ctx, caller, caller.room_id, data.participant, data.source))


async def _remove(ctx: Context, caller: ParticipantCaller, data: OfParticipant) -> ParticipantAnswer:
    return participant_answer(await presence.remove(ctx, caller, caller.room_id, data.participant))


async def _leave(ctx: Context, caller: ParticipantCaller, _data: Nothing) -> ParticipantAnswer:
    return participant_answer(await presence.leave_room(ctx, caller))


async def _accept(ctx: Context, caller: ParticipantCaller, data: OfInvite) -> AcceptedAnswer:
    return accepted_answer(*await accept(ctx, caller, caller.room_id, data.invite))


async def _decline(ctx: Context, caller: ParticipantCaller, data: OfInvite) -> InviteAnswer:
    return invite_answer(await invites.decline(ctx, caller, caller.room_id, data.invite))


async def _cancel(ctx: Context, caller: ParticipantCaller, data: OfInvite) -> InviteAnswer:
    return invite_answer(await invites.cancel(ctx, caller, caller.room_id, data.invite))


async def _raise_hand(ctx: Context, caller: ParticipantCaller, _data: Nothing) -> ParticipantAnswer:
    return participant_answer(await hands.raise_hand(ctx, caller, caller.room_id))


async def _lower_hand(ctx: Context, caller: ParticipantCaller, data: LowerHand) -> ParticipantAnswer:
    return participant_answer(await hands.lower_hand(ctx, caller, caller.room_id, data.participant))


async def _send_message(ctx: Context, caller: ParticipantCaller, data: SendMessage) -> MessageAnswer:
    return message_answer(await messages.send_message(ctx, caller, caller.room_id, data.text))


async def _start_broadcast(ctx: Context, caller: ParticipantCaller, data: StartBroadcast) -> BroadcastView:
    return BroadcastView.of(await broadcasts.start_broadcast(ctx, caller, caller.room_id, data.new()))


async def _update_broadcast(ctx: Context, caller: ParticipantCaller, data: ChangeBroadcast) -> BroadcastView:
    layout = None if data.layout is None else data.layout.name
    changed = await broadcasts.update_broadcast(ctx, caller, data.broadcast, layout=layout, title=data.title)
    return BroadcastView.of(changed)


async def _stop_broadcast(ctx: Context, caller: ParticipantCaller, data: OfBroadcast) -> BroadcastView:
    return BroadcastView.of(await broadcasts.stop_broadcast(ctx, caller, data.broadcast))


class RequestKind(Generic[AnyBody]):
    """One request: its body, what it does, and the kinds of reply to it."""

    def __init__(
        self, body: type[AnyBody], run: Callable[[Context, ParticipantCaller, AnyBody], Awaitable[BaseModel]]
    ) -> None:
        self.body = body
        self._run = run
        answer = get_type_hints(run)["return"]
        self.replies: tuple[type[BaseModel], ...] = get_args(answer) or (answer,)

    async def __call__(self, ctx: Context, caller: ParticipantCaller, data: dict[str, Any]) -> BaseModel:
        """Check `data` and do it."""
        return await self._run(ctx, caller, parse(self.body, data))


REQUESTS: dict[str, RequestKind[Any]] = {
    "participant.promote": RequestKind(PromoteParticipant, _promote),
    "participant.demote": RequestKind(DemoteParticipant, _demote),
    "participant.mute": RequestKind(MuteParticipant, _mute),
    "participant.remove": RequestKind(OfParticipant, _remove),
    "participant.leave": RequestKind(Nothing, _leave),
    "invite.accept": RequestKind(OfInvite, _accept),
    "invite.decline": RequestKind(OfInvite, _decline),
    "invite.cancel": RequestKind(OfInvite, _cancel),
    "hand.raise": RequestKind(Nothing, _raise_hand),
    "hand.lower": RequestKind(LowerHand, _lower_hand),
    "message.send": RequestKind(SendMessage, _send_message),
    "broadcast.start": RequestKind(StartBroadcast, _start_broadcast),
    "broadcast.update": RequestKind(ChangeBroadcast, _update_broadcast),
    "broadcast.stop": RequestKind(OfBroadcast, _stop_broadcast),
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
