"""Bans: identities that may not come into a room, whoever was or was not there under them."""

from dataclasses import replace
from functools import partial

from onstage.actions.access import Caller, access_room
from onstage.actions.context import Context
from onstage.actions.due import do_due
from onstage.actions.emit import emit
from onstage.clock import rfc3339
from onstage.errors import ErrorCode, OnstageError
from onstage.events import NOBODY, ParticipantUnbanned
from onstage.model.permission import Permission
from onstage.model.records import Ban, Presence, Room
from onstage.model.views import BanView
from onstage.store import bans, participants, sessions
from onstage.store.database import Tx

_AT_ONE_LOOK = 1_000


async def require_not_banned(ctx: Context, tx: Tx, room: Room, identity: str) -> None:
    """Nothing, if the identity may come in.

    Raises:
        OnstageError: `participant_banned`.
    """
    ban = await bans.get(tx, room.id, identity, now=ctx.clock.now())
    if ban is not None:
        until = "until it is taken back" if ban.expires_at is None else f"until {rfc3339(ban.expires_at)}"
        raise OnstageError(ErrorCode.PARTICIPANT_BANNED, f"The identity {identity!r} is banned {until}.")


async def read_bans(ctx: Context, caller: Caller, room: str, *, after: str | None, limit: int) -> list[Ban]:
    """A page of the room's bans, by identity.

    Raises:
        OnstageError: as `access_room` with `participant.ban`.
    """
    async with ctx.database.read() as tx:
        found, _ = await access_room(tx, caller, room, Permission.PARTICIPANT_BAN)
        return await bans.page(tx, found.id, now=ctx.clock.now(), after=after, limit=limit)


async def unban(ctx: Context, caller: Caller, room: str, identity: str) -> Ban | None:
    """Let the identity in again: its ban is taken back, and so is its removal from the session that is open.

    The ban that was; None when there was only a removal.

    Raises:
        OnstageError: as `access_room` with `participant.ban`; `ban_not_found` when there was neither.
    """
    async with ctx.database.begin() as tx:
        found, _ = await access_room(tx, caller, room, Permission.PARTICIPANT_BAN)
        ban = await bans.get(tx, found.id, identity, now=ctx.clock.now())
        was_removed = await _readmit(tx, found, identity)
        if ban is None and not was_removed:
            raise OnstageError(ErrorCode.BAN_NOT_FOUND, f"The identity {identity!r} may come in.")
        await bans.remove(tx, found.id, identity)
        await _tell(ctx, tx, found, identity, ban)
    return ban


async def _readmit(tx: Tx, room: Room, identity: str) -> bool:
    session = await sessions.open_of(tx, room.id)
    known = None if session is None else await participants.of_identity(tx, session.id, identity)
    if known is None or known.presence is not Presence.REMOVED:
        return False
    await participants.save(tx, replace(known, presence=Presence.LEFT))
    return True


async def expire_bans(ctx: Context) -> int:
    """Delete the bans whose time is over, and tell of each; how many. They hold no more since that very moment."""
    async with ctx.database.read() as tx:
        due = await bans.due(tx, ctx.clock.now(), limit=_AT_ONE_LOOK)
    return await do_due(ctx, "expire bans", ((one.room_id, one) for one in due), partial(_expire, ctx))


async def _expire(ctx: Context, tx: Tx, room: Room, ban: Ban) -> bool:
    is_removed = await bans.try_remove(tx, ban)
    if is_removed:
        await _tell(ctx, tx, room, ban.identity, ban)
    return is_removed


async def _tell(ctx: Context, tx: Tx, room: Room, identity: str, ban: Ban | None) -> None:
    told = ParticipantUnbanned(identity=identity, ban=None if ban is None else BanView.of(ban))
    await emit(ctx, tx, room, told, NOBODY)
