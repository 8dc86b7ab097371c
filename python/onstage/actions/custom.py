"""Events of the app's own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from onstage.actions.access import Caller, Entry, ParticipantCaller, access_session
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.recipients import find_present, require_roles
from onstage.events import EVERYONE, CustomSent, Recipients
from onstage.model.permission import Permission
from onstage.store.database import Tx


@dataclass(frozen=True, slots=True)
class CustomAudience:
    """Who it is for: all, unless roles or participants (ids or identities) are named."""

    roles: frozenset[str] = frozenset()
    participants: frozenset[str] = frozenset()


_ALL = CustomAudience()


@dataclass(frozen=True, slots=True)
class SentCustom:
    """When a custom event was sent, and as which of the room's events."""

    seq: int
    sent_at: datetime


async def send_custom(
    ctx: Context, caller: Caller, room: str, kind: str, data: Any, audience: CustomAudience = _ALL
) -> SentCustom:
    """Tell an event of the app's own to everybody in the room, or to some.

    Raises:
        OnstageError: as `access_session` with `custom.send`; `sending_too_fast`; `unknown_role`,
            `participant_not_found`.
    """
    if isinstance(caller, ParticipantCaller):
        ctx.paces.custom.check(caller.key, ctx.clock.monotonic())
    async with ctx.database.begin() as tx:
        entry = await access_session(tx, caller, room, Permission.CUSTOM_SEND)
        recipients = await _recipients(tx, entry, audience)
        sender = None if entry.actor is None else entry.actor.id
        seq = await emit(ctx, tx, entry.room, CustomSent(type=kind, data=data, sender_id=sender), recipients)
    return SentCustom(seq, ctx.clock.now())


async def _recipients(tx: Tx, entry: Entry, audience: CustomAudience) -> Recipients:
    if not audience.roles and not audience.participants:
        return EVERYONE
    await require_roles(tx, entry, audience.roles)
    ids = [await find_present(tx, entry, one) for one in sorted(audience.participants)]
    return Recipients(participant_ids=frozenset(ids), roles=audience.roles)
