"""Raised hands: a queue in the order of raising."""

from dataclasses import replace

from onstage.actions.access import Caller, ServerCaller, access_participant, access_session, require
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.errors import ErrorCode, OnstageError
from onstage.events import HandLowered, HandRaised
from onstage.model.permission import Permission
from onstage.model.records import Participant, Room
from onstage.model.views import ParticipantView
from onstage.store import participants
from onstage.store.database import Tx


async def raise_hand(ctx: Context, caller: Caller, room: str) -> Participant:
    """Put the caller's hand up. Up already is fine: it keeps its place.

    Raises:
        OnstageError: as `access_session`; `hand_not_raisable` for somebody on stage, or for a server.
    """
    async with ctx.database.begin() as tx:
        entry = await access_session(tx, caller, room, None)
        if entry.actor is None:
            raise OnstageError(ErrorCode.HAND_NOT_RAISABLE, "A server has no hand; call with a participant's token.")
        if entry.actor.is_on_stage:
            raise OnstageError(ErrorCode.HAND_NOT_RAISABLE)
        require(entry.actor, Permission.HAND_RAISE)
        if entry.actor.hand_raised_at is not None:
            return entry.actor
        raised = replace(entry.actor, hand_raised_at=ctx.clock.now())
        await participants.save(tx, raised)
        await emit(ctx, tx, entry.room, HandRaised(participant=ParticipantView.of(raised)))
    return raised


async def lower_hand(ctx: Context, caller: Caller, room: str, participant: str | None) -> Participant:
    """Take a hand down: the caller's own when `participant` is None, else somebody's (`hand.lower`).

    Raises:
        OnstageError: as `access_participant`.
    """
    async with ctx.database.begin() as tx:
        if participant is None and not isinstance(caller, ServerCaller):
            participant = caller.identity
        entry, found = await access_participant(tx, caller, room, participant or "", Permission.HAND_LOWER)
        return await put_down(ctx, tx, entry.room, found)


async def put_down(ctx: Context, tx: Tx, room: Room, participant: Participant) -> Participant:
    """The participant with the hand down; tells of it if it was up."""
    if participant.hand_raised_at is None:
        return participant
    lowered = replace(participant, hand_raised_at=None)
    await participants.save(tx, lowered)
    await emit(ctx, tx, room, HandLowered(participant=ParticipantView.of(lowered)))
    return lowered
