"""Bringing people on stage and sending them back. They keep id, identity and connection."""

from dataclasses import dataclass, replace
from datetime import timedelta

from onstage.actions.access import Caller, Entry, access_participant, require_own
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.hands import put_down
from onstage.actions.invites import DEFAULT_EXPIRY, close_open_invites, open_invite
from onstage.actions.presence import require_place
from onstage.actions.roles import role_in, role_of, template_of
from onstage.errors import ErrorCode, OnstageError
from onstage.events import ParticipantDemoted, ParticipantPromoted
from onstage.model.permission import Permission
from onstage.model.records import Invite, InviteStatus, Participant, Promotion, Room, Session
from onstage.model.role import Level, MediaAllowed, Role, Template, allowed_sources
from onstage.model.views import ParticipantView
from onstage.store import participants
from onstage.store.database import Tx


@dataclass(frozen=True, slots=True)
class PromotionRequest:
    """What is asked of a promotion. `role` None: the template's."""

    role: str | None = None
    permissions: frozenset[Permission] | None = None
    media_allowed: MediaAllowed = MediaAllowed.ALL
    join_audio_muted: bool = False
    join_video_muted: bool = False
    force: bool = False
    expires_in: timedelta = DEFAULT_EXPIRY

    def promotion(self, template: Template) -> Promotion:
        """What it would give in a room of that template."""
        return Promotion(
            role=self.role or template.promote_role,
            permissions=self.permissions,
            media_allowed=self.media_allowed,
            join_audio_muted=self.join_audio_muted,
            join_video_muted=self.join_video_muted,
        )


async def promote(
    ctx: Context, caller: Caller, room: str, participant: str, asked: PromotionRequest
) -> Participant | Invite:
    """Bring somebody on stage: at once with `force`, else by an invite they answer (design §10.8).

    Raises:
        OnstageError: as `access_participant` with `participant.promote`; `already_on_stage`, `unknown_role`,
            `role_not_on_stage`, `stage_full`.
    """
    async with ctx.database.begin() as tx:
        entry, found = await access_participant(tx, caller, room, participant, Permission.PARTICIPANT_PROMOTE)
        template = await template_of(tx, entry.room)
        promotion = asked.promotion(template)
        role = _require_promotable(template, found, promotion)
        require_own(entry.actor, role.permissions if promotion.permissions is None else promotion.permissions)
        if asked.force:
            return await put_on_stage(ctx, tx, entry.room, entry.session, found, promotion, by=_id_of(entry))
        await require_place(tx, entry.session, role)
        return await open_invite(ctx, tx, entry, found, promotion, asked.expires_in)


def _id_of(entry: Entry) -> str | None:
    return None if entry.actor is None else entry.actor.id


def _require_promotable(template: Template, found: Participant, promotion: Promotion) -> Role:
    if found.is_on_stage:
        raise OnstageError(ErrorCode.ALREADY_ON_STAGE)
    role = role_in(template, promotion.role)
    if role.level is not Level.STAGE:
        raise OnstageError(ErrorCode.ROLE_NOT_ON_STAGE, f"The role {role.name!r} is of level `{role.level}`.")
    return role


async def put_on_stage(
    ctx: Context, tx: Tx, room: Room, session: Session, found: Participant, promotion: Promotion, *, by: str | None
) -> Participant:
    """Write the promotion and tell of it. That it is allowed is checked here only as far as there must be a place.

    Raises:
        OnstageError: `stage_full`: for an invite, the place may have gone since.
    """
    role = await role_of(tx, room, promotion.role)
    await require_place(tx, session, role)
    found = await put_down(ctx, tx, room, found)
    await close_open_invites(ctx, tx, room, found, InviteStatus.CANCELLED)
    promoted = replace(
        found,
        role=role.name,
        level=role.level,
        role_before=found.role,
        permissions=(role.permissions if promotion.permissions is None else promotion.permissions)
        | found.extra_permissions,
        priority=role.priority,
        sources=allowed_sources(role.sources, promotion.media_allowed),
        is_audio_muted_on_join=promotion.join_audio_muted,
        is_video_muted_on_join=promotion.join_video_muted,
    )
    told = ParticipantPromoted(participant=ParticipantView.of(promoted), by=by, from_role=found.role)
    promoted = replace(promoted, role_seq=await emit(ctx, tx, room, told))
    await participants.save(tx, promoted)
    _steer(ctx, tx, promoted)
    return promoted


async def demote(ctx: Context, caller: Caller, room: str, participant: str, role: str | None) -> Participant:
    """Send somebody back to the seats: to `role`, else to the one they were promoted from.

    Everybody may send themselves back.

    Raises:
        OnstageError: as `access_participant` with `participant.demote`; `not_promoted`, `unknown_role`,
            `role_not_on_stage`.
    """
    async with ctx.database.begin() as tx:
        entry, found = await access_participant(tx, caller, room, participant, None)
        if entry.actor is not None and entry.actor.id != found.id:
            entry, found = await access_participant(tx, caller, room, participant, Permission.PARTICIPANT_DEMOTE)
        if not found.is_on_stage:
            raise OnstageError(ErrorCode.NOT_PROMOTED)
        template = await template_of(tx, entry.room)
        new = role_in(template, role or found.role_before or template.demote_role)
        if new.level is Level.STAGE:
            raise OnstageError(ErrorCode.ROLE_NOT_ON_STAGE, f"The role {new.name!r} is of level `stage`.")
        return await _put_in_seats(ctx, tx, entry, found, new)


async def _put_in_seats(ctx: Context, tx: Tx, entry: Entry, found: Participant, role: Role) -> Participant:
    demoted = replace(
        found,
        role=role.name,
        level=role.level,
        role_before=None,
        permissions=role.permissions | found.extra_permissions,
        priority=role.priority,
        sources=role.sources,
        tracks=(),
    )
    told = ParticipantDemoted(participant=ParticipantView.of(demoted), by=_id_of(entry), from_role=found.role)
    demoted = replace(demoted, role_seq=await emit(ctx, tx, entry.room, told))
    await participants.save(tx, demoted)
    _steer(ctx, tx, demoted)
    return demoted


def _steer(ctx: Context, tx: Tx, participant: Participant) -> None:
    tx.after_commit.append(lambda: ctx.after_change.counts_changed(participant.room_id))
    tx.after_commit.append(lambda: ctx.after_change.participant_changed(participant))
