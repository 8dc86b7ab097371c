"""Putting people out for good; their right to chat; and what is known of them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter, ValidationError

from onstage.actions.access import Caller, access_participant, access_room, require
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.marking import mark_promotion
from onstage.actions.playback import stop_playing
from onstage.actions.presence import put_out
from onstage.actions.recipients import who_sees
from onstage.errors import ErrorCode, FieldProblem, OnstageError
from onstage.events import NOBODY, ParticipantBanned, ParticipantUpdated
from onstage.model.merge_patch import merged
from onstage.model.permission import Permission
from onstage.model.records import Ban, Participant, Presence, Room
from onstage.model.texts import Attributes
from onstage.model.views import BanView, ParticipantView
from onstage.model.wording import said
from onstage.store import bans, participants, sessions
from onstage.store.database import Tx

_ATTRIBUTES: TypeAdapter[dict[str, str]] = TypeAdapter(Attributes)


@dataclass(frozen=True, slots=True)
class ParticipantChange:
    """What is to change; None leaves it. `attributes` is a merge patch (RFC 7396)."""

    name: str | None = None
    metadata: dict[str, Any] | None = None
    attributes: Mapping[str, str | None] | None = None


@dataclass(frozen=True, slots=True)
class BanRequest:
    """What a ban says. `expires_in` None: until it is taken back."""

    reason: str | None = None
    expires_in: timedelta | None = None


async def update_participant(
    ctx: Context, caller: Caller, room: str, participant: str, change: ParticipantChange
) -> Participant:
    """Somebody with another name, metadata or attributes.

    Raises:
        OnstageError: as `access_participant` with `participant.update`; `malformed` when the attributes grow too many.
    """
    async with ctx.database.begin() as tx:
        entry, found = await access_participant(tx, caller, room, participant, Permission.PARTICIPANT_UPDATE)
        changed = replace(
            found,
            name=found.name if change.name is None else change.name,
            metadata=found.metadata if change.metadata is None else change.metadata,
            attributes=_patched(found.attributes, change.attributes),
        )
        return await _update(ctx, tx, entry.room, found, changed)


def _patched(attributes: dict[str, str], patch: Mapping[str, str | None] | None) -> dict[str, str]:
    try:
        return _ATTRIBUTES.validate_python(merged(attributes, patch or {}))
    except ValidationError as cause:
        problem = FieldProblem("attributes", said(cause.errors()[0]))
        raise OnstageError(ErrorCode.MALFORMED, errors=[problem]) from cause


async def mute_chat(ctx: Context, caller: Caller, room: str, participant: str, *, is_muted: bool) -> Participant:
    """Take somebody's right to chat, or give it back. What they wrote stays.

    Raises:
        OnstageError: as `access_participant` with `participant.mute_chat`.
    """
    async with ctx.database.begin() as tx:
        entry, found = await access_participant(tx, caller, room, participant, Permission.PARTICIPANT_MUTE_CHAT)
        return await _update(ctx, tx, entry.room, found, replace(found, is_chat_muted=is_muted))


async def set_backstage(
    ctx: Context, caller: Caller, room: str, participant: str, *, is_backstage: bool
) -> Participant:
    """Leave somebody on stage out of the show, or call them into it. People on stage hear and see them all the same.

    Raises:
        OnstageError: as `access_participant` with `participant.set_backstage`; `participant_not_on_stage`.
    """
    async with ctx.database.begin() as tx:
        entry, found = await access_participant(tx, caller, room, participant, Permission.PARTICIPANT_SET_BACKSTAGE)
        return await _update(ctx, tx, entry.room, found, replace(found, is_backstage=is_backstage))


async def _update(ctx: Context, tx: Tx, room: Room, before: Participant, after: Participant) -> Participant:
    if after == before:
        return before
    await participants.save(tx, after)
    updated = ParticipantUpdated(participant=ParticipantView.of(after))
    await emit(ctx, tx, room, updated, who_sees(after, before=before))
    await mark_promotion(ctx, tx, before, after)
    is_steered = (after.name, after.is_backstage) != (before.name, before.is_backstage)
    if is_steered and after.level.uses_engine:  # the engine tells it to other clients
        tx.after_commit.append(lambda: ctx.after_change.participant_changed(after))
    return after


async def ban(
    ctx: Context, caller: Caller, room: str, participant: str, asked: BanRequest
) -> tuple[Ban, Participant | None]:
    """Put somebody out, and keep their identity out of the room from now on.

    Raises:
        OnstageError: as `access_participant` with `participant.ban`.
    """
    async with ctx.database.begin() as tx:
        entry, found = await access_participant(tx, caller, room, participant, Permission.PARTICIPANT_BAN)
        return await _ban(ctx, tx, entry.room, found.identity, found, asked, by=entry.actor_id)


async def ban_identity(
    ctx: Context, caller: Caller, room: str, identity: str, asked: BanRequest
) -> tuple[Ban, Participant | None]:
    """Keep an identity out of the room, whether it is there or not; who is there under it is put out.

    Raises:
        OnstageError: as `access_room` with `participant.ban`; `outranked` by who is, or was, there under it.
    """
    async with ctx.database.begin() as tx:
        found, actor = await access_room(tx, caller, room, Permission.PARTICIPANT_BAN)
        session = await sessions.open_of(tx, found.id)
        known = None if session is None else await participants.of_identity(tx, session.id, identity)
        require(actor, Permission.PARTICIPANT_BAN, known)
        return await _ban(ctx, tx, found, identity, known, asked, by=None if actor is None else actor.id)


async def _ban(
    ctx: Context, tx: Tx, room: Room, identity: str, known: Participant | None, asked: BanRequest, *, by: str | None
) -> tuple[Ban, Participant | None]:
    now = ctx.clock.now()
    written = Ban(
        project_id=room.project_id,
        room_id=room.id,
        identity=identity,
        reason=asked.reason,
        banned_by=by,
        created_at=now,
        expires_at=None if asked.expires_in is None else now + asked.expires_in,
    )
    await bans.put(tx, written)
    await emit(ctx, tx, room, ParticipantBanned(ban=BanView.of(written)), NOBODY)
    if known is None or known.presence is not Presence.JOINED:
        await stop_playing(ctx, tx, room, identity)  # they may play what they had the URL of
        return written, None
    return written, await put_out(ctx, tx, room, known, by=by, reason=asked.reason)
