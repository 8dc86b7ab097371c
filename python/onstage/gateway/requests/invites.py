"""What is asked about invites and hands."""

from pydantic import Field

from onstage.actions import hands, invites
from onstage.actions.accepting import accept
from onstage.actions.access import ParticipantCaller
from onstage.actions.answers import (
    AcceptedAnswer,
    HandAnswer,
    InviteAnswer,
    LoweredAnswer,
    ParticipantAnswer,
    accepted_answer,
    invite_answer,
    participant_answer,
)
from onstage.actions.bodies.base import Body
from onstage.actions.context import Context
from onstage.gateway.requests.kinds import Id, Nothing, RequestKind, Requests
from onstage.model.views import ParticipantView


class OfInvite(Body):
    """One invite."""

    invite: str = Id


class LowerHand(Body):
    """hand.lower: the caller's own without `participant`; with `all`, every hand."""

    all: bool = False
    participant: str | None = Field(default=None, min_length=1, max_length=120)


async def _accept(ctx: Context, caller: ParticipantCaller, data: OfInvite) -> AcceptedAnswer:
    return accepted_answer(*await accept(ctx, caller, caller.room_id, data.invite))


async def _decline(ctx: Context, caller: ParticipantCaller, data: OfInvite) -> InviteAnswer:
    return invite_answer(await invites.decline(ctx, caller, caller.room_id, data.invite))


async def _cancel(ctx: Context, caller: ParticipantCaller, data: OfInvite) -> InviteAnswer:
    return invite_answer(await invites.cancel(ctx, caller, caller.room_id, data.invite))


async def _raise_hand(ctx: Context, caller: ParticipantCaller, _data: Nothing) -> HandAnswer:
    raised = await hands.raise_hand(ctx, caller, caller.room_id)
    return HandAnswer(participant=ParticipantView.of(raised), position=await hands.place_in_queue(ctx, raised))


async def _lower_hand(ctx: Context, caller: ParticipantCaller, data: LowerHand) -> ParticipantAnswer | LoweredAnswer:
    if data.all:
        return LoweredAnswer(lowered=await hands.lower_all(ctx, caller, caller.room_id))
    return participant_answer(await hands.lower_hand(ctx, caller, caller.room_id, data.participant))


REQUESTS: Requests = {
    "invite.accept": RequestKind(OfInvite, _accept),
    "invite.decline": RequestKind(OfInvite, _decline),
    "invite.cancel": RequestKind(OfInvite, _cancel),
    "hand.raise": RequestKind(Nothing, _raise_hand),
    "hand.lower": RequestKind(LowerHand, _lower_hand),
}
