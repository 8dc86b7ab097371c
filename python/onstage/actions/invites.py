"""Invites: a change of role that waits for the participant's yes (design §10.8)."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from onstage.actions.access import Caller, Entry, access_session, require
from onstage.actions.context import Context
from onstage.actions.due import do_due
from onstage.actions.emit import emit
from onstage.actions.roles import template_of
from onstage.errors import ErrorCode, OnstageError
from onstage.events import (
    InviteAccepted,
    InviteCancelled,
    InviteCreated,
    InviteDeclined,
    InviteEvent,
    InviteExpired,
    Recipients,
)
from onstage.model.authority import refusal, refusal_of_gift
from onstage.model.ids import InviteId, Prefix, new_id
from onstage.model.permission import Permission
from onstage.model.records import Invite, InviteStatus, Participant, Promotion, Room
from onstage.model.role import Level, Role
from onstage.model.views import InviteView
from onstage.store import invites, participants
from onstage.store.database import Tx

DEFAULT_EXPIRY = timedelta(seconds=60)

_OUTCOMES: dict[InviteStatus, type[InviteEvent]] = {
    InviteStatus.ACCEPTED: InviteAccepted,
    InviteStatus.DECLINED: InviteDeclined,
    InviteStatus.CANCELLED: InviteCancelled,
    InviteStatus.EXPIRED: InviteExpired,
}


async def open_invite(
    ctx: Context, tx: Tx, entry: Entry, found: Participant, promotion: Promotion, expires_in: timedelta
) -> Invite:
    """A new invite, in place of any that was open for the participant."""
    await close_open_invites(ctx, tx, entry.room, found, InviteStatus.CANCELLED)
    now = ctx.clock.now()
    invite = Invite(
        id=InviteId(new_id(Prefix.INVITE)),
        room_id=entry.room.id,
        session_id=entry.session.id,
        participant_id=found.id,
        invited_by=None if entry.actor is None else entry.actor.id,
        promotion=promotion,
        status=InviteStatus.OPEN,
        created_at=now,
        expires_at=now + expires_in,
    )
    await invites.add(tx, invite)
    await emit(ctx, tx, entry.room, InviteCreated(invite=InviteView.of(invite)), _concerned(invite))
    return invite


def _concerned(invite: Invite) -> Recipients:
    return Recipients.only(invite.participant_id, invite.invited_by)


async def access_own_invite(ctx: Context, tx: Tx, caller: Caller, room: str, invite_id: str) -> tuple[Entry, Invite]:
    """The caller's own open invite. Nobody answers for another, not even a server.

    Raises:
        OnstageError: as `access_session`; `invite_not_found`, `invite_closed`.
    """
    entry = await access_session(tx, caller, room, None)
    invite = await invites.get(tx, entry.session.id, invite_id)
    if invite is None or entry.actor is None or invite.participant_id != entry.actor.id:
        raise OnstageError(ErrorCode.INVITE_NOT_FOUND, expected="the caller's own: nobody answers for another")
    _require_open(ctx, invite)
    return entry, invite


def _require_open(ctx: Context, invite: Invite) -> None:
    if invite.status is not InviteStatus.OPEN:
        raise OnstageError(ErrorCode.INVITE_CLOSED, f"The invite is {invite.status}.")
    if invite.expires_at <= ctx.clock.now():
        raise OnstageError(ErrorCode.INVITE_CLOSED, "The invite has expired.")


async def decline(ctx: Context, caller: Caller, room: str, invite_id: str) -> Invite:
    """The invited says no.

    Raises:
        OnstageError: as `access_own_invite`.
    """
    async with ctx.database.begin() as tx:
        entry, invite = await access_own_invite(ctx, tx, caller, room, invite_id)
        return await close(ctx, tx, entry.room, invite, InviteStatus.DECLINED)


async def cancel(ctx: Context, caller: Caller, room: str, invite_id: str) -> Invite:
    """Whoever invited, or somebody with `invite.cancel`, takes it back.

    Raises:
        OnstageError: as `access_session`; `invite_not_found`, `invite_closed`.
    """
    async with ctx.database.begin() as tx:
        entry = await access_session(tx, caller, room, None)
        invite = await invites.get(tx, entry.session.id, invite_id)
        if invite is None:
            raise OnstageError(ErrorCode.INVITE_NOT_FOUND)
        inviter = None if invite.invited_by is None else await participants.get(tx, invite.invited_by)
        require(entry.actor, Permission.INVITE_CANCEL, inviter)
        _require_open(ctx, invite)
        return await close(ctx, tx, entry.room, invite, InviteStatus.CANCELLED)


async def expire_due(ctx: Context) -> int:
    """Close the invites whose time is over; how many. Of several servers that look, one closes each."""
    async with ctx.database.read() as tx:
        due = await invites.due(tx, ctx.clock.now())
    return await do_due(ctx, "expire invites", ((one.room_id, one) for one in due), partial(_expire, ctx))


async def _expire(ctx: Context, tx: Tx, room: Room, found: Invite) -> bool:
    invite = await invites.get(tx, found.session_id, found.id)
    is_open = invite is not None and invite.status is InviteStatus.OPEN
    if is_open:
        await close(ctx, tx, room, found, InviteStatus.EXPIRED)
    return is_open


async def close_open_invites(ctx: Context, tx: Tx, room: Room, participant: Participant, status: InviteStatus) -> None:
    """Close every open invite for the participant."""
    for invite in await invites.open_for(tx, participant.id):
        await close(ctx, tx, room, invite, status)


async def cancel_all_of(ctx: Context, tx: Tx, room: Room, gone: Participant) -> None:
    """Cancel every open invite for or by somebody who goes: nobody answers for them, and they answer for nobody."""
    for invite in await invites.open_of(tx, gone.id):
        await close(ctx, tx, room, invite, InviteStatus.CANCELLED)


async def cancel_beyond(ctx: Context, tx: Tx, room: Room, inviter: Participant) -> None:
    """Cancel the open invites by somebody that they could not make any more, as they are now."""
    by_them = [one for one in await invites.open_of(tx, inviter.id) if one.invited_by == inviter.id]
    if not by_them:
        return
    template = await template_of(tx, room)
    for invite in by_them:
        invited = await participants.get(tx, invite.participant_id)
        role = template.role(invite.promotion.role)
        if role is not None and not _could_make(inviter, invited, role, invite.promotion):
            await close(ctx, tx, room, invite, InviteStatus.CANCELLED)


def _could_make(inviter: Participant, invited: Participant | None, role: Role, promotion: Promotion) -> bool:
    """Whether they may give the role to that person, by promoting them or else by setting their role."""
    ways = [Permission.PARTICIPANT_PROMOTE] if role.level is Level.STAGE else []
    may_do_it = any(refusal(inviter, way, invited) is None for way in (*ways, Permission.PARTICIPANT_SET_ROLE))
    return may_do_it and refusal_of_gift(inviter, role, promotion.permissions) is None


async def close(ctx: Context, tx: Tx, room: Room, invite: Invite, status: InviteStatus) -> Invite:
    """Write the outcome and tell the two it concerns."""
    await invites.set_status(tx, invite, status)
    closed = replace(invite, status=status)
    await emit(ctx, tx, room, _OUTCOMES[status](invite=InviteView.of(closed)), _concerned(closed))
    return closed
