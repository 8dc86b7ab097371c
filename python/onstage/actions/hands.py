"""Raised hands: a queue in the order of raising."""

from dataclasses import replace

from onstage.actions.access import Caller, ServerCaller, access_participant, access_session, require
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.errors import ErrorCode, OnstageError
from onstage.events import HandLowered, HandRaised
from onstage.model.authority import refusal
from onstage.model.permission import Permission
from onstage.model.records import Participant, Room
from onstage.model.views import ParticipantView
from onstage.store import participant_lists, participants
from onstage.store.database import Tx


async def raise_hand(ctx: Context, caller: Caller, room: str) -> Participant:
    """Put the caller's hand up. Up already is fine: it keeps its place.

    Raises:
        OnstageError: as `access_session`; `hand_not_raisable` for somebody on stage, or for a server.
    """
    async with ctx.database.begin() as tx:
        entry = await access_session(tx, caller, room, None)
        if entry.actor is None:
            raise OnstageError(ErrorCode.HAND_NOT_RAISABLE, "A server has no hand.", expected="a participant's token")
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


async def lower_all(ctx: Context, caller: Caller, room: str) -> list[str]:
    """Take down every hand (`hand.lower`), but for those of people who rank higher; whose, in the queue's order.

    Raises:
        OnstageError: as `access_session` with `hand.lower`.
    """
    async with ctx.database.begin() as tx:
        entry = await access_session(tx, caller, room, Permission.HAND_LOWER)
        lowered = [
            one
            for one in await participants.hands(tx, entry.session.id)
            if refusal(entry.actor, Permission.HAND_LOWER, one) is None
        ]
        for one in lowered:
            await put_down(ctx, tx, entry.room, one)
    return [one.id for one in lowered]


async def place_in_queue(ctx: Context, participant: Participant) -> int:
    """Where the participant's raised hand is in the queue: 1 is the next."""
    async with ctx.database.read() as tx:
        return await participant_lists.place_of_hand(tx, participant)


async def put_down(ctx: Context, tx: Tx, room: Room, participant: Participant) -> Participant:
    """The participant with the hand down; tells of it if it was up."""
    if participant.hand_raised_at is None:
        return participant
    lowered = replace(participant, hand_raised_at=None)
    await participants.save(tx, lowered)
    await emit(ctx, tx, room, HandLowered(participant=ParticipantView.of(lowered)))
    return lowered
