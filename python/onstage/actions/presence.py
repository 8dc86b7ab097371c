"""People coming and going. Who decides that somebody is gone is jobs/presence (design §10.5)."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from onstage.actions.access import Caller, ServerCaller, access_participant, access_session, require_speaker
from onstage.actions.admission import require_open, require_sole
from onstage.actions.authentication import proven_grant, require_standing
from onstage.actions.bans import require_not_banned
from onstage.actions.codes import use_code
from onstage.actions.context import Context
from onstage.actions.due import do_due
from onstage.actions.emit import emit
from onstage.actions.hands import put_down
from onstage.actions.invites import cancel_all_of, close
from onstage.actions.making import NewRoom, make_room
from onstage.actions.places import require_place
from onstage.actions.playback import stop_playing
from onstage.actions.recipients import who_sees
from onstage.actions.roles import role_of
from onstage.actions.sessions import arrived, departed, open_session
from onstage.errors import ErrorCode, OnstageError
from onstage.events import LeaveReason, ParticipantJoined, ParticipantLeft, ParticipantRemoved
from onstage.grants import AutoCreate, ParticipantGrant
from onstage.model.ids import ParticipantId, Prefix, ProjectId, new_id
from onstage.model.permission import Permission
from onstage.model.records import InviteStatus, Participant, Presence, Room, Session
from onstage.model.role import Role, allowed_sources
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from onstage.model.views import ParticipantView
from onstage.store import connections, invites, participants, rooms, sessions
from onstage.store.database import Tx


async def join(
    ctx: Context, token: str, *, connection_id: str | None = None, origin: str | None = None
) -> tuple[Room, Participant]:
    """The holder of the token as a participant of the room's open session; opens one if there is none.

    The same identity again is the same participant, as it is now: within a session the store's role wins over
    the token's (design §10.6). `connection_id` is the gateway connection that they hold, if any; `origin` that of
    the page that joins, if it is not one of ours.

    Raises:
        OnstageError: `room_not_found`, `participant_banned`, `participant_removed`, `unknown_role`,
            `join_too_early`, `join_too_late`; as `proven_grant`, `require_open`, `require_sole`, `require_place` and
            `use_code`.
    """
    async with ctx.database.read() as tx:
        grant, _ = await proven_grant(ctx, tx, token, origin)
    async with ctx.database.begin() as tx:
        room = await _room_of(ctx, tx, grant)
        await require_standing(ctx, tx, grant, room.id)  # again: it may have been revoked meanwhile
        await require_not_banned(ctx, tx, room, grant.identity)
        session = await sessions.open_of(tx, room.id)
        known = None if session is None else await participants.of_identity(tx, session.id, grant.identity)
        if known is not None and known.presence is Presence.REMOVED:
            raise OnstageError(ErrorCode.PARTICIPANT_REMOVED)
        if known is not None:
            await require_speaker(tx, grant, known)
        if known is not None and known.presence is Presence.JOINED:
            await require_sole(tx, room, known, connection_id)
            participant = await with_token(ctx, tx, known, grant)
        else:
            grant.require_open(ctx.clock.now())
            require_open(ctx, room)
            session = session or await open_session(ctx, tx, room)
            participant = await _enter(ctx, tx, room, session, grant, known)
        leaves_at = ctx.clock.now() + timedelta(seconds=ctx.presence_grace_s)
        await connections.weigh(tx, [participant.id], leaves_at=leaves_at)
    return room, participant


async def _room_of(ctx: Context, tx: Tx, grant: ParticipantGrant) -> Room:
    """The token's room; made now if it is not there and the token says so. Of two who come at once, one makes it."""
    room = await rooms.lock(tx, grant.project_id, grant.room)
    if room is None and grant.auto_create is not None:
        await make_room(ctx, tx, ProjectId(grant.project_id), _planned(grant, grant.auto_create))
        room = await rooms.lock(tx, grant.project_id, grant.room)
    if room is None:
        raise OnstageError(ErrorCode.ROOM_NOT_FOUND)
    return room


def _planned(grant: ParticipantGrant, plan: AutoCreate) -> NewRoom:
    return NewRoom(
        name=grant.room,
        title=plan.title or grant.room,
        template=plan.template or INTERACTIVE_LIVE_STREAM.name,
        settings=plan.settings.model_dump(mode="json", exclude_unset=True),
    )


async def _enter(
    ctx: Context, tx: Tx, room: Room, session: Session, grant: ParticipantGrant, known: Participant | None
) -> Participant:
    """Write somebody as present, and tell of it."""
    role = await role_of(tx, room, grant.role if known is None else known.role)
    await require_place(tx, room, session, role, now_at=None)
    if known is None:
        grant.bounds.require(role=role.name, own=role.permissions, besides=grant.permissions)
        await use_code(ctx, tx, grant)
        participant = _newcomer(ctx, room, session, grant, role)
        await participants.add(tx, participant)
    else:
        known = await with_token(ctx, tx, known, grant)
        participant = replace(known, presence=Presence.JOINED, joined_at=ctx.clock.now(), left_at=None, tracks=())
        await participants.save(tx, participant)
    await arrived(ctx, tx, room, session, participant)
    joined = ParticipantJoined(participant=ParticipantView.of(participant))
    await emit(ctx, tx, room, joined, who_sees(participant))
    tx.after_commit.append(lambda: ctx.after_change.counts_changed(room.id))
    return participant


async def with_token(ctx: Context, tx: Tx, known: Participant, grant: ParticipantGrant) -> Participant:
    """Somebody who was there already, coming with `grant`: another token may move when they are removed.

    Raises:
        OnstageError: `participant_removed` when that moment is past.
    """
    if (known.token_id, known.key_id) != (grant.token_id, grant.key_id):
        removes_at = grant.removes_at(ctx.clock.now())
        known = replace(known, token_id=grant.token_id, key_id=grant.key_id, removes_at=removes_at)
        await participants.save(tx, known)
    if known.removes_at is not None and known.removes_at <= ctx.clock.now():
        raise OnstageError(ErrorCode.PARTICIPANT_REMOVED)
    return known


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
        subscribe_to=role.subscribe_to,
        sources=allowed_sources(role.sources, grant.media_allowed),
        is_audio_muted_on_join=grant.join_audio_muted,
        is_video_muted_on_join=grant.join_video_muted,
        metadata=grant.metadata,
        attributes=grant.attributes,
        tracks=(),
        presence=Presence.JOINED,
        hand_raised_at=None,
        joined_at=ctx.clock.now(),
        left_at=None,
        role_seq=room.seq,  # what was said to the role before is not for them
        joined_seq=room.seq,
        removes_at=grant.removes_at(ctx.clock.now()),
        token_id=grant.token_id,
        key_id=grant.key_id,
        let_in_by=grant.key_id if grant.bounds.is_bounded else None,
    )


async def leave_room(ctx: Context, caller: Caller) -> Participant:
    """The caller goes, now.

    Raises:
        OnstageError: as `access_session`.
    """
    async with ctx.database.begin() as tx:
        assert not isinstance(caller, ServerCaller), "only a participant leaves"
        entry = await access_session(tx, caller, caller.room_id, None)
        assert entry.actor is not None, "a participant's entry names them"
        return await depart(ctx, tx, entry.room, entry.actor, LeaveReason.LEFT)


async def depart(ctx: Context, tx: Tx, room: Room, participant: Participant, reason: LeaveReason) -> Participant:
    """Write somebody who is present as left, and tell of it."""
    gone = await _go(ctx, tx, room, participant, Presence.LEFT)
    left = ParticipantLeft(participant=ParticipantView.of(gone), reason=reason)
    await emit(ctx, tx, room, left, who_sees(gone))
    await departed(ctx, tx, room, gone)
    return gone


async def remove(
    ctx: Context, caller: Caller, room: str, participant: str, *, reason: str | None = None
) -> Participant:
    """Put somebody out; the same identity can't come back into this session.

    Raises:
        OnstageError: as `access_participant`.
    """
    async with ctx.database.begin() as tx:
        entry, found = await access_participant(tx, caller, room, participant, Permission.PARTICIPANT_REMOVE)
        return await put_out(ctx, tx, entry.room, found, by=entry.actor_id, reason=reason)


async def put_out(
    ctx: Context, tx: Tx, room: Room, participant: Participant, *, by: str | None, reason: str | None = None
) -> Participant:
    """Write somebody who is present as removed, and tell of it. `by` None: the server."""
    gone = await _go(ctx, tx, room, participant, Presence.REMOVED)
    await stop_playing(ctx, tx, room, gone.identity)
    removed = ParticipantRemoved(participant=ParticipantView.of(gone), by=by, reason=reason)
    await emit(ctx, tx, room, removed, who_sees(gone))
    await departed(ctx, tx, room, gone)
    return gone


async def remove_due(ctx: Context) -> int:
    """Remove everybody whose token says that they go by now; how many."""
    async with ctx.database.read() as tx:
        due = await participants.due_for_removal(tx, ctx.clock.now())
    return await do_due(ctx, "remove people", ((one.room_id, one) for one in due), partial(_remove_if_due, ctx))


async def _remove_if_due(ctx: Context, tx: Tx, room: Room, found: Participant) -> bool:
    now = await participants.get(tx, found.id)
    if now is None or now.presence is not Presence.JOINED:
        return False
    if now.removes_at is None or now.removes_at > ctx.clock.now():
        return False
    await put_out(ctx, tx, room, now, by=None)
    return True


async def everybody_leaves(ctx: Context, tx: Tx, room: Room, session: Session) -> None:
    """Write everybody as left; the session's end tells them, so there is no event for each."""
    await participants.all_leave(tx, session.id, at=ctx.clock.now())
    await connections.forget_session(tx, session.id)
    for invite in await invites.open_in(tx, session.id):
        await close(ctx, tx, room, invite, InviteStatus.CANCELLED)


async def _go(ctx: Context, tx: Tx, room: Room, participant: Participant, presence: Presence) -> Participant:
    """Take down their hand and invites, and write them as gone."""
    participant = await put_down(ctx, tx, room, participant)
    await cancel_all_of(ctx, tx, room, participant)
    gone = replace(participant, presence=presence, left_at=ctx.clock.now(), tracks=())
    await participants.save(tx, gone)
    await connections.forget_participant(tx, gone.id)
    if gone.level.uses_engine:
        tx.after_commit.append(lambda: ctx.after_change.participant_gone(gone))
    tx.after_commit.append(lambda: ctx.after_change.counts_changed(room.id))
    return gone
