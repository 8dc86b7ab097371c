"""Bringing people on stage, sending them back, giving them another role. They keep id, identity and connection."""

from dataclasses import dataclass
from datetime import timedelta

from onstage.actions.access import Caller, Entry, access_participant, require_gift
from onstage.actions.context import Context
from onstage.actions.invites import DEFAULT_EXPIRY, open_invite
from onstage.actions.role_change import change_role, require_place_for
from onstage.actions.roles import role_in, role_of, template_of
from onstage.errors import ErrorCode, OnstageError
from onstage.model.permission import Permission
from onstage.model.records import Invite, Participant, Promotion
from onstage.model.role import Level, MediaAllowed, Role
from onstage.model.template import Template
from onstage.store.database import Tx


@dataclass(frozen=True, slots=True)
class PromotionRequest:
    """What is asked of a change of role. `role` None: the template's for a promotion."""

    role: str | None = None
    permissions: frozenset[Permission] | None = None
    media_allowed: MediaAllowed = MediaAllowed.ALL
    join_audio_muted: bool = False
    join_video_muted: bool = False
    is_backstage: bool = False
    force: bool = False
    expires_in: timedelta = DEFAULT_EXPIRY

    def gift(self, role: Role) -> Promotion:
        """What it would give with that role."""
        return Promotion(
            role=role.name,
            permissions=self.permissions,
            media_allowed=self.media_allowed,
            join_audio_muted=self.join_audio_muted,
            join_video_muted=self.join_video_muted,
            is_backstage=self.is_backstage,
        )


async def promote(
    ctx: Context, caller: Caller, room: str, participant: str, asked: PromotionRequest
) -> Participant | Invite:
    """Bring somebody on stage: at once with `force`, else by an invite they answer (design §10.8).

    Raises:
        OnstageError: as `access_participant` with `participant.promote`; `unknown_role`, `role_not_on_stage`,
            `outranked`, `permission_denied`, `stage_full`, `room_full`.
    """
    async with ctx.database.begin() as tx:
        entry, found = await access_participant(tx, caller, room, participant, Permission.PARTICIPANT_PROMOTE)
        template = await template_of(tx, entry.room)
        role = role_in(template, asked.role or template.promote_role)
        if role.level is not Level.STAGE:
            raise OnstageError(ErrorCode.ROLE_NOT_ON_STAGE, f"The role {role.name!r} is of level `{role.level}`.")
        return await _give(ctx, tx, entry, found, role, asked)


async def set_role(
    ctx: Context, caller: Caller, room: str, participant: str, role: str, asked: PromotionRequest
) -> Participant | Invite:
    """Give anybody any role: at once with `force` or to oneself, else by an invite they answer.

    Raises:
        OnstageError: as `access_participant` with `participant.set_role`; `unknown_role`, `outranked`,
            `permission_denied`, `stage_full`, `room_full`.
    """
    async with ctx.database.begin() as tx:
        entry, found = await access_participant(tx, caller, room, participant, Permission.PARTICIPANT_SET_ROLE)
        return await _give(ctx, tx, entry, found, await role_of(tx, entry.room, role), asked)


async def _give(
    ctx: Context, tx: Tx, entry: Entry, found: Participant, role: Role, asked: PromotionRequest
) -> Participant | Invite:
    require_gift(entry.actor, role, asked.permissions)
    gift = asked.gift(role)
    if asked.force or entry.actor_id == found.id:
        return await change_role(ctx, tx, entry.room, entry.session, found, gift, by=entry.actor_id)
    await require_place_for(tx, entry.room, entry.session, found, role)
    return await open_invite(ctx, tx, entry, found, gift, asked.expires_in)


async def demote(ctx: Context, caller: Caller, room: str, participant: str, role: str | None) -> Participant:
    """Send somebody back to the seats: to `role`, else to the one they were promoted from.

    Everybody may send themselves back.

    Raises:
        OnstageError: as `access_participant` with `participant.demote`; `unknown_role`, `role_not_on_stage`,
            `outranked`.
    """
    async with ctx.database.begin() as tx:
        entry, found = await access_participant(tx, caller, room, participant, Permission.PARTICIPANT_DEMOTE)
        template = await template_of(tx, entry.room)
        seat = _seat_for(template, found) if role is None else role_in(template, role)
        if seat.level is Level.STAGE:
            raise OnstageError(ErrorCode.ROLE_NOT_ON_STAGE, f"The role {seat.name!r} is of level `stage`.")
        if role is not None:
            require_gift(entry.actor, seat)
        gift = Promotion(role=seat.name)
        return await change_role(ctx, tx, entry.room, entry.session, found, gift, by=entry.actor_id)


def _seat_for(template: Template, found: Participant) -> Role:
    """The role they came from, if the template still has it as a seat; else the template's."""
    before = template.role(found.role_before or "")
    if before is not None and before.level is not Level.STAGE:
        return before
    if template.demote_role is None:
        detail = f"The template {template.name!r} has no role in the seats."
        raise OnstageError(ErrorCode.UNKNOWN_ROLE, detail, expected="a template with a role below level `stage`")
    return role_in(template, template.demote_role)
