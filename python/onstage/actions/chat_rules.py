"""When somebody with the permission to chat may do so now."""

import math

from onstage.actions.context import Context
from onstage.errors import ErrorCode, OnstageError
from onstage.model.authority import refusal
from onstage.model.permission import Permission
from onstage.model.records import Participant, Room
from onstage.store import messages
from onstage.store.database import Tx


async def check_may_chat(ctx: Context, tx: Tx, room: Room, actor: Participant) -> None:
    """Nothing, if the room's settings and moderators let the participant chat now.

    Raises:
        OnstageError: `chat_muted`; `chat_disabled` and `slow_mode` for who doesn't moderate.
    """
    if actor.is_chat_muted:
        raise OnstageError(ErrorCode.CHAT_MUTED)
    if refusal(actor, Permission.MESSAGE_DELETE) is None:
        return
    if not room.settings.chat.enabled:
        raise OnstageError(ErrorCode.CHAT_DISABLED)
    if room.settings.chat.slow_mode_s:
        await _check_slow_mode(ctx, tx, actor, room.settings.chat.slow_mode_s)


async def _check_slow_mode(ctx: Context, tx: Tx, actor: Participant, slow_mode_s: int) -> None:
    """Asked of the store, so that it holds across servers, and when the mode is turned on after the last message."""
    last = await messages.last_sent_at(tx, actor.id)
    if last is None:
        return
    left_s = slow_mode_s - (ctx.clock.now() - last).total_seconds()
    if left_s > 0:
        expected = f"{slow_mode_s} s between two messages"
        raise OnstageError(ErrorCode.SLOW_MODE, expected=expected, retry_after_s=math.ceil(left_s))
