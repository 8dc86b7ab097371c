"""People coming and going. Who decides that somebody is gone is jobs/presence (design §10.5)."""

from dataclasses import replace

from onstage.actions.access import Caller, ServerCaller, access_participant, access_session
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.hands import put_down
from onstage.actions.invites import close, close_open_invites
from onstage.actions.places import require_place
from onstage.actions.roles import role_of
from onstage.actions.sessions import arrived, departed, open_session
from onstage.errors import ErrorCode, OnstageError
from onstage.events import (
    EVERYONE,
    ParticipantJoined,
    ParticipantLeft,
    ParticipantRemoved,
    Recipients,
)
from onstage.grants import ParticipantGrant, verify
from onstage.model.ids import ParticipantId, Prefix, new_id
from onstage.model.permission import Permission
from onstage.model.records import InviteStatus, Participant, Presence, Room, Session
from onstage.model.role import Level, Role
from onstage.model.views import ParticipantView
from onstage.store import invites, participants, rooms, sessions
from onstage.store.database import Tx


def audience_of(participant: Participant) -> Recipients:
    """Who hears of this participant: viewers' comings and goings are only their own business, and counted."""
    return EVERYONE if participant.level is not Level.VIEWER else Recipients.only(participant.id)


async def join(ctx: Context, token: str) -> tuple[Room, Participant]:
    """The holder of the token as a participant of the room's open session; opens one if there is none.

    The same identity again is the same participant, as it is now: within a session the store's role wins over
    the token's (design §10.6).

    Raises:
        OnstageError: `token_invalid`, `token_expired`, `room_not_found`, `room_locked`, `participant_removed`,
            `unknown_role`, `stage_full`.
    """
    grant = verify(token, ctx.keyring.current, now=ctx.clock.now())
    async with ctx.database.begin() as tx:
        room = await rooms.lock(tx, grant.project_id, grant.room_id)
        if room is None:
            raise OnstageError(ErrorCode.ROOM_NOT_FOUND)
        session = await sessions.open_of(tx, room.id)
        known = None if session is None else await participants.of_identity(tx, session.id, grant.identity)
        if known is not None and known.presence is Presence.REMOVED:
            raise OnstageError(ErrorCode.PARTICIPANT_REMOVED)
        if known is not None and known.presence is Presence.JOINED:
            participant = known
        else:
            if room.is_locked:
                raise OnstageError(ErrorCode.ROOM_LOCKED)
            session = session or await open_session(ctx, tx, room)
            participant = await _enter(ctx, tx, room, session, grant, known)
        tx.after_commit.append(lambda: ctx.after_change.participant_expected(participant))
    return room, participant


async def _enter(
    ctx: Context, tx: Tx, room: Room, session: Session, grant: ParticipantGrant, known: Participant | None
) -> Participant:
    """Write somebody as present, and tell of it."""
    role = await role_of(tx, room, grant.role if known is None else known.role)
    await require_place(tx, room, session, role, now_at=None)
    if known is None:
        participant = _newcomer(ctx, room, session, grant, role)
        await participants.add(tx, participant)
    else:
        participant = replace(known, presence=Presence.JOINED, joined_at=ctx.clock.now(), left_at=None, tracks=())
        await participants.save(tx, participant)
    await arrived(ctx, tx, room, participant)
    joined = ParticipantJoined(participant=ParticipantView.of(participant))
    await emit(ctx, tx, room, joined, audience_of(participant))
    tx.after_commit.append(lambda: ctx.after_change.counts_changed(room.id))
    return participant


def _newcomer(ctx: Context, room: Room, session: Session, grant: ParticipantGrant, role: Role) -> Participant:
    return Participant(
        id=ParticipantId(new_id(Prefix.PARTICIPANT)),
        project_id=room.project_id,
        room_id=room.id,
        session_id=session.id,
        identity=grant.identity,
        name=grant.name or grant.identity,
        role=role.name,
        level=role.level,
        role_before=None,
        permissions=role.permissions | frozenset(grant.permissions),
        extra_permissions=frozenset(grant.permissions),
        priority=role.priority,
        sources=role.sources,
        is_audio_muted_on_join=False,
        is_video_muted_on_join=False,
        metadata=grant.metadata,
        tracks=(),
        presence=Presence.JOINED,
        hand_raised_at=None,
        joined_at=ctx.clock.now(),
        left_at=None,
        role_seq=room.seq,  # what was said to the role before is not for them
    )


async def leave(ctx: Context, participant: Participant) -> None:
    """Write that they have left, if they are still there."""
    async with ctx.database.begin() as tx:
        room = await rooms.lock(tx, participant.project_id, participant.room_id)
        now = await participants.get(tx, participant.id)
        if room is not None and now is not None and now.presence is Presence.JOINED:
            await _depart(ctx, tx, room, now)


async def leave_room(ctx: Context, caller: Caller) -> Participant:
    """The caller goes, now.

    Raises:
        OnstageError: as `access_session`.
    """
    async with ctx.database.begin() as tx:
        assert not isinstance(caller, ServerCaller), "only a participant leaves"
        entry = await access_session(tx, caller, caller.room_id, None)
        assert entry.actor is not None, "a participant's entry names them"
        return await _depart(ctx, tx, entry.room, entry.actor)


async def _depart(ctx: Context, tx: Tx, room: Room, participant: Participant) -> Participant:
    gone = await _go(ctx, tx, room, participant, Presence.LEFT)
    await emit(ctx, tx, room, ParticipantLeft(participant=ParticipantView.of(gone)), audience_of(gone))
    await departed(ctx, tx, room, gone)
    return gone


async def remove(ctx: Context, caller: Caller, room: str, participant: str) -> Participant:
    """Put somebody out; the same identity can't come back into this session.

    Raises:
        OnstageError: as `access_participant`.
    """
    async with ctx.database.begin() as tx:
        entry, found = await access_participant(tx, caller, room, participant, Permission.PARTICIPANT_REMOVE)
        gone = await _go(ctx, tx, entry.room, found, Presence.REMOVED)
        by = None if entry.actor is None else entry.actor.id
        removed = ParticipantRemoved(participant=ParticipantView.of(gone), by=by)
        await emit(ctx, tx, entry.room, removed, audience_of(gone))
        await departed(ctx, tx, entry.room, gone)
    return gone


async def everybody_leaves(ctx: Context, tx: Tx, room: Room, session: Session) -> None:
    """Write everybody as left; the session's end tells them, so there is no event for each."""
    await participants.all_leave(tx, session.id, at=ctx.clock.now())
    for invite in await invites.open_in(tx, session.id):
        await close(ctx, tx, room, invite, InviteStatus.CANCELLED)


async def _go(ctx: Context, tx: Tx, room: Room, participant: Participant, presence: Presence) -> Participant:
    """Take down their hand and invites, and write them as gone."""
    participant = await put_down(ctx, tx, room, participant)
    await close_open_invites(ctx, tx, room, participant, InviteStatus.CANCELLED)
    gone = replace(participant, presence=presence, left_at=ctx.clock.now(), tracks=())
    await participants.save(tx, gone)
    tx.after_commit.append(lambda: ctx.after_change.participant_gone(gone))
    tx.after_commit.append(lambda: ctx.after_change.counts_changed(room.id))
    return gone
