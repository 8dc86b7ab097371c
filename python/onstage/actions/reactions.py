"""Reactions: counted, and told once a second; none of them is stored or told alone."""

from onstage.actions.access import Caller, ParticipantCaller, access_session
from onstage.actions.context import Context
from onstage.actions.emit import emit_ephemeral
from onstage.actions.reaction_tally import MOST_KINDS
from onstage.errors import ErrorCode, OnstageError
from onstage.events import ReactionCounted
from onstage.model.permission import Permission


async def send_reaction(ctx: Context, caller: Caller, room: str, reaction: str) -> None:
    """Show a reaction to everybody in the room, within a second.

    Raises:
        OnstageError: as `access_session` with `reaction.send`; `sending_too_fast` for one person beyond their pace,
            and for a room that has too many different ones at once.
    """
    if isinstance(caller, ParticipantCaller):
        ctx.paces.reactions.check(caller.key, ctx.clock.monotonic())
    async with ctx.database.read() as tx:
        entry = await access_session(tx, caller, room, Permission.REACTION_SEND)
    if not ctx.reactions.add(entry.room.id, reaction):
        expected = f"at most {MOST_KINDS} different reactions a second in one room"
        raise OnstageError(ErrorCode.SENDING_TOO_FAST, expected=expected, retry_after_s=1)


async def tell_reactions(ctx: Context) -> None:
    """Tell each room what was counted since the last time."""
    for room_id, counts in ctx.reactions.take().items():
        await emit_ephemeral(ctx, room_id, ReactionCounted(counts=counts))
