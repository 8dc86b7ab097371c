"""The one way to another role: up, down, or on the same side; by force, by an invite, or by oneself."""

from dataclasses import replace

from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.hands import put_down
from onstage.actions.invites import cancel_beyond, close_open_invites
from onstage.actions.marking import mark_promotion
from onstage.actions.places import require_place
from onstage.actions.recipients import who_sees
from onstage.actions.roles import role_of
from onstage.actions.sessions import level_changed
from onstage.events import ParticipantDemoted, ParticipantPromoted, ParticipantRoleChanged
from onstage.model.permission import Permission
from onstage.model.records import InviteStatus, Participant, Promotion, Room, Session
from onstage.model.role import Level, Role, allowed_sources
from onstage.model.views import ParticipantView
from onstage.store import participants
from onstage.store.database import Tx


async def change_role(
    ctx: Context, tx: Tx, room: Room, session: Session, found: Participant, gift: Promotion, *, by: str | None
) -> Participant:
    """Write the new role and tell of it. That it is allowed is checked here only as far as there must be a place.

    Nothing happens when everything is so already.

    Raises:
        OnstageError: `unknown_role`, `stage_full`, `room_full`: for an invite, role or place may have gone since.
    """
    role = await role_of(tx, room, gift.role)
    wanted = _with_role(found, role, gift)
    if wanted == found:
        return found
    await require_place_for(tx, room, session, found, role)
    if wanted.is_on_stage or Permission.HAND_RAISE not in wanted.permissions:
        found = await put_down(ctx, tx, room, found)
    await close_open_invites(ctx, tx, room, found, InviteStatus.CANCELLED)
    changed = _with_role(found, role, gift)
    await cancel_beyond(ctx, tx, room, changed)
    seq = await _tell(ctx, tx, room, found, changed, by=by)
    if changed.role != found.role:
        changed = replace(changed, role_seq=seq)
    await participants.save(tx, changed)
    await mark_promotion(ctx, tx, found, changed)
    await level_changed(ctx, tx, room, session, found, changed)
    tx.after_commit.append(lambda: ctx.after_change.counts_changed(room.id))
    if found.level.uses_engine or changed.level.uses_engine:
        tx.after_commit.append(lambda: ctx.after_change.participant_changed(changed))
    return changed


async def require_place_for(tx: Tx, room: Room, session: Session, found: Participant, role: Role) -> None:
    """Nothing, if the role has a place for somebody who is here. From the stage to the seats there always is one.

    Raises:
        OnstageError: `stage_full`, `room_full`.
    """
    is_sent_back = found.is_on_stage and role.level is not Level.STAGE
    if role.name != found.role and not is_sent_back:
        await require_place(tx, room, session, role, now_at=found.level)


def _with_role(found: Participant, role: Role, gift: Promotion) -> Participant:
    """The participant in that role. What the token gave on top stays; tracks of other sources end."""
    permissions = role.permissions if gift.permissions is None else gift.permissions
    sources = allowed_sources(role.sources, gift.media_allowed)
    return replace(
        found,
        role=role.name,
        level=role.level,
        role_before=_role_before(found, role),
        permissions=permissions | found.extra_permissions,
        priority=role.priority,
        sources=sources,
        subscribe_to=role.subscribe_to,
        is_audio_muted_on_join=gift.join_audio_muted,
        is_video_muted_on_join=gift.join_video_muted,
        is_backstage=_is_backstage(found, role, gift),
        tracks=tuple(track for track in found.tracks if track.source in sources),
    )


def _is_backstage(found: Participant, role: Role, gift: Promotion) -> bool:
    """Whoever waits there still does in another role on stage."""
    return role.level is Level.STAGE and (gift.is_backstage or found.is_backstage)


def _role_before(found: Participant, role: Role) -> str | None:
    """Where a demotion goes back to: the last role in the seats."""
    if role.level is not Level.STAGE:
        return None
    return found.role_before if found.is_on_stage else found.role


async def _tell(ctx: Context, tx: Tx, room: Room, before: Participant, after: Participant, *, by: str | None) -> int:
    told = _kind(before, after)(participant=ParticipantView.of(after), by=by, from_role=before.role)
    return await emit(ctx, tx, room, told, who_sees(after, before=before))


def _kind(
    before: Participant, after: Participant
) -> type[ParticipantPromoted] | type[ParticipantDemoted] | type[ParticipantRoleChanged]:
    if before.is_on_stage == after.is_on_stage:
        return ParticipantRoleChanged
    return ParticipantPromoted if after.is_on_stage else ParticipantDemoted
