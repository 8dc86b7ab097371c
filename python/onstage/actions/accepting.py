"""Saying yes to an invite: where invites and changes of role meet."""

from onstage.actions.access import Caller
from onstage.actions.context import Context
from onstage.actions.invites import access_own_invite, close
from onstage.actions.role_change import change_role
from onstage.model.records import Invite, InviteStatus, Participant


async def accept(ctx: Context, caller: Caller, room: str, invite_id: str) -> tuple[Invite, Participant]:
    """The invited says yes, and has the role.

    Raises:
        OnstageError: as `access_own_invite`; `stage_full` when the place has gone meanwhile: the invite stays open.
    """
    async with ctx.database.begin() as tx:
        entry, invite = await access_own_invite(ctx, tx, caller, room, invite_id)
        assert entry.actor is not None, "only the invited answers"
        accepted = await close(ctx, tx, entry.room, invite, InviteStatus.ACCEPTED)
        changed = await change_role(
            ctx, tx, entry.room, entry.session, entry.actor, invite.promotion, by=invite.invited_by
        )
    return accepted, changed
