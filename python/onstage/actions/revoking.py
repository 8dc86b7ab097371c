"""Tokens are made useless before their time, and who came in with them is shown out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter

from onstage.actions.access import Caller, ParticipantCaller, access_room, lock_project, require_server
from onstage.actions.authentication import require_standing
from onstage.actions.context import Context
from onstage.actions.due import do_due
from onstage.actions.playback import tell_playback_changed
from onstage.actions.presence import depart, with_token
from onstage.events import LeaveReason
from onstage.grants import CLOCKS_DIFFER, LONGEST_PARTICIPANT_LIFE
from onstage.model.ids import ProjectId
from onstage.model.records import Participant, Presence, ProjectKey, Revocation, Room
from onstage.store import keys, participants, revocations, rooms, sessions
from onstage.store.database import Tx

AT_ONCE = 100
"""So many are shown out in the transaction in which their token is revoked."""
_LEAVE_TOGETHER = 10
"""Of one room in one transaction; others in the room have their turn in between."""
_LOOK_BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RevokedTokens:
    """Which tokens: the one of that id, or every one of the identity that was made until now."""

    jti: str | None
    identity: str | None


async def revoke_tokens(ctx: Context, caller: Caller, room: str | None, which: RevokedTokens) -> Revocation:
    """Refuse those tokens from now on, in one room or in all, and show out who is present by them.

    That is the token with which they joined or said hello last. With another one they may come back. Whoever dies
    over it has done all or nothing, but for a `jti` that more than `AT_ONCE` people share: again shows out the rest.

    Raises:
        OnstageError: as `access_project`, and with a room as `access_room`.
    """
    held: set[str] = set()
    while True:
        async with ctx.database.begin() as tx:
            revocation = await _planned(ctx, tx, caller, room, which, held)
            holders = sorted(await participants.holders(tx, revocation), key=lambda one: (one.room_id, one.id))
            first, rest = holders[:AT_ONCE], holders[AT_ONCE:]
            concerned = {one.room_id for one in first}
            if concerned <= held:
                await revocations.add(tx, revocation)
                tell_playback_changed(ctx, tx, revocation.room_id or revocation.project_id)
                for one in first:
                    await _depart(ctx, tx, one)
                break
            tx.is_unchanged = True
        held |= concerned  # nothing is written yet: again, with their rooms held
    await _show_out(ctx, rest, lambda now: which.jti is None or now.token_id == which.jti)
    return revocation


async def _planned(
    ctx: Context, tx: Tx, caller: Caller, room: str | None, which: RevokedTokens, held: set[str]
) -> Revocation:
    """What is to be written. A lock on the room or project: who is coming in is in by now, or will see it."""
    now = ctx.clock.now()
    server = require_server(caller)
    found = None if room is None else (await access_room(tx, caller, room, None))[0]
    if found is None:
        await rooms.lock_ids(tx, held)  # before the project, as who comes in takes them
        await lock_project(tx, server)
    else:
        held.add(found.id)
    return Revocation(
        project_id=ProjectId(server.project_id),
        room_id=None if found is None else found.id,
        jti=which.jti,
        identity=which.identity,
        issued_until=now,
        forget_at=now + LONGEST_PARTICIPANT_LIFE + CLOCKS_DIFFER,
    )


async def _depart(ctx: Context, tx: Tx, participant: Participant) -> None:
    room = await rooms.lock_id(tx, participant.room_id)
    assert room is not None, "rooms are never taken out of the store"
    await depart(ctx, tx, room, participant, LeaveReason.TOKEN_REVOKED)


async def show_out_by_key(ctx: Context, key: ProjectKey) -> None:
    """Show out who is present by a token that the key stands behind. It is revoked, so nobody else comes in by one."""
    async with ctx.database.read() as tx:
        holders = await participants.holders_by_key(tx, key.project_id, key.id)
    await _show_out(ctx, holders, lambda now: now.key_id == key.id)


async def show_out_by_revoked_keys(ctx: Context) -> None:
    """Show out who is present by a key that was revoked of late: whoever revoked it may have died over it."""
    since = ctx.clock.now() - _LOOK_BACK
    async with ctx.database.read() as tx:
        active = {one.project_id for one in await sessions.all_open(tx)}
        known = [key for project_id in sorted(active) for key in await keys.of_project(tx, project_id)]
    for key in known:
        if key.revoked_at is not None and key.revoked_at >= since:
            await show_out_by_key(ctx, key)


async def hold_token(ctx: Context, caller: ParticipantCaller, participant: Participant) -> None:
    """Write by which token somebody is there now, if it is another than before.

    Raises:
        OnstageError: `token_revoked`, if it just was; as `with_token`.
    """
    grant = caller.grant
    if grant is None or (grant.token_id, grant.key_id) == (participant.token_id, participant.key_id):
        return
    async with ctx.database.begin() as tx:
        await rooms.lock_id(tx, caller.room_id)
        await require_standing(ctx, tx, grant, caller.room_id)
        now = await participants.get(tx, participant.id)
        if now is not None and now.presence is Presence.JOINED:
            await with_token(ctx, tx, now, grant)


async def _show_out(ctx: Context, holders: Iterable[Participant], is_concerned: Callable[[Participant], bool]) -> None:
    """Write them as left, unless they have another token by now."""

    async def show_out(tx: Tx, room: Room, one: Participant) -> bool:
        now = await participants.get(tx, one.id)
        if now is None or now.presence is not Presence.JOINED or not is_concerned(now):
            return False
        await depart(ctx, tx, room, now, LeaveReason.TOKEN_REVOKED)
        return True

    due = sorted(((one.room_id, one) for one in holders), key=itemgetter(0))
    await do_due(ctx, "show out", due, show_out, at_once=_LEAVE_TOGETHER)


async def forget_revocations(ctx: Context) -> None:
    """Forget revocations that concern only tokens which have expired."""
    async with ctx.database.begin() as tx:
        await revocations.forget_before(tx, ctx.clock.now())
