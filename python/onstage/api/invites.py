"""Hands and invites."""

from fastapi import APIRouter

from onstage.actions import hands, invites, reading
from onstage.actions.accepting import accept
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
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Page, whole
from onstage.api.problems import answers
from onstage.api.refusals import FROM_SEATS, FROM_STAGE, IN_ROOM, ON_OTHERS
from onstage.errors import ErrorCode as E
from onstage.model.views import InviteView, ParticipantView

router = APIRouter(prefix="/v1/rooms/{room}", tags=["participants"], route_class=IdempotentRoute)
_ANSWERING = (E.INVITE_NOT_FOUND, E.INVITE_CLOSED)


@router.get("/hands", responses=answers(*IN_ROOM))
async def list_hands(room: str, ctx: ContextDep, caller: CallerDep) -> Page[ParticipantView]:
    """Raised hands, first raised first."""
    return whole(await reading.read_hands(ctx, caller, room), ParticipantView.of)


@router.post("/hands", status_code=201, responses=answers(*FROM_SEATS, E.HAND_NOT_RAISABLE))
async def raise_hand(room: str, ctx: ContextDep, caller: CallerDep) -> HandAnswer:
    """Put the caller's own hand up (`hand.raise`)."""
    raised = await hands.raise_hand(ctx, caller, room)
    return HandAnswer(participant=ParticipantView.of(raised), position=await hands.place_in_queue(ctx, raised))


@router.delete("/hands", responses=answers(*FROM_STAGE))
async def lower_all_hands(room: str, ctx: ContextDep, caller: CallerDep) -> LoweredAnswer:
    """Take down every hand (`hand.lower`), but for those of people who rank higher."""
    return LoweredAnswer(lowered=await hands.lower_all(ctx, caller, room))


@router.delete("/hands/{participant}", responses=answers(*ON_OTHERS))
async def lower_hand(room: str, participant: str, ctx: ContextDep, caller: CallerDep) -> ParticipantAnswer:
    """Take a hand down: one's own, or another's (`hand.lower`)."""
    found = await hands.lower_hand(ctx, caller, room, participant)
    return participant_answer(found)


@router.get("/invites", responses=answers(*IN_ROOM))
async def list_invites(room: str, ctx: ContextDep, caller: CallerDep) -> Page[InviteView]:
    """Open invites, oldest first: all for a server, else those for or by the caller."""
    return whole(await reading.read_invites(ctx, caller, room), InviteView.of)


@router.post(
    "/invites/{invite}/accept", responses=answers(*IN_ROOM, *_ANSWERING, E.UNKNOWN_ROLE, E.STAGE_FULL, E.ROOM_FULL)
)
async def accept_invite(room: str, invite: str, ctx: ContextDep, caller: CallerDep) -> AcceptedAnswer:
    """The invited comes on stage, or takes the other role."""
    accepted, promoted = await accept(ctx, caller, room, invite)
    return accepted_answer(accepted, promoted)


@router.post("/invites/{invite}/decline", responses=answers(*IN_ROOM, *_ANSWERING))
async def decline_invite(room: str, invite: str, ctx: ContextDep, caller: CallerDep) -> InviteAnswer:
    """The invited stays seated."""
    return invite_answer(await invites.decline(ctx, caller, room, invite))


@router.post("/invites/{invite}/cancel", responses=answers(*FROM_STAGE, *_ANSWERING, E.OUTRANKED))
async def cancel_invite(room: str, invite: str, ctx: ContextDep, caller: CallerDep) -> InviteAnswer:
    """Take the invite back: whoever invited, or `invite.cancel`."""
    return invite_answer(await invites.cancel(ctx, caller, room, invite))
