"""What a room's playback door goes by, read in one go: `jobs/gatekeeper.py` keeps it for a while."""

from dataclasses import dataclass

from onstage.actions.context import Context
from onstage.model.ids import Prefix, is_id
from onstage.model.playback import PlaybackPolicy, digest
from onstage.store import playback, rooms
from onstage.store.database import Tx


@dataclass(frozen=True, slots=True)
class KnownPolicy:
    """A room's policy, and the project whose changes concern it."""

    project_id: str
    policy: PlaybackPolicy


async def read_playback_policy(ctx: Context, show: str) -> KnownPolicy | None:
    """Who may play that show now, named by its own id or its room's; None: there is none.

    Raises:
        OnstageError: `store_unavailable`.
    """
    if not is_id(show):
        return None
    async with ctx.database.read() as tx:
        room_id = await playback.room_of(tx, show)
        room = None if room_id is None else await rooms.get(tx, room_id)
        is_recording = show.startswith(f"{Prefix.RECORDING}_")  # of a deleted room, it stays until it is deleted too
        if room is None or (room.deleted_at is not None and not is_recording):
            return None
        policy = PlaybackPolicy(room.id, room.settings.playback)
        if policy.settings.is_signed:
            policy = await _with_revoked(ctx, tx, policy, room.project_id)
        return KnownPolicy(room.project_id, policy)


async def _with_revoked(ctx: Context, tx: Tx, policy: PlaybackPolicy, project_id: str) -> PlaybackPolicy:
    now, room_id = ctx.clock.now(), policy.room_id
    by_identity = await playback.revoked_identities(tx, project_id, room_id)
    return PlaybackPolicy(
        room_id,
        policy.settings,
        revoked_ids=frozenset(await playback.revoked_ids(tx, room_id, now=now)),
        revoked_holders={digest(room_id, identity): until for identity, until in by_identity.items()},
        revoked_vias=frozenset(digest(room_id, jti) for jti in await playback.revoked_jtis(tx, project_id, room_id)),
        dead_keys=frozenset(await playback.dead_keys(tx, project_id, now=now)),
    )
