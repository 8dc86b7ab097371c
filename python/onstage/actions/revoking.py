"""Tokens are made useless before their time, and who came in with them is shown out."""

from collections.abc import Callable
from dataclasses import dataclass

from onstage.actions.access import Caller, ParticipantCaller, access_project, access_room
from onstage.actions.authentication import require_standing
from onstage.actions.context import Context
from onstage.actions.presence import depart, with_token
from onstage.events import LeaveReason
from onstage.grants import CLOCKS_DIFFER, LONGEST_PARTICIPANT_LIFE
from onstage.model.records import Participant, Presence, ProjectKey, Revocation
from onstage.store import participants, projects, revocations, rooms


@dataclass(frozen=True, slots=True)
class RevokedTokens:
    """Which tokens: the one of that id, or every one of the identity that was made until now."""

    jti: str | None
    identity: str | None


async def revoke_tokens(ctx: Context, caller: Caller, room: str | None, which: RevokedTokens) -> Revocation:
    """Refuse those tokens from now on, in one room or in all, and show out who is present by them.

    That is the token with which they joined or said hello last. With another one they may come back.

    Raises:
        OnstageError: as `access_project`, and with a room as `access_room`.
    """
    now = ctx.clock.now()
    async with ctx.database.begin() as tx:
        project = await access_project(tx, caller)
        # A lock in either case: who is coming in is in by now, or will see that the token is revoked.
        found = None if room is None else (await access_room(tx, caller, room, None))[0]
        if found is None:
            await projects.lock(tx, project.id)
        revocation = Revocation(
            project_id=project.id,
            room_id=None if found is None else found.id,
            jti=which.jti,
            identity=which.identity,
            issued_until=now,
            forget_at=now + LONGEST_PARTICIPANT_LIFE + CLOCKS_DIFFER,
        )
        await revocations.add(tx, revocation)
        holders = await participants.holders(tx, revocation)
    for participant in holders:
        await _show_out(ctx, participant, lambda now: which.jti is None or now.token_id == which.jti)
    return revocation


async def show_out_by_key(ctx: Context, key: ProjectKey) -> None:
    """Show out who is present by a token that the key stands behind. It is revoked, so nobody else comes in by one."""
    async with ctx.database.read() as tx:
        holders = await participants.holders_by_key(tx, key.project_id, key.id)
    for participant in holders:
        await _show_out(ctx, participant, lambda now: now.key_id == key.id)


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


async def _show_out(ctx: Context, participant: Participant, is_concerned: Callable[[Participant], bool]) -> None:
    """Write them as left, unless they have another token by now."""
    async with ctx.database.begin() as tx:
        room = await rooms.lock(tx, participant.project_id, participant.room_id)
        now = await participants.get(tx, participant.id)
        if room is None or now is None or now.presence is not Presence.JOINED:
            return
        if is_concerned(now):
            await depart(ctx, tx, room, now, LeaveReason.TOKEN_REVOKED)


async def forget_revocations(ctx: Context) -> None:
    """Forget revocations that concern only tokens which have expired."""
    async with ctx.database.begin() as tx:
        await revocations.forget_before(tx, ctx.clock.now())
